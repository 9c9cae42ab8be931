import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/microlith.ts";
import { writeOutput } from "./write-output.ts";

const folder = temporaryFolder();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("writes what it is given, with the mode", async () => {
  const path = join(folder, "a");
  expect(await writeOutput(path, [bytes("one "), bytes("two")], 0o755)).toBe(7);
  expect(readFileSync(path, "utf8")).toBe("one two");
  expect(statSync(path).mode & 0o100).toBe(0o100);
});

test("leaves the older result whole and nothing beside it when it fails", async () => {
  const path = join(folder, "b");
  writeFileSync(path, "older");
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytes("half");
    throw new Error("no more");
  }
  await expect(writeOutput(path, chunks(), 0o644)).rejects.toThrow("no more");
  expect(readFileSync(path, "utf8")).toBe("older");
  expect(readdirSync(folder).filter((name) => name.includes("partial"))).toEqual([]);
});

test("writes through a symbolic link", async () => {
  writeFileSync(join(folder, "c"), "older");
  symlinkSync(join(folder, "c"), join(folder, "link"));
  await writeOutput(join(folder, "link"), [bytes("newer")], 0o644);
  expect(readFileSync(join(folder, "c"), "utf8")).toBe("newer");
});

test("writes to a device without replacing it", async () => {
  await writeOutput("/dev/null", [bytes("gone")], 0o644);
  expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
});

test("says what is in the way", async () => {
  mkdirSync(join(folder, "d"));
  await expect(writeOutput(join(folder, "d"), [], 0o644)).rejects.toThrow("is a folder");
  await expect(writeOutput(join(folder, "nowhere", "e"), [], 0o644)).rejects.toThrow("there is no folder");
  await expect(writeOutput(join(folder, "x".repeat(300)), [], 0o644)).rejects.toThrow("the name is too long");
});
