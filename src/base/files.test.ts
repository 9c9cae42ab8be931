import { mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { collectBytes, gathered } from "./byte-source.ts";
import type { Content } from "./content.ts";
import { digestOf } from "./digest.ts";
import { fileContent } from "./files.ts";

const folder = mkdtempSync(join(tmpdir(), "microlith-files-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "content");
const bytes = Buffer.alloc(1_000_000, "All happy families are alike. ");
const all = (content: Content, from?: number): Promise<Uint8Array> =>
  collectBytes(gathered(content.read(from)), 1 << 24, "it");

describe("the content of a file", () => {
  test.each([0, 1, 262_143, 262_144, 262_145, 1_000_000])("of %i bytes is read as it is", async (size) => {
    writeFileSync(path, bytes.subarray(0, size));
    const content = fileContent(path);
    expect(content).toMatchObject({ size, digest: digestOf(bytes.subarray(0, size)), bytes: undefined });
    expect(bytes.subarray(0, size).equals(await all(content))).toBe(true);
    for (const from of [1, 262_144, 300_000].filter((at) => at <= size)) {
      expect(bytes.subarray(from, size).equals(await all(content, from))).toBe(true);
    }
  });

  test("is that of each file when several are read at the same time", async () => {
    const files = [1, 2, 3].map((number) => {
      const file = join(folder, `${number}`);
      writeFileSync(file, Buffer.alloc(600_000, number));
      return { number, content: fileContent(file) };
    });
    // Twice, because what the first ones have read into is used again.
    for (let round = 0; round < 2; round++) {
      const read = await Promise.all(files.map(({ content }) => all(content)));
      expect(read.map((each, at) => each.every((byte) => byte === files[at]?.number))).toEqual([
        true,
        true,
        true,
      ]);
    }
  });

  test.each<[string, () => void]>([
    ["longer", () => writeFileSync(path, Buffer.concat([bytes, bytes]))],
    ["shorter", () => truncateSync(path, 999_999)],
    ["empty", () => truncateSync(path, 0)],
    ["other bytes", () => writeFileSync(path, Buffer.alloc(bytes.length, "x"))],
  ])("that has become %s is an error, whatever is read of it", async (_, change) => {
    writeFileSync(path, bytes);
    const content = fileContent(path);
    change();
    await expect(all(content)).rejects.toThrow(`${path} changed while it was read`);
    await expect(all(content, 500_000)).rejects.toMatchObject({ exitCode: 1 });
  });

  test("may get another time", async () => {
    writeFileSync(path, bytes);
    const content = fileContent(path);
    utimesSync(path, 1, 1);
    expect((await all(content)).length).toBe(bytes.length);
  });
});
