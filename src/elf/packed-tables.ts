/**
 * The tables of a program that unpacks them when it starts: they have addresses in writable storage, and the file has them packed, as the
 * last of what is read only.
 *
 * Tables hold addresses of each other and of content. None of these depends on how long the packed tables are: they lie behind all
 * else, and storage begins behind the most that they could take.
 */

import type { DataObject } from "../base/data-object.ts";
import { assert } from "../base/errors.ts";
import type { Storage } from "./object.ts";
import { pack } from "./pack.ts";
import { alignUp, shareConstants } from "./place.ts";
import type { OrderedStorage } from "./storage.ts";

/** What a program names of this; it has packed tables when it names the first. */
export const packedObject: DataObject = standIn("packed tables");
export const tablesObject: DataObject = standIn("start of tables");
export const tablesEndObject: DataObject = standIn("end of tables");

/** Unique: names from programs have no spaces. */
const storageName = "unpacked tables";

export interface PackedTables {
  readonly storage: Storage;
  /** Where each lies in the storage, also one that shares another's bytes. */
  readonly offsets: ReadonlyMap<string, number>;
  /** Those with bytes of their own. */
  readonly objects: readonly DataObject[];
  /** What is not packed, without the stand-ins. */
  readonly others: readonly DataObject[];
}

/** Undefined when the program does not unpack any. */
export function packedTablesOf(data: readonly DataObject[]): PackedTables | undefined {
  if (!data.some(({ name }) => name === packedObject.name)) return undefined;
  const standIns = new Set([packedObject, tablesObject, tablesEndObject].map(({ name }) => name));
  const given = data.filter(({ name }) => !standIns.has(name));
  const { objects, shared } = shareConstants(given.filter(isPacked));
  const offsets = new Map([[tablesObject.name, 0]]);
  let end = 0;
  for (const object of byTextShare(objects)) {
    const at = alignUp(end, object.alignment);
    offsets.set(object.name, at);
    end = at + object.bytes.length;
  }
  for (const [name, { owner, offset }] of shared) offsets.set(name, (offsets.get(owner.name) ?? 0) + offset);
  // A program without tables unpacks a byte all the same.
  const size = Math.max(end, 1);
  offsets.set(tablesEndObject.name, size);
  const alignment = Math.max(1, ...objects.map((object) => object.alignment));
  const storage = { name: storageName, size, alignment, bytes: undefined };
  return { storage, offsets, objects, others: given.filter((object) => !isPacked(object)) };
}

function isPacked({ kind, body }: DataObject): boolean {
  return kind !== "content" && body === undefined;
}

/** Texts first: what is alike is packed best side by side. Gaps are zeros, and cost next to nothing. */
function byTextShare(objects: readonly DataObject[]): readonly DataObject[] {
  const share = ({ bytes }: DataObject): number =>
    bytes.length === 0 ? 0 : bytes.filter((byte) => byte >= 0x20 && byte < 0x7f).length / bytes.length;
  return objects
    .map((object) => ({ object, share: share(object) }))
    .sort((a, b) => b.share - a.share)
    .map(({ object }) => object);
}

/** How often instructions name the tables, all together. */
export function withUsesOf(
  { storage, offsets }: PackedTables,
  uses: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  let sum = 0;
  for (const name of offsets.keys()) sum += uses.get(name) ?? 0;
  return new Map([...uses, [storage.name, sum]]);
}

/** The tables as pieces of the storage that they will lie in. */
export function placesOf(
  { storage, offsets }: PackedTables,
  placed: readonly OrderedStorage[],
): OrderedStorage[] {
  const start = placed.find((each) => each.storage.name === storage.name)?.offset;
  assert(start !== undefined, "packed tables without storage");
  return [...offsets].map(([name, offset]) => ({
    storage: { name, size: storage.size - offset, alignment: 1, bytes: undefined },
    offset: start + offset,
  }));
}

/** Bytes that the packed tables never need more of. */
export function roomForPacked({ storage }: PackedTables): number {
  return 2 * storage.size + 64;
}

/** The object that the file has in place of the tables. `addressOf` knows where everything lies. */
export function packTables(tables: PackedTables, addressOf: (symbol: string) => number): DataObject {
  const bytes = new Uint8Array(tables.storage.size);
  const view = new DataView(bytes.buffer);
  for (const object of tables.objects) {
    const at = tables.offsets.get(object.name) ?? 0;
    bytes.set(object.bytes, at);
    for (const { offset, target, addend } of object.relocations)
      view.setUint32(at + offset, addressOf(target) + addend, true);
  }
  const packed = pack(bytes);
  assert(packed.length <= roomForPacked(tables), "packed tables do not fit their room");
  return { ...packedObject, bytes: packed };
}

function standIn(name: string): DataObject {
  return { name, kind: "table", bytes: new Uint8Array(0), alignment: 1, relocations: [] };
}
