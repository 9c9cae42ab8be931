import { expect, test } from "vitest";
import { bytesSource, collectBytes, concatSources } from "./byte-source.ts";
import { digestOf, isDigest, splitDigest, verified } from "./digest.ts";

const empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

test("the digest of nothing is the one in the standard's test vectors", () => {
  expect(digestOf("")).toBe(empty);
  expect(splitDigest(empty)).toEqual({ algorithm: "sha256", hex: empty.slice(7) });
});

test.each([
  [empty, true],
  [`sha512:${"0".repeat(128)}`, true],
  [empty.toUpperCase(), false],
  [empty.slice(0, -1), false],
  [`${empty}0`, false],
  [`md5:${"0".repeat(32)}`, false],
  [`sha256:../../${"0".repeat(58)}`, false],
  [`${empty}:x`, false],
  ["", false],
  [7, false],
])("isDigest(%j) is %j", (text, expected) => {
  expect(isDigest(text)).toBe(expected);
});

test.each([
  ["the right bytes", "abc", 3, "abc", undefined],
  ["too few", "ab", 3, "abc", "has 2 bytes where its descriptor says 3"],
  ["too many", "abcd", 3, "abc", "has more than 3 bytes"],
  ["others", "abd", 3, "abc", "has the digest sha256:a5"],
])("verified: %s", async (_, sent, size, meant, error) => {
  const chunks = verified(
    bytesSource(Buffer.from(sent)).read(),
    { digest: digestOf(meant), size },
    "the blob",
  );
  const reading = collectBytes(chunks, 100, "the blob");
  if (error === undefined) expect(Buffer.from(await reading).toString()).toBe(sent);
  else await expect(reading).rejects.toThrow(`the blob ${error}`);
});

test("sources in a row are read from any offset", async () => {
  const source = concatSources(["ab", "", "cde", "f"].map((text) => bytesSource(Buffer.from(text))));
  expect(source.size).toBe(6);
  for (let from = 0; from <= 6; from++) {
    expect(Buffer.from(await collectBytes(source.read(from), 6, "it")).toString()).toBe("abcdef".slice(from));
  }
});
