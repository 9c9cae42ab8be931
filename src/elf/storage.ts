/**
 * The order of writable storage: what has initial bytes first, because the file holds that part, then zeros; small objects
 * before large ones, so that most of them lie within reach of a short displacement from the start.
 */

import type { Storage } from "./object.ts";

/** Storage at `offset` bytes from the start of the writable segment. */
export interface OrderedStorage {
  readonly storage: Storage;
  readonly offset: number;
}

/** Places each object, aligned; the start is taken to be aligned for all. */
export function orderStorage(storage: readonly Storage[]): OrderedStorage[] {
  const bySize = [...storage].sort((a, b) => a.size - b.size || b.alignment - a.alignment);
  const ordered: OrderedStorage[] = [];
  let end = 0;
  for (const each of [...bySize.filter(hasBytes), ...bySize.filter((one) => !hasBytes(one))]) {
    const offset = Math.ceil(end / each.alignment) * each.alignment;
    ordered.push({ storage: each, offset });
    end = offset + each.size;
  }
  return ordered;
}

function hasBytes(storage: Storage): boolean {
  return storage.bytes !== undefined;
}
