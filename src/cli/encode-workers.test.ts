import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { buildTool } from "../../scripts/setup.mjs";
import { temporaryFolder } from "../../test/support/microlith.ts";
import { repository } from "../../test/support/sources.ts";
import { encode } from "../site/encoders.ts";
import { makeEncodeWorkers } from "./encode-workers.ts";

const much = 1 << 20;
const contents = Array.from({ length: 5 }, (_, seed) => Buffer.from(`stone ${seed} `.repeat(500)));
const folder = temporaryFolder();

beforeAll(buildTool, 60_000);

/** All contents at once, by the threads of this file. */
async function encodeAll(file: URL): Promise<readonly Uint8Array[]> {
  const workers = makeEncodeWorkers(3, file);
  try {
    const encoder = workers.open(much);
    expect(encoder.width).toBe(3);
    return await Promise.all(contents.map((content) => encoder.encode("br", content)));
  } finally {
    await workers.close();
  }
}

test("threads encode as this one does", async () => {
  const file = pathToFileURL(join(repository, "dist", "cli", "encode-worker.js"));
  const expected = await Promise.all(contents.map((content) => encode("br", content)));
  expect((await encodeAll(file)).map((bytes) => Buffer.from(bytes))).toEqual(
    expected.map((bytes) => Buffer.from(bytes)),
  );
});

test("what a thread sends back is taken", async () => {
  const file = join(folder, "other.mjs");
  writeFileSync(
    file,
    "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => parentPort.postMessage(new Uint8Array(7)));",
  );
  expect((await encodeAll(pathToFileURL(file))).map(({ length }) => length)).toEqual([7, 7, 7, 7, 7]);
});

describe("content is encoded all the same by threads that", () => {
  test.each([
    ["do not start", "throw new Error('no');"],
    ["end", "process.exit(3);"],
    [
      "fail at their work",
      "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { throw new Error('no'); });",
    ],
  ])("%s", async (name, text) => {
    const file = join(folder, `${name.replaceAll(" ", "-")}.mjs`);
    writeFileSync(file, text);
    expect((await encodeAll(pathToFileURL(file))).map(({ length }) => length)).toEqual(
      (await Promise.all(contents.map((content) => encode("br", content)))).map(({ length }) => length),
    );
  });
});

test("little content, one processor, or the tool's own sources need no threads", () => {
  const file = pathToFileURL(join(repository, "dist", "cli", "encode-worker.js"));
  expect(makeEncodeWorkers(3, file).open(1000).width).toBe(1);
  expect(makeEncodeWorkers(1, file).open(much).width).toBe(1);
  expect(makeEncodeWorkers(3).open(much).width).toBe(1);
});
