/**
 * Memory for input. Everybody reads into one shared buffer; a connection whose input has to wait (part of a request,
 * or requests behind a response that the peer is slow to read) keeps it in a buffer of its own.
 *
 * There is one for each descriptor. The kernel gives a page to a buffer that is used, and most never are.
 */

import { bufferBytes, type descriptors } from "microlith:options";

/** The parser may look this far behind the end of the input, where a zero stops it. */
const slack = 16;
/** Bytes of a request's head and body together. */
export const capacity: u32 = bufferBytes - slack;
/** The descriptor whose buffer is shared: it is never a connection, which comes after the listener. */
export const sharedDescriptor: u32 = 0;

class Buffer {
  bytes: Fixed<u8, typeof bufferBytes>;
}

const buffers = zeroed<Fixed<Buffer, typeof descriptors>>();

export function bufferOf(descriptor: u32): Ptr<u8> {
  return buffers[descriptor].bytes;
}
