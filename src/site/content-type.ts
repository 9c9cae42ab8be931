/**
 * Content-Type of a file: what its name's ending says, and where that cannot be known from a name, what its content says.
 *
 * Two things cannot. A text may be older than UTF-8: a charset in the field goes before what the document says of itself (WHATWG
 * Encoding, "determine the encoding"), so a page in Latin-1 or Shift_JIS would be shown with wrong letters; it is left to the document.
 * And a name without an ending, such as LICENSE or .well-known/matrix/client, says nothing: JSON and texts are told by themselves.
 */

import { isUtf8 } from "node:buffer";
import { mediaTypeOf, unknownType, utf8 } from "./media-types.ts";
import { readContent, type SiteFile } from "./scan.ts";

/** What is larger is no text that a person wrote, and is not read for this. */
const mostBytes = 16 << 20;

/** The value of Content-Type. @throws UserError (exit code 1) when a file cannot be read */
export function contentTypeOf(file: SiteFile): string {
  // A list is HTML, whatever an index is called.
  const named = mediaTypeOf(file.content === undefined ? file.path : "list.html");
  if (file.size > mostBytes) return named;
  if (named.endsWith(utf8)) return isUtf8(readContent(file)) ? named : named.slice(0, -utf8.length);
  if (named !== unknownType || hasEnding(file.path)) return named;
  return typeOfText(readContent(file)) ?? named;
}

function hasEnding(path: string): boolean {
  return path.includes(".", path.lastIndexOf("/"));
}

/** Undefined: it is no text. */
function typeOfText(content: Uint8Array): string | undefined {
  if (content.length === 0 || !isUtf8(content) || content.some(isControl)) return undefined;
  return isJson(new TextDecoder().decode(content)) ? "application/json" : `text/plain${utf8}`;
}

/** Characters that no text has: all but tab, line ends, form feed, and what escape sequences begin with. */
function isControl(byte: number): boolean {
  return byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte);
}

/** An object or a list: a text of one number or word is not meant as JSON. */
function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
