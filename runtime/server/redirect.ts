/**
 * Redirects: a location goes on behind the prebuilt head in pieces, each a part of the request as it came (the query, or what a
 * part of a pattern stands for) and a text. Nothing is copied, so the request stays in memory until its response is sent.
 *
 * Most sites have only the redirects that repeat the query: one piece, and no loops.
 */

import { mostPieces } from "microlith:site";
import { hold } from "./buffers.ts";
import { type Connection, firstPiece, type Slice } from "./connection.ts";
import { parts } from "./target.ts";

export function setSlice(slices: Ptr<Slice>, index: u32, start: Ptr<u8>, length: u32): void {
  const slice = slices[index];
  slice.base = address(start);
  slice.length = length;
}

/** For a response that is no redirect. */
export function forgetPieces(slices: Ptr<Slice>): void {
  if (mostPieces === 1) {
    slices[firstPiece].length = 0;
    slices[firstPiece + 1].length = 0;
  } else for (let i: u32 = 0; i < 2 * mostPieces; i++) slices[firstPiece + i].length = 0;
}

/** Adds the `count` pieces of a redirect; runtime/modules/site.d.ts says how they lie at `pieces`. */
export function addPieces(pieces: Ptr<u8>, count: u32, slices: Ptr<Slice>): void {
  let piece = pieces;
  let slice = slices.add(firstPiece);
  let left = count;
  for (;;) {
    const part = parts[mostPieces === 1 ? 0 : piece[0]];
    setSlice(slice, 0, part.start, part.end.since(part.start));
    setSlice(slice, 1, piece.add(2), piece[1]);
    if (mostPieces === 1) return;
    left--;
    if (left === 0) return;
    piece = piece.add(piece[1] + 2);
    slice = slice.add(2);
  }
}

/** Keeps what the pending response repeats of its request, which ends at `next`: whether it repeats something. */
export function keepRequest(connection: Connection, next: Ptr<u8>, end: Ptr<u8>): bool {
  let start = next;
  for (let i: u32 = 0; i < mostPieces; i++) {
    const part = partOf(connection, i);
    if (part.length !== 0 && (mostPieces === 1 || part.base < address(start)))
      start = pointer<u8>(part.base as u32);
    if (mostPieces === 1) break;
  }
  if (start === next) return false;
  connection.skip = next.since(start);
  hold(connection, start, end.since(start));
  for (let i: u32 = 0; i < mostPieces; i++) {
    const part = partOf(connection, i);
    if (mostPieces === 1) part.base = address(connection.buffer);
    else part.base = (part.base as u32) + address(connection.buffer) - address(start);
    if (mostPieces === 1) break;
  }
  return true;
}

function partOf(connection: Connection, piece: u32): Slice {
  return connection.pending[firstPiece + 2 * (mostPieces === 1 ? 0 : piece)];
}
