import { Readable } from "node:stream";
import { extract } from "tar-stream";
import { expect, test } from "vitest";
import { bytesSource, collectBytes } from "../base/byte-source.ts";
import { type TarEntry, tarOf } from "./tar.ts";

const base = { kind: "file", mode: 0o644, mtime: 0 } as const;
const file = (path: string, text: string): TarEntry => ({
  ...base,
  path,
  content: bytesSource(Buffer.from(text)),
});

test.each<[string, readonly TarEntry[]]>([
  ["nothing", []],
  ["an empty file and a block's worth", [file("empty", ""), file("full", "x".repeat(512))]],
  [
    "a directory and a symlink",
    [
      { ...base, path: "d", kind: "directory" },
      { ...base, path: "d/l", kind: "symlink", target: "../a" },
    ],
  ],
  ["a name for the prefix field", [file(`${"d".repeat(120)}/${"f".repeat(90)}`, "a")]],
  ["a name for PAX", [file(`${"d".repeat(200)}/é`, "a"), file("f".repeat(101), "b")]],
  ["a target for PAX", [{ ...base, path: "l", kind: "symlink", target: "t".repeat(600) }]],
])("what is written is read back: %s", async (_, entries) => {
  const tar = tarOf(entries);
  const bytes = await collectBytes(tar.read(), 1 << 20, "tar");
  expect(bytes.length).toBe(tar.size);
  expect(bytes.length % 512).toBe(0);
  expect(await read(bytes)).toEqual(
    entries.map((entry) => [
      entry.path + (entry.kind === "directory" ? "/" : ""),
      entry.kind,
      entry.target ?? null,
      entry.content?.size ?? 0,
    ]),
  );
});

test("refuses a file that the size field cannot hold", () => {
  const content = { size: 8 ** 11, read: () => bytesSource(new Uint8Array(0)).read() };
  expect(() => tarOf([{ ...base, path: "huge", content }])).toThrow("more than tar can hold");
});

async function read(bytes: Uint8Array): Promise<unknown[]> {
  const found: unknown[] = [];
  const reader = extract();
  Readable.from([Buffer.from(bytes)]).pipe(reader);
  for await (const entry of reader) {
    found.push([entry.header.name, entry.header.type, entry.header.linkname, entry.header.size]);
    entry.resume();
  }
  return found;
}
