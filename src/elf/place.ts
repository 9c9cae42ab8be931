/**
 * Where read-only data goes: equal bytes are stored once, and nothing is padded that need not be.
 *
 * The aligned objects come first, largest alignment first, then the constants of alignment 1, then the content, which is large and
 * seldom read as a whole. Constants fit anywhere, so some of them fill what would be padding in front of the others.
 */

import { type DataObject, dataSize } from "../base/data-object.ts";

/** A data object whose bytes are part of another's. */
export interface Shared {
  readonly owner: DataObject;
  /** In the owner. */
  readonly offset: number;
}

export interface DistinctData {
  readonly objects: readonly DataObject[];
  /** By name. */
  readonly shared: ReadonlyMap<string, Shared>;
}

/** Finds the constants that equal, or lie inside, another one. Relocated and aligned ones keep their own bytes. */
export function shareConstants(data: readonly DataObject[]): DistinctData {
  const shared = new Map<string, Shared>();
  const kept: { readonly object: DataObject; readonly text: string }[] = [];
  const equal = new Map<string, DataObject>();
  const candidates = data
    .filter(isShareable)
    .map((object) => ({ object, text: latin1(object.bytes) }))
    .sort((a, b) => b.text.length - a.text.length);
  for (const { object, text } of candidates) {
    const twin = equal.get(text);
    if (twin !== undefined) {
      shared.set(object.name, { owner: twin, offset: 0 });
      continue;
    }
    const container = kept.find((other) => other.text.includes(text));
    if (container === undefined) {
      kept.push({ object, text });
      equal.set(text, object);
    } else shared.set(object.name, { owner: container.object, offset: container.text.indexOf(text) });
  }
  return { objects: data.filter(({ name }) => !shared.has(name)), shared };
}

function isShareable({ kind, alignment, relocations, body }: DataObject): boolean {
  return kind === "constant" && alignment === 1 && relocations.length === 0 && body === undefined;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** The order in which to lay `objects` from `start` on; the caller aligns each. Nothing lies behind content, which may be long. */
export function orderData(objects: readonly DataObject[], start: number): DataObject[] {
  const content = objects.filter(({ kind }) => kind === "content");
  const small = objects.filter(({ kind }) => kind !== "content");
  const aligned = small.filter(({ alignment }) => alignment > 1).sort((a, b) => b.alignment - a.alignment);
  const ordered: DataObject[] = [];
  let loose: readonly DataObject[] = small.filter(({ alignment }) => alignment === 1);
  let at = start;
  for (const each of aligned) {
    // What is in front of it, up to where it may lie, is put there instead of nothing.
    const gap = alignUp(at, each.alignment) - at;
    const filling = subsetWithRemainder(loose, gap, each.alignment);
    loose = without(loose, filling);
    ordered.push(...filling, each);
    at = alignUp(at + sizeOf(filling), each.alignment) + dataSize(each);
  }
  return [...ordered, ...loose, ...content];
}

function without(objects: readonly DataObject[], some: readonly DataObject[]): readonly DataObject[] {
  if (some.length === 0) return objects;
  return objects.filter((object) => !some.includes(object));
}

function sizeOf(objects: readonly DataObject[]): number {
  return objects.reduce((sum, object) => sum + dataSize(object), 0);
}

/** Those of `objects` that fill a gap of `size` bytes at `start` best, with their places. */
export function fillGap(
  objects: readonly DataObject[],
  start: number,
  size: number,
): { readonly object: DataObject; readonly at: number }[] {
  // For each end that can be reached, the objects on the way.
  const reached = new Map<number, { readonly object: DataObject; readonly at: number }[]>([[start, []]]);
  const fitting = objects
    .filter(({ kind, bytes }) => kind !== "content" && bytes.length <= size)
    .sort((a, b) => b.alignment - a.alignment);
  for (const object of fitting) {
    for (const [from, before] of [...reached]) {
      const at = alignUp(from, object.alignment);
      const end = at + object.bytes.length;
      if (end <= start + size && !reached.has(end)) reached.set(end, [...before, { object, at }]);
    }
  }
  return reached.get(Math.max(...reached.keys())) ?? [];
}

/** Some of `objects` whose sizes add up to `remainder` modulo `modulus`; none when there is no such choice. */
function subsetWithRemainder(
  objects: readonly DataObject[],
  remainder: number,
  modulus: number,
): DataObject[] {
  // For each remainder, the last object of the first choice found, and the remainder before it.
  const last = new Map<number, { readonly object: DataObject; readonly from: number } | undefined>([
    [0, undefined],
  ]);
  for (const object of objects) {
    if (last.has(remainder)) break;
    for (const from of [...last.keys()]) {
      const to = (from + dataSize(object)) % modulus;
      if (!last.has(to)) last.set(to, { object, from });
    }
  }
  if (!last.has(remainder)) return [];
  const chosen: DataObject[] = [];
  for (let at = remainder; ; ) {
    const step = last.get(at);
    if (step === undefined) return chosen;
    chosen.push(step.object);
    at = step.from;
  }
}

export function alignUp(offset: number, alignment: number): number {
  return Math.ceil(offset / alignment) * alignment;
}
