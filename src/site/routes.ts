/**
 * What each path of a site leads to.
 *
 * A file is named by its path. A folder with an `index.html` is named by its path with the slash; without it, it is a
 * redirect there, because the links of the page are relative to the folder. `404.html` is what every other path gets,
 * and so is not a route itself.
 */

import { UserError } from "../base/errors.ts";
import { compareBytes, mostPaths, type Site, type SiteFile } from "./scan.ts";

export type Route =
  | { readonly kind: "file"; readonly path: string; readonly file: SiteFile }
  /** `location` is a path, percent-encoded. */
  | { readonly kind: "redirect"; readonly path: string; readonly location: string }
  /** `object` names the representation that the server fills in. */
  | { readonly kind: "live"; readonly path: string; readonly object: string };

export interface Routes {
  /** Sorted by path, bytewise. */
  readonly routes: readonly Route[];
  /** For every other path; absent: a line of text. */
  readonly notFound: SiteFile | undefined;
}

const indexName = "index.html";
const notFoundPath = "/404.html";

/** @throws UserError (exit code 1) when two files, or a file and one of the server's own routes, lead to one path, or there are too many */
export function routeSite(site: Site, live: readonly Route[] = []): Routes {
  const routes = new Map<string, Route>();
  const add = (route: Route): void => {
    const other = routes.get(route.path);
    if (other !== undefined) {
      throw new UserError(`${describe(other)} and ${describe(route)} both lead to ${route.path}`, {
        exitCode: 1,
        help: "Rename one of them.",
      });
    }
    routes.set(route.path, route);
  };
  for (const file of site.files) {
    if (file.path === notFoundPath) continue;
    add({ kind: "file", path: file.path, file });
    if (!file.path.endsWith(`/${indexName}`)) continue;
    const folder = file.path.slice(0, -indexName.length);
    add({ kind: "file", path: folder, file });
    if (folder !== "/") add({ kind: "redirect", path: folder.slice(0, -1), location: encodePath(folder) });
  }
  for (const route of live) add(route);
  if (routes.size > mostPaths) {
    throw new UserError(`${site.folder} has ${routes.size} paths, and ${mostPaths} are the most`, {
      exitCode: 1,
      help: "Each file is a path, and a folder with an index.html is two more.",
    });
  }
  return {
    routes: [...routes.values()].sort((a, b) => compareBytes(a.path, b.path)),
    notFound: site.files.find(({ path }) => path === notFoundPath),
  };
}

function describe(route: Route): string {
  switch (route.kind) {
    case "file":
      return route.file.source;
    case "redirect":
      return `the folder of ${route.location}`;
    case "live":
      return `the server's own answer (${route.object})`;
  }
}

/** A path as a URI carries it: everything but pchar and slashes percent-encoded (RFC 3986, section 3.3). */
export function encodePath(path: string): string {
  return encodeURI(path).replace(
    /[?#[\]]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
