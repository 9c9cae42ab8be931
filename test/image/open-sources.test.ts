/**
 * What images are read from are files and connections: each reading that was begun is ended, whether it got to the end, stopped before or failed.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { type ByteSource, bytesSource, collectBytes } from "../../src/base/byte-source.ts";
import { archiveOf } from "../../src/image/archive.ts";
import { decompressed } from "../../src/image/decompress.ts";
import { tarTree } from "../../src/image/file-tree.ts";
import { imageOf } from "../../src/image/image.ts";
import type { ImageSource } from "../../src/image/image-source.ts";
import { inspect } from "../../src/image/inspect.ts";
import { layerOf } from "../../src/image/layer.ts";
import { readImages } from "../../src/image/layout-read.ts";
import type { LayerCompression } from "../../src/image/media-type.ts";
import { parsePlatform } from "../../src/image/platform.ts";
import { parseReference } from "../../src/image/reference.ts";
import { layerEntries, rootfsTar } from "../../src/image/rootfs.ts";
import { validate } from "../../src/image/validate.ts";
import { noise } from "../support/sample-image.ts";

/** The source, read in small chunks, and how many of its readings were begun and not ended. */
function counted(source: ByteSource): { readonly source: ByteSource; open(): number; begun(): number } {
  const count = { open: 0, begun: 0 };
  return {
    open: () => count.open,
    begun: () => count.begun,
    source: {
      size: source.size,
      async *read(from) {
        count.open += 1;
        count.begun += 1;
        try {
          for await (const chunk of source.read(from)) {
            for (let at = 0; at < chunk.length; at += 512) yield chunk.subarray(at, at + 512);
          }
        } finally {
          count.open -= 1;
        }
      },
    },
  };
}

async function archiveWith(compression: LayerCompression): Promise<Uint8Array> {
  const files = ["/a", "/b"].map((path) => ({
    path,
    mode: 0o644,
    content: bytesSource(noise(20_000, path)),
  }));
  const layer = await layerOf(files, { compression, mtime: 0 });
  const image = imageOf({ platform: parsePlatform("linux/amd64"), layers: [layer], run: {} });
  const made = archiveOf(image, { tags: [parseReference("a:1")], mtime: 0 });
  return collectBytes(made.read(), 1 << 20, "archive");
}

async function* first<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const item of items) {
    yield item;
    return;
  }
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

type Use = (source: ImageSource) => Promise<unknown>;

const root = (source: ImageSource): ImageSource["roots"][number]["descriptor"] => {
  const [found] = source.roots;
  if (found === undefined) throw new Error("no root");
  return found.descriptor;
};

const uses: Readonly<Record<string, Use>> = {
  opens: async () => {},
  validates: (source) => validate(source, root(source)),
  inspects: (source) => inspect(source, root(source), { files: true }),
  "looks at the first file": async (source) => {
    const { images } = await inspect(source, root(source), { files: false });
    const [layer] = images[0]?.layers ?? [];
    if (layer !== undefined) await drain(first(layerEntries(source, layer)));
  },
  unpacks: async (source) => {
    const [image] = (await inspect(source, root(source), { files: false })).images;
    if (image === undefined) return;
    const manifest = { schemaVersion: 2, config: root(source), layers: image.layers } as const;
    await drain(rootfsTar(source, manifest));
  },
};

for (const compression of ["none", "gzip", "zstd"] as const) {
  for (const [what, use] of Object.entries(uses)) {
    for (const damaged of [false, true]) {
      test(`${what} an image with a layer in ${compression}${damaged ? ", damaged" : ""}`, async () => {
        const bytes = await archiveWith(compression);
        // In the layer's first file.
        if (damaged) bytes.fill(0x55, 7000, 7600);
        const archive = counted(bytesSource(bytes));
        const source = await readImages(await tarTree(archive.source, "x.tar"));
        await use(source).catch(() => {});
        // Node ends what its streams read from a moment later.
        for (let turns = 0; turns < 100 && archive.open() > 0; turns++) await sleep(1);
        expect(archive.begun()).toBeGreaterThan(0);
        expect(archive.open()).toBe(0);
      });
    }
  }
}

test("an archive that is compressed as a whole", async () => {
  const archive = counted(bytesSource(gzipSync(await archiveWith("none"))));
  const source = await readImages(await tarTree(archive.source, "x.tar"));
  await validate(source, root(source));
  for (let turns = 0; turns < 100 && archive.open() > 0; turns++) await sleep(1);
  expect(archive.open()).toBe(0);
  await drain(first(decompressed(archive.source.read(), "gzip", "x")));
  for (let turns = 0; turns < 100 && archive.open() > 0; turns++) await sleep(1);
  expect(archive.open()).toBe(0);
});
