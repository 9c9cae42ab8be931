/**
 * Responses in the making: slices of memory, in the form that `writev` takes, and room for the text that is not prebuilt. What
 * is made of one read is a batch, and is sent by one system call.
 */

import { batchRequests } from "microlith:options";
import { hasMultipart, mostFieldBytes, mostTypeBytes, pieceSlices } from "microlith:site";
import { mostRanges, slicesPerRange } from "./range.ts";

/** `struct iovec` */
export class Slice {
  base: usize;
  length: usize;
}

/** Every response has text that was made for it, fields that all share at this moment, and the rest. */
export const leadingSlices = 3;
/** A batch is full when it has so many; its last response may go beyond. */
const fullSlices = batchRequests * leadingSlices;
/** Likewise: with its last response, which has little more than the 2,000,000,000 bytes that a site may have, it is below 2^32. */
const fullBytes: u32 = 0x8000_0000;
const batchSlices = fullSlices + leadingSlices + pieceSlices + (mostRanges + 1) * slicesPerRange;
/** With the last response, which may have all of them. */
const mostParts = hasMultipart ? fullSlices / slicesPerRange + mostRanges : 0;
/** A response needs less text than this, and for each of several ranges so much. */
const textBytes = (batchRequests + 1) * (256 + mostFieldBytes) + mostParts * (96 + mostTypeBytes);

export const batch = zeroed<Fixed<Slice, typeof batchSlices>>();
const texts = zeroed<Fixed<u8, typeof textBytes>>();

class Output {
  /** Where the slices of the response begin. */
  first: Ptr<Slice>;
  /** Where the next slice goes. */
  slice: Ptr<Slice>;
  /** Where the text begins that was made last; the next ends there. */
  text: Ptr<u8>;
  /** Where the text ends that the response begins with. */
  textEnd: Ptr<u8>;
  /** In the slices of the response behind the leading ones. */
  bytes: u32;
  /** Of the response's content; only for the log. */
  contentBytes: u32;
  /** In the slices of the batch. */
  batchBytes: u32;
}

export const output = zeroed<Output>();

export function startBatch(): void {
  output.slice = batch;
  output.text = texts.add(textBytes);
  output.batchBytes = 0;
}

export function isBatchFull(): bool {
  return (
    output.batchBytes >= fullBytes || address(output.slice) >= address(batch) + fullSlices * sizeof<Slice>()
  );
}

/** Leaves room for the leading slices, and forgets what was added behind them. */
export function startResponse(): void {
  output.slice = output.first.add(leadingSlices);
  output.text = output.textEnd;
  output.bytes = 0;
}

export function setSlice(slice: Slice, start: Ptr<u8>, length: u32): void {
  slice.base = address(start);
  slice.length = length;
}

export function addSlice(start: Ptr<u8>, length: u32): void {
  setSlice(output.slice[0], start, length);
  output.bytes += length;
  output.slice = output.slice.add(1);
}
