/**
 * A site with its rules and options: what each path leads to and which fields each file has, before anything is laid
 * out in bytes.
 */

import { pathsWithHash } from "./cache-policy.ts";
import { commonFields } from "./common-fields.ts";
import { contentTypeOf } from "./content-type.ts";
import { fieldsOf } from "./header-fields.ts";
import { type HeaderField, type HeaderRule, parseHeaders } from "./headers.ts";
import { listFolders } from "./listing.ts";
import { parseRedirects } from "./redirects.ts";
import { type Routes, resolveRoutes } from "./resolve-rules.ts";
import { namesOf } from "./routes.ts";
import { throwDiagnostics } from "./rule-diagnostics.ts";
import type { Site, SiteFile } from "./scan.ts";
import type { SiteOptions } from "./site-options.ts";

export interface SitePlan {
  readonly routes: Routes;
  /** The fields of a file's response besides its length and validators. */
  readonly fieldsOf: FieldsOf;
  /** Those of them that every response has. */
  readonly common: readonly HeaderField[];
}

type FieldsOf = (file: SiteFile, status: 200 | 404 | 410) => readonly HeaderField[];

/**
 * @throws DiagnosticError with everything that is wrong in `_headers` and `_redirects`
 * @throws UserError (exit code 1) when two files lead to one path
 */
export function planSite(site: Site, options: SiteOptions): SitePlan {
  const files = options.listing ? [...site.files, ...listFolders(site.files, options.index)] : site.files;
  const none = { rules: [], diagnostics: [] };
  const redirects = site.redirects === undefined ? none : parseRedirects(site.redirects);
  const headers = site.headers === undefined ? none : parseHeaders(site.headers);
  const { diagnostics, ...routes } = resolveRoutes(files, redirects.rules, options);
  throwDiagnostics([...redirects.diagnostics, ...diagnostics, ...headers.diagnostics]);
  const rules: readonly HeaderRule[] = headers.rules;
  const types = new Map<SiteFile, string>();
  const typeOf = (file: SiteFile): string => {
    const type = types.get(file) ?? contentTypeOf(file);
    types.set(file, type);
    return type;
  };
  const hashed = pathsWithHash(files.map(({ path }) => path));
  const fieldsOfFile: FieldsOf = (file, status) => {
    const { home } = namesOf(file, options);
    const paths = home === undefined ? [file.path] : [file.path, home];
    return fieldsOf(typeOf(file), paths, status, rules, options, hashed);
  };
  return { routes, fieldsOf: fieldsOfFile, common: commonFields(fieldsOfAll(routes, fieldsOfFile)) };
}

/** One after the other, because there may be many and the first few often tell. */
function* fieldsOfAll(routes: Routes, fieldsOfFile: FieldsOf): Iterable<readonly HeaderField[]> {
  const targets = [routes.notFound, ...[...routes.routes, ...routes.patterns].map(({ target }) => target)];
  for (const target of targets) {
    if (target.kind === "file") yield fieldsOfFile(target.file, target.status);
  }
}
