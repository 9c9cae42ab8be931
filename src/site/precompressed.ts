/**
 * Bundlers write `app.js.br` and `app.js.gz` beside `app.js`, for servers that look for them. This one has made its own codings and
 * sends them under the name `app.js`, so that such files are weight that no browser asks for. They may be downloads, too: they are
 * served, and a note says so.
 */

import { isCompressibleType, mediaTypeOf } from "./media-types.ts";

const codedName = /\.(br|gz|zst)$/;

/** The note on the paths of a site, if there is one to make. */
export function notePrecompressed(paths: readonly string[]): readonly string[] {
  const known = new Set(paths);
  const coded = paths.filter((path) => {
    const plain = path.replace(codedName, "");
    return plain !== path && known.has(plain) && isOfThePage(plain);
  });
  const [first] = coded;
  if (first === undefined) return [];
  const endings = new Set(coded.map((path) => codedName.exec(path)?.[1] ?? ""));
  const excludes = [...endings].map((ending) => `--exclude '*.${ending}'`).join(" ");
  const what =
    coded.length === 1 ? `${first} is another file` : `${coded.length} files, as ${first}, are others`;
  return [
    `${what} compressed, which browsers do not ask for: they ask for the other, and --codings is what they get it in; ${excludes} saves the bytes`,
  ];
}

/** What pages are made of, and not an archive, of which people take either form. */
function isOfThePage(path: string): boolean {
  const [type = ""] = mediaTypeOf(path).split(";");
  return (
    !path.endsWith(".tar") &&
    (type.startsWith("text/") || /[+/]json$|\+xml$/.test(type) || isCompressibleType(type))
  );
}
