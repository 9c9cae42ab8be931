/**
 * The order of writable storage: what has initial bytes first, because the file holds that part, then zeros; what is named most
 * for its size comes first, so that most accesses lie within reach of a short displacement from the start.
 */

import type { Storage } from "./object.ts";

/** Storage at `offset` bytes from the start of the writable segment. */
export interface OrderedStorage {
  readonly storage: Storage;
  readonly offset: number;
}

/** The objects in their order; `uses` gives how often the text names each. */
export function orderStorage(
  storage: readonly Storage[],
  uses: ReadonlyMap<string, number>,
): readonly Storage[] {
  const density = ({ name, size }: Storage): number => (uses.get(name) ?? 0) / size;
  const ordered = [...storage].sort(
    (a, b) => density(b) - density(a) || a.size - b.size || b.alignment - a.alignment,
  );
  return [...ordered.filter(hasBytes), ...ordered.filter((one) => !hasBytes(one))];
}

/** Places ordered objects, each aligned; the start is taken to be aligned for all. */
export function placeStorage(ordered: readonly Storage[]): OrderedStorage[] {
  const placed: OrderedStorage[] = [];
  let end = 0;
  for (const storage of ordered) {
    const offset = Math.ceil(end / storage.alignment) * storage.alignment;
    placed.push({ storage, offset });
    end = offset + storage.size;
  }
  return placed;
}

function hasBytes(storage: Storage): boolean {
  return storage.bytes !== undefined;
}
