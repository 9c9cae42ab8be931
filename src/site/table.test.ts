import { describe, expect, it } from "vitest";
import { buildTable, groupOf, type HashTable, hashPath, slotOf } from "./table.ts";

const encoder = new TextEncoder();

/** As runtime/server/lookup.ts does it. */
function lookUp(table: HashTable, key: Uint8Array): number | undefined {
  const hash = hashPath(key, table.start);
  const { displacements, multiplier, slots } = table;
  const displacement = displacements[groupOf(hash, displacements.length)] ?? 0;
  return slots[slotOf((hash + displacement) >>> 0, multiplier, slots.length)];
}

describe("buildTable", () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 10, 11, 16, 17, 100, 255, 1000, 16_383, 16_384, 40_000, 200_000])(
    "finds each of %i paths in one probe",
    (count) => {
      const keys = Array.from({ length: count }, (_, index) =>
        encoder.encode(`/assets/${index % 97}/page-${index}.html`),
      );
      const table = buildTable(keys);
      expect(table.slots.length).toBeLessThanOrEqual(count < 16_384 ? count : count * 1.04);
      const lost = keys.filter((key, index) => lookUp(table, key) !== index);
      expect(lost).toEqual([]);
      expect(table.displacements.length).toBe(count <= 10 ? 0 : table.displacements.length);
    },
  );

  it("makes the same table from the same paths", () => {
    const keys = Array.from({ length: 500 }, (_, index) => encoder.encode(`/${index}`));
    expect(buildTable(keys)).toEqual(buildTable(keys));
  });
});

describe("hashPath", () => {
  it("is FNV-1a", () => {
    expect(hashPath(encoder.encode("foobar"), 0x811c9dc5)).toBe(0xbf9cf968);
  });
});
