/**
 * The one page of a minimal server as the virtual module `microlith:page`: its whole response, ready to be sent, and its path.
 *
 * A site that asks for more than one page is refused here; an option that asks for more of the server is refused in
 * src/cli/minimal.ts.
 */

import { heldContent } from "../base/content.ts";
import { type DataObject, dataSize } from "../base/data-object.ts";
import { UserError } from "../base/errors.ts";
import type { SourceFile } from "../lang/source.ts";
import type { VirtualModule, VirtualValue } from "../lang/virtual-module.ts";
import type { HeaderField } from "./headers.ts";
import { planSite } from "./plan.ts";
import { encodePath, isNotFoundPage, namesOf } from "./routes.ts";
import { readContent, type Site, type SiteFile } from "./scan.ts";
import type { SiteOptions } from "./site-options.ts";

/** Every response ends its head with it. */
const close = "Connection: close\r\n\r\n";
const mostPathBytes = 255;

/**
 * Reads the page. `declarations` is the text of runtime/modules/page.d.ts.
 * @throws DiagnosticError with what is wrong in `_headers`
 * @throws UserError (exit code 1) when the site is not one page
 */
export function pageModule(site: Site, declarations: SourceFile, options: SiteOptions): VirtualModule {
  const file = onlyPage(site);
  const { fieldsOf } = planSite(site, options);
  const content = readContent(file);
  const lines = fieldsOf(file, 200)
    .filter((field) => !isNeedless(field))
    .map(({ name, value }) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n${lines.join("")}`;
  const start = Buffer.from(head + close, "latin1");
  const answer: DataObject = {
    name: `content ${file.path}`,
    kind: "content",
    bytes: Uint8Array.from(start),
    alignment: 1,
    relocations: [],
    body: heldContent(content),
  };
  const path: DataObject = {
    name: "path",
    kind: "table",
    bytes: Uint8Array.from(Buffer.from(pathOf(file, options), "latin1")),
    alignment: 1,
    relocations: [],
  };
  const integer = (value: number): VirtualValue => ({ kind: "integer", value: BigInt(value) });
  const values = new Map<string, VirtualValue>([
    ["answer", { kind: "data", object: answer }],
    ["answerBytes", integer(dataSize(answer))],
    ["closeOffset", integer(start.length - close.length)],
    ["closeBytes", integer(close.length)],
    ["path", { kind: "data", object: path }],
    ["pathBytes", integer(path.bytes.length)],
  ]);
  return { declarations, values, objects: new Map([answer, path].map((object) => [object.name, object])) };
}

function onlyPage({ files, redirects }: Site): SiteFile {
  const help = "Leave --minimal out: docs/server.md says what a minimal server does.";
  if (redirects !== undefined) {
    throw new UserError("a minimal server does not know _redirects", { exitCode: 1, help });
  }
  const [page, second] = files;
  if (page === undefined || second !== undefined) {
    throw new UserError(`a minimal server has one page, and this site has ${files.length} files`, {
      exitCode: 1,
      help: `${help} --exclude leaves files out.`,
    });
  }
  if (isNotFoundPage(page)) {
    throw new UserError("a minimal server has one page, and 404.html is none", { exitCode: 1, help });
  }
  return page;
}

/** Asking whether a page has changed needs something to ask with, and a minimal server gives nothing. */
function isNeedless({ name, value }: HeaderField): boolean {
  return name.toLowerCase() === "cache-control" && value === "no-cache";
}

/** Where the page lives, as it stands in requests. */
function pathOf(file: SiteFile, options: SiteOptions): string {
  const path = encodePath(options.base + (namesOf(file, options).home ?? file.path));
  if (path.length <= mostPathBytes) return path;
  throw new UserError(`the path ${path} has ${path.length} characters`, {
    exitCode: 1,
    help: `A minimal server takes ${mostPathBytes}.`,
  });
}
