/**
 * Index pages for folders that have none, made like any other content when the executable is made.
 */

import { formatNumber } from "../base/numbers.ts";
import { encodePath, isNotFoundPage } from "./routes.ts";
import type { SiteFile } from "./scan.ts";

/** A page for each folder without a file named `index`. */
export function listFolders(files: readonly SiteFile[], index: string): readonly SiteFile[] {
  const folders = new Map<string, Map<string, SiteFile | undefined>>([["/", new Map()]]);
  for (const file of files) {
    // Nobody gets that by its name.
    if (isNotFoundPage(file)) continue;
    let folder = "/";
    const names = file.path.slice(1).split("/");
    for (const [position, name] of names.entries()) {
      const isFile = position === names.length - 1;
      const entries = folders.get(folder) ?? new Map<string, SiteFile | undefined>();
      folders.set(folder, entries.set(isFile ? name : `${name}/`, isFile ? file : undefined));
      folder += `${name}/`;
    }
  }
  return [...folders]
    .filter(([, entries]) => !entries.has(index))
    .map(([folder, entries]) => {
      const content = Buffer.from(renderListing(folder, entries), "utf8");
      return { path: folder + index, source: `the list of ${folder}`, size: content.length, content };
    });
}

function renderListing(folder: string, entries: ReadonlyMap<string, SiteFile | undefined>): string {
  const title = escapeHtml(folder);
  const rows = [...entries]
    // Folders first; the files come sorted.
    .sort(([, a], [, b]) => Number(a !== undefined) - Number(b !== undefined))
    .map(([name, file]) => {
      const size = file === undefined ? "" : ` ${formatNumber(file.size)}`;
      // A name such as `a:b` would be read as a scheme without the dot.
      return `<li><a href="./${escapeHtml(encodePath(name))}">${escapeHtml(name)}</a>${size}\n`;
    });
  const up = folder === "/" ? "" : '<li><a href="../">../</a>\n';
  return (
    `<!doctype html>\n<meta charset=utf-8>\n<meta name=viewport content="width=device-width">\n` +
    `<title>${title}</title>\n<h1>${title}</h1>\n<ul>\n${up}${rows.join("")}</ul>\n`
  );
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
