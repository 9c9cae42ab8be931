/**
 * Redirects. A location continues behind the prebuilt beginning with parts of the request as they came: most often the query;
 * with patterns also what their parts stand for, and texts between them. Nothing is copied.
 */

import { pieceSlices, type Representation } from "microlith:site";
import { contentOf } from "./representation.ts";
import { addSlice } from "./slices.ts";
import { target } from "./target.ts";

/** Behind the last piece. */
const end = 0xff;
const headEnd = "\r\n\r\n";

/** Adds what continues a redirect: its pieces, which runtime/modules/site.d.ts describes. */
export function addPieces(found: Representation): void {
  // All redirects of the site may be continued by the query and nothing else.
  if (pieceSlices === 1) addPart(0);
  else {
    for (let piece = contentOf(found); piece[0] !== end; piece = piece.add(piece[1]).add(2)) {
      addPart(piece[0]);
      addSlice(piece.add(2), piece[1]);
    }
  }
  addSlice(bytes(headEnd), headEnd.length);
}

/** A part of the request's target. */
function addPart(index: u32): void {
  const part = target.parts[index];
  addSlice(part.start, part.end.since(part.start));
}
