/**
 * A site of 500 MiB becomes an archive without being in memory: the promise is 400 MiB for the whole process, in which the test runner is counted too.
 */

import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { ByteSource } from "../../src/base/byte-source.ts";
import { archiveOf } from "../../src/image/archive.ts";
import { imageOfExecutable } from "../../src/image/image.ts";
import { parsePlatform } from "../../src/image/platform.ts";
import { parseReference } from "../../src/image/reference.ts";

const mebibyte = 1 << 20;

/** Three quarters do not shrink, as pictures; one quarter does, as pages. */
const site: ByteSource = {
  size: 500 * mebibyte,
  async *read(from = 0) {
    const picture = Buffer.concat(
      Array.from({ length: mebibyte / 32 }, (_, at) => createHash("sha256").update(`${at}`).digest()),
    );
    const page = Buffer.alloc(mebibyte, "<p>All happy families are alike.</p>\n");
    let skip = from;
    for (let at = 0; at < 500; at++) {
      const chunk = at % 4 === 0 ? page : picture;
      if (skip < mebibyte) yield skip > 0 ? chunk.subarray(skip) : chunk;
      skip = Math.max(0, skip - mebibyte);
    }
  },
};

test("an archive of 500 MiB", async () => {
  const image = await imageOfExecutable({
    platform: parsePlatform("linux/amd64"),
    name: "site",
    executable: site,
    run: {},
  });
  const archive = archiveOf(image, { tags: [parseReference("site")], mtime: 0 });
  let size = 0;
  for await (const chunk of archive.read()) size += chunk.length;
  expect(size).toBe(archive.size);
  expect(size).toBeGreaterThan(375 * mebibyte);
  expect(size).toBeLessThan(380 * mebibyte);
  expect(process.resourceUsage().maxRSS / 1024).toBeLessThan(400);
}, 120_000);
