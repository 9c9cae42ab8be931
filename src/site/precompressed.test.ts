import { expect, test } from "vitest";
import { notePrecompressed } from "./precompressed.ts";

test("files that a bundler compressed are noted, with what leaves them out", () => {
  const paths = ["/a.js", "/a.js.br", "/a.js.gz", "/b.svg", "/b.svg.br", "/index.html"];
  expect(notePrecompressed(paths)).toEqual([
    "3 files, as /a.js.br, are others compressed, which browsers do not ask for: they ask for the other, and --codings is what they get it in; --exclude '*.br' --exclude '*.gz' saves the bytes",
  ]);
  expect(notePrecompressed(["/a.wasm", "/a.wasm.gz"])[0]).toMatch(
    /^\/a\.wasm\.gz is another file compressed/,
  );
});

test.each([
  ["nothing of the kind", ["/a.js", "/a.js.map"]],
  ["the other is not there", ["/a.js.gz", "/data.csv.gz"]],
  ["an archive is offered in both forms", ["/a.tar", "/a.tar.gz"]],
  ["the other is no part of a page", ["/a.png", "/a.png.gz"]],
])("no note: %s", (_, paths) => {
  expect(notePrecompressed(paths)).toEqual([]);
});
