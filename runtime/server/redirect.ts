/**
 * Redirects. A location continues behind the prebuilt beginning with parts of the request as they came: most often the query;
 * with patterns also what their parts stand for, and texts between them. Nothing is copied, so the request stays in memory
 * until its response is sent.
 */

import { pieceSlices, type Representation } from "microlith:site";
import { bufferOf } from "./buffers.ts";
import type { Connection, Slice } from "./connection.ts";
import { target } from "./target.ts";

/** The slice behind the line. */
const firstPiece = 1;
/** All redirects of the site are continued by the query and nothing else. */
const isSimple = pieceSlices === 1;

export function setSlice(slices: Ptr<Slice>, index: u32, start: Ptr<u8>, length: u32): void {
  const slice = slices[index];
  slice.base = address(start);
  slice.length = length;
}

/** Before a response is made. */
export function forgetPieces(slices: Ptr<Slice>): void {
  if (isSimple) slices[firstPiece].length = 0;
  else for (let i: u32 = 0; i < pieceSlices; i++) slices[firstPiece + i].length = 0;
}

/** Adds what continues a redirect; its pieces, which runtime/modules/site.d.ts describes, lie at `pieces`. */
export function addPieces(found: Representation, pieces: Ptr<u8>, slices: Ptr<Slice>): void {
  const query = target.parts[0];
  if (isSimple) {
    setSlice(slices, firstPiece, query.start, query.end.since(query.start));
    return;
  }
  let piece = pieces;
  let slice = slices.add(firstPiece);
  for (let left = found.bodyLength; left !== 0; left--) {
    const part = target.parts[piece[0]];
    setSlice(slice, 0, part.start, part.end.since(part.start));
    setSlice(slice, 1, piece.add(2), piece[1]);
    piece = piece.add(piece[1] + 2);
    slice = slice.add(2);
  }
}

/**
 * What the pending response repeats of its request, which ends at `next`, is input, so the input is kept from there on.
 * Returns where that is.
 */
export function keepRequest(connection: Connection, next: Ptr<u8>): Ptr<u8> {
  const buffer = bufferOf(connection.descriptor);
  let start = next;
  if (isSimple) {
    const slice = connection.pending[firstPiece];
    if (slice.length !== 0) {
      start = pointer<u8>(slice.base as u32);
      slice.base = address(buffer);
    }
  } else {
    for (let i: u32 = 0; i < pieceSlices; i += 2) {
      const slice = connection.pending[firstPiece + i];
      if (slice.length !== 0 && slice.base < address(start)) start = pointer<u8>(slice.base as u32);
    }
    for (let i: u32 = 0; i < pieceSlices; i += 2) {
      const slice = connection.pending[firstPiece + i];
      slice.base = (slice.base as u32) - address(start) + address(buffer);
    }
  }
  connection.skip = next.since(start);
  return start;
}
