import { describe, expect, test } from "vitest";
import { buildTable, type HashTable, hashPath, slotOf } from "./table.ts";

const bytes = (path: string): Uint8Array => new TextEncoder().encode(path);

/** What runtime/server/lookup.ts does: the only slot that it looks into. */
function probe(table: HashTable, key: Uint8Array): number {
  const hash = hashPath(key, table.start);
  const { displacements, multiplier, slots } = table;
  const displacement = displacements[hash & (displacements.length - 1)] ?? 0;
  return slots[slotOf(hash + displacement, multiplier, slots.length)] ?? -1;
}

function paths(count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, index) => bytes(`/notes/${index % 100}/${index}.html`));
}

describe.each([1, 2, 3, 10, 11, 100, 1_000, 10_000, 20_000])("a table of %i paths", (count) => {
  const keys = paths(count);
  const table = buildTable(keys);

  test("finds each with one probe", () => {
    expect(keys.every((key, index) => probe(table, key) === index)).toBe(true);
  });

  test("wastes few slots", () => {
    const used = table.slots.filter((index) => index >= 0).length;
    expect(used).toBe(count);
    expect(table.slots.length).toBeLessThanOrEqual(Math.ceil(count * 1.04));
    expect(table.displacements.length).toBeLessThanOrEqual(Math.max(1, count));
  });

  test("is the same for the same paths", () => {
    expect(buildTable(keys)).toEqual(table);
  });
});

test("paths whose hashes are the same get another start", () => {
  const keys = ["/88947", "/622880"].map(bytes);
  const fnvStart = 0x811c_9dc5;
  expect(keys.map((key) => hashPath(key, fnvStart))).toEqual([0x202f_90dc, 0x202f_90dc]);
  const table = buildTable(keys);
  expect(table.start).not.toBe(fnvStart);
  expect(keys.map((key) => probe(table, key))).toEqual([0, 1]);
});
