/**
 * The representations of a site's routes. Equal content with equal fields is stored once, whoever leads to it.
 */

import { type Content, heldContent } from "../base/content.ts";
import type { DataObject } from "../base/data-object.ts";
import type { Digest } from "../base/digest.ts";
import type { CodedContents } from "./codings.ts";
import { withoutFields } from "./common-fields.ts";
import type { FieldTexts } from "./field-texts.ts";
import type { HeaderField } from "./headers.ts";
import type { SitePlan } from "./plan.ts";
import type { Pattern } from "./resolve-rules.ts";
import {
  contentRepresentation,
  type RedirectPiece,
  type RepresentationPlace,
  redirectPieces,
  redirectRepresentation,
} from "./respond.ts";
import type { RedirectTarget, Target } from "./routes.ts";
import { openContent, type SiteFile } from "./scan.ts";
import type { Coding, SiteOptions } from "./site-options.ts";

export interface Represented {
  /** In the order of the plan's routes. */
  readonly routes: readonly RepresentationPlace[];
  readonly patterns: readonly RepresentationPlace[];
  readonly notFound: RepresentationPlace;
  readonly objects: readonly DataObject[];
  /** The codings that something is stored in. */
  readonly codings: ReadonlySet<Coding>;
  /** Of the redirect that needs the most. */
  readonly pieceSlices: number;
}

/** Of the site's content, in bytes; what is beyond stays in its files, and is read again for each executable. */
const mostHeldBytes = 32 << 20;

/** @throws UserError (exit code 1) when a file cannot be read or its fields are too long */
export function representSite(
  plan: SitePlan,
  coded: CodedContents,
  options: SiteOptions,
  texts: FieldTexts | undefined,
): Represented {
  const { codings: stored } = options;
  const objects: DataObject[] = [];
  const codings = new Set<Coding>();
  const byTarget = new Map<string, RepresentationPlace>();
  // By fields, of which there are few combinations, then by content.
  const byContent = new Map<string, Map<Digest, RepresentationPlace>>();
  const names = new Set<string>();
  let heldBytes = 0;
  const redirects = [...plan.routes.routes, ...plan.routes.patterns]
    .map(({ target }) => target)
    .filter((target) => target.kind === "redirect");
  const pieceSlices = slicesOf(redirects);

  const { routes, patterns, notFound } = plan.routes;
  const last = place(notFound, "not found");
  return {
    routes: routes.map(({ path, target }) => place(target, path)),
    patterns: patterns.map((pattern) => place(pattern.target, describePattern(pattern))),
    notFound: last,
    objects,
    codings,
    pieceSlices,
  };

  function place(target: Target, path: string): RepresentationPlace {
    const key = keyOf(target);
    const known = byTarget.get(key);
    if (known !== undefined) return known;
    const made = represent(target, path);
    byTarget.set(key, made);
    return made;
  }

  function represent(target: Target, path: string): RepresentationPlace {
    switch (target.kind) {
      case "file":
        return representFile(target.file, target.status);
      case "text":
        return add(textRepresentation(target.status));
      case "redirect":
        return add({
          object: redirectRepresentation(unique(`redirect ${path}`), target, pieceSlices > 1),
          offset: 0,
        });
    }
  }

  function representFile(file: SiteFile, status: 200 | 404 | 410): RepresentationPlace {
    const isHeld = heldBytes + file.size <= mostHeldBytes;
    const content = openContent(file, isHeld);
    if (isHeld) heldBytes += file.size;
    const { digest } = content;
    const fields = withoutFields(plan.fieldsOf(file, status), plan.common);
    const key = `${status} ${JSON.stringify(fields)}`;
    const alike = byContent.get(key) ?? new Map<Digest, RepresentationPlace>();
    byContent.set(key, alike);
    const known = alike.get(digest);
    if (known !== undefined) return known;
    const made = representContent(file.path, status, fields, content, coded.get(digest) ?? []);
    alike.set(digest, made);
    return made;
  }

  /** The last resort first, because each has the address of the next best. */
  function representContent(
    path: string,
    status: 200 | 404 | 410,
    fields: readonly HeaderField[],
    content: Content,
    alternatives: readonly { readonly coding: Exclude<Coding, "identity">; readonly bytes: Uint8Array }[],
  ): RepresentationPlace {
    const name = unique(`content ${path}`);
    const varying = alternatives.length === 0 ? fields : withVary(fields);
    const shared = { status, fields: varying, isContent: true, texts };
    let next: RepresentationPlace | undefined;
    if (alternatives.length === 0 || stored.includes("identity")) {
      next = add(contentRepresentation({ ...shared, name, content }));
    }
    for (const { coding, bytes } of alternatives.toReversed()) {
      codings.add(coding);
      const coded = { coding, next };
      next = add(
        contentRepresentation({ ...shared, name: `${name} (${coding})`, content: heldContent(bytes), coded }),
      );
    }
    return next ?? add(contentRepresentation({ ...shared, name, content }));
  }

  function add(made: RepresentationPlace): RepresentationPlace {
    objects.push(made.object);
    return made;
  }

  function unique(name: string): string {
    let made = name;
    for (let number = 2; names.has(made); number++) made = `${name} (${number})`;
    names.add(made);
    return made;
  }
}

/** The query alone is one; a piece of another kind is a part of the request and a text. */
function slicesOf(redirects: readonly RedirectTarget[]): number {
  const pieces = redirects.map(redirectPieces);
  const isSimple = pieces.every(
    ([first, ...rest]) => rest.length === 0 && (first === undefined || isQuery(first)),
  );
  const most = Math.max(0, ...pieces.map(({ length }) => length));
  return isSimple ? most : 2 * most;
}

function isQuery({ part, text }: RedirectPiece): boolean {
  return part === 0 && text === "";
}

/** Equal for targets that are represented alike. */
function keyOf(target: Target): string {
  switch (target.kind) {
    case "file":
      return `file ${target.status} ${target.file.path}`;
    case "text":
      return `text ${target.status}`;
    case "redirect":
      return redirectKey(target);
  }
}

function redirectKey({ status, location, fragment, keepsQuery }: RedirectTarget): string {
  return `redirect ${status} ${keepsQuery} ${fragment} ${JSON.stringify(location)}`;
}

function withVary(fields: readonly HeaderField[]): readonly HeaderField[] {
  const isVary = ({ name }: HeaderField): boolean => name.toLowerCase() === "vary";
  const others = fields.filter(isVary).map(({ value }) => value);
  const value = [...others.filter((each) => !/\baccept-encoding\b/i.test(each)), "Accept-Encoding"].join(
    ", ",
  );
  return [...fields.filter((field) => !isVary(field)), { name: "Vary", value }];
}

function textRepresentation(status: 404 | 410): RepresentationPlace {
  const text = status === 404 ? "Not found\n" : "Gone\n";
  return contentRepresentation({
    name: text.trim().toLowerCase(),
    status,
    // A line of text that speaks for itself.
    fields: [],
    content: heldContent(Buffer.from(text, "latin1")),
    isContent: false,
  });
}

function describePattern({ parts }: Pattern): string {
  return parts
    .map((part) => (part.kind === "text" ? part.text : part.kind === "splat" ? "*" : `:${part.name}`))
    .join("");
}
