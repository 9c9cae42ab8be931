/**
 * How far from the start of the image a symbol can lie, before anything is laid out: selection needs to know
 * which addresses fit a short instruction.
 */

import { type DataObject, dataSize } from "../base/data-object.ts";
import type { MachineFacts } from "./layout.ts";
import { alignUp } from "./place.ts";
import type { OrderedStorage } from "./storage.ts";

/** The ELF header and at most three program headers. */
const largestHeaders = 64 + 3 * 56;

/** A bound, in bytes from the file's first byte in memory, of the place `offset` bytes from a symbol's start. */
export type Extent = (symbol: string, offset: number) => number;

/**
 * Bounds for data and storage, and for a function when the name is neither. They hold for the plain and the tight layout
 * while the text has at most `textBytes`.
 */
export function symbolExtents(
  textBytes: number,
  data: readonly DataObject[],
  storage: readonly OrderedStorage[],
  machine: MachineFacts,
): Extent {
  const textEnd = largestHeaders + textBytes;
  // Content lies behind everything else.
  const smallEnd = textEnd + extentOf(data.filter(({ kind }) => kind !== "content"));
  const dataEnd = smallEnd + extentOf(data.filter(({ kind }) => kind === "content"));
  const storageStart = alignUp(dataEnd, machine.pageBytes) + machine.pageBytes;
  const latest = new Map<string, number>();
  for (const { name, kind } of data) latest.set(name, kind === "content" ? dataEnd : smallEnd);
  for (const { storage: object, offset } of storage) latest.set(object.name, storageStart + offset);
  return (name, offset) => (latest.get(name) ?? textEnd) + Math.abs(offset);
}

/** The most bytes that the objects can take, in whatever order. */
export function extentOf(objects: readonly DataObject[]): number {
  return objects.reduce((sum, each) => sum + dataSize(each) + each.alignment - 1, 0);
}
