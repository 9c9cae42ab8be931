/**
 * Archives that are cut, changed or made to do harm: each ends in a UserError, none in a crash, a hang or a file outside.
 */

import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { bytesSource, collectBytes } from "../../src/base/byte-source.ts";
import { digestOf } from "../../src/base/digest.ts";
import { UserError } from "../../src/base/errors.ts";
import { archiveOf, layoutFiles } from "../../src/image/archive.ts";
import { decompressed } from "../../src/image/decompress.ts";
import { type Blob, descriptorOf, documentOf } from "../../src/image/descriptor.ts";
import { type FileTree, tarTree } from "../../src/image/file-tree.ts";
import { type Image, imageOfExecutable, indexOf } from "../../src/image/image.ts";
import { blobSource, sourceOf } from "../../src/image/image-source.ts";
import { readImages } from "../../src/image/layout-read.ts";
import { mediaTypes } from "../../src/image/media-type.ts";
import { parsePlatform } from "../../src/image/platform.ts";
import { parseReference } from "../../src/image/reference.ts";
import { type TarEntry, tarOf } from "../../src/image/tar.ts";
import { validate } from "../../src/image/validate.ts";

let archive: Uint8Array;
let image: Image;

beforeAll(async () => {
  const make = (platform: string): Promise<Image> =>
    imageOfExecutable({
      platform: parsePlatform(platform),
      name: "hello",
      executable: bytesSource(Buffer.from("not really an executable")),
      run: {},
    });
  image = await make("linux/amd64");
  const index = indexOf([image, await make("linux/arm64")]);
  const tar = archiveOf(index, { tags: [parseReference("hello:1")], mtime: 0 });
  archive = await collectBytes(tar.read(), 1 << 20, "archive");
});

/** Reads and validates all that an archive holds; the findings of all roots. */
async function examine(bytes: Uint8Array): Promise<readonly string[]> {
  return examineTree(await tarTree(bytesSource(bytes), "x.tar"));
}

async function examineTree(tree: FileTree): Promise<readonly string[]> {
  const source = await readImages(tree);
  const findings = await Promise.all(source.roots.map((root) => validate(source, root.descriptor)));
  return findings.flat().map((finding) => finding.message);
}

test("the archive as it was written has no finding, also when it is compressed as a whole", async () => {
  expect(await examine(archive)).toEqual([]);
  expect(await examine(gzipSync(archive))).toEqual([]);
});

test("an archive cut at any byte is an error or has a finding", async () => {
  // Behind it there are zeros, which say nothing.
  const last = archive.findLastIndex((byte) => byte !== 0);
  for (let cut = 0; cut <= last; cut++) {
    const result = await examine(archive.slice(0, cut)).catch((error: unknown) => error);
    if (result instanceof Error) expect(result).toBeInstanceOf(UserError);
    else expect(result).not.toEqual([]);
  }
});

test("2,000 mutated archives never do worse than a UserError", async () => {
  const random = seeded(5);
  for (let round = 0; round < 2000; round++) {
    const bytes = archive.slice();
    for (let changes = 1 + (random() % 4); changes > 0; changes--) mutate(bytes, random);
    const outcome = await examine(bytes).catch((error: unknown) => error);
    if (outcome instanceof Error && !(outcome instanceof UserError)) throw outcome;
  }
}, 60_000);

test("2,000 mutated layouts never do worse than a UserError", async () => {
  const random = seeded(6);
  const made = indexOf([image], { a: "b" });
  const files = new Map<string, Uint8Array>();
  for (const { path, content } of layoutFiles(made, [parseReference("hello:1")])) {
    files.set(path, await collectBytes(content.read(), 1 << 20, path));
  }
  const paths = [...files.keys()].sort();
  for (let round = 0; round < 2000; round++) {
    const changed = new Map(files);
    const path = paths[random() % paths.length] ?? "";
    const bytes = files.get(path)?.slice() ?? new Uint8Array(0);
    // Now and then a file is missing, or cut.
    const kind = random() % 16;
    if (kind === 0) changed.delete(path);
    else if (kind === 1) changed.set(path, bytes.subarray(0, random() % bytes.length));
    else {
      for (let changes = 1 + (random() % 4); changes > 0; changes--) mutate(bytes, random);
      changed.set(path, bytes);
    }
    const tree: FileTree = {
      what: "layout",
      async file(name) {
        const found = changed.get(name);
        return found === undefined ? undefined : bytesSource(found);
      },
    };
    const outcome = await examineTree(tree).catch((error: unknown) => error);
    if (outcome instanceof Error && !(outcome instanceof UserError)) throw outcome;
  }
}, 60_000);

/** Flips a bit, writes a digit or a special byte, or copies a stretch over another. */
function mutate(bytes: Uint8Array, random: () => number): void {
  const at = random() % bytes.length;
  switch (random() % 4) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (random() % 8));
      return;
    case 1:
      bytes[at] = 0x30 + (random() % 10);
      return;
    case 2:
      bytes[at] = [0, 0xff, 0x80, 0x22, 0x7b, 0x2f][random() % 6] ?? 0;
      return;
    default:
      bytes.copyWithin(at, random() % bytes.length, random() % bytes.length);
  }
}

/** The same numbers in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = createHash("md5").update(`${state}`).digest().readUInt32LE();
    return state;
  };
}

describe("layers", () => {
  const entry = (path: string, more: Partial<TarEntry> = {}): TarEntry => ({
    path,
    kind: "file",
    mode: 0o644,
    mtime: 0,
    content: bytesSource(Buffer.from("x")),
    ...more,
  });

  /** An image around a layer of these bytes, and what validation says of it. */
  async function findings(
    tar: Uint8Array,
    stored = tar,
    mediaType: string = mediaTypes.layer,
  ): Promise<string[]> {
    const layer: Blob = { descriptor: descriptorOf(mediaType, stored), content: bytesSource(stored) };
    const config = documentOf(mediaTypes.config, {
      os: "linux",
      architecture: "amd64",
      rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
    });
    const manifest = documentOf(mediaTypes.manifest, {
      schemaVersion: 2,
      config: config.descriptor,
      layers: [layer.descriptor],
    });
    const blobs = [
      layer,
      ...[config, manifest].map((d) => ({ descriptor: d.descriptor, content: bytesSource(d.bytes) })),
    ];
    const source = blobSource("x", { descriptor: manifest.descriptor, names: [] }, blobs);
    return (await validate(source, manifest.descriptor)).map((finding) => finding.message);
  }
  const tarBytes = (entries: readonly TarEntry[]): Promise<Uint8Array> =>
    collectBytes(tarOf(entries).read(), 1 << 20, "tar");

  test.each<[string, readonly TarEntry[], string | undefined]>([
    ["a file", [entry("a/b")], undefined],
    ["a path upwards", [entry("a/../../etc/passwd")], "leads out of the image"],
    ["a path upwards in a PAX header", [entry(`${"é".repeat(60)}/../../x`)], "leads out of the image"],
    ["a file with two dots in its name", [entry("a..b/..c")], undefined],
  ])("%s", async (_, entries, finding) => {
    const found = await findings(await tarBytes(entries));
    if (finding === undefined) expect(found).toEqual([]);
    else expect(found).toEqual([expect.stringContaining(finding)]);
  });

  test("a layer that is not what its media type says", async () => {
    const tar = await tarBytes([entry("a")]);
    expect(await findings(tar, tar, mediaTypes.layerGzip)).toEqual([
      expect.stringContaining("does not unpack"),
    ]);
    expect(await findings(tar, gzipSync(tar), mediaTypes.layer)).toEqual([
      expect.stringContaining("not a tar"),
    ]);
    expect(await findings(tar, gzipSync(tar), mediaTypes.layerZstd)).toEqual([
      expect.stringContaining("does not unpack"),
    ]);
    expect(await findings(tar, gzipSync(tar), "text/plain")).toEqual([
      expect.stringContaining("not a layer's: text/plain"),
    ]);
  });

  test("a diffId of other bytes", async () => {
    const tar = await tarBytes([entry("a")]);
    expect(
      await findings(Buffer.concat([tar, new Uint8Array(512)]), gzipSync(tar), mediaTypes.layerGzip),
    ).toEqual([expect.stringMatching(/^unpacks to sha256:.* its config says/)]);
  });

  test.each([
    ["a size that is no number", 124, "9"],
    ["a size beyond the tar", 124, "77777777777"],
    ["a negative base-256 size", 124, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"],
    ["an enormous name", 156, "L"],
    ["a sparse file", 156, "S"],
  ])("a header with %s", async (_, at, text) => {
    const tar = Buffer.from(await tarBytes([entry("a")]));
    tar.write(text, at, "latin1");
    if (text === "L") tar.write("00010000000", 124, "latin1");
    tar.fill(0x20, 148, 156);
    const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    expect(await findings(tar)).toEqual([expect.stringContaining("is damaged or not a tar archive")]);
  });

  test("a bomb stops at the limit", async () => {
    const bomb = gzipSync(Buffer.alloc(50 << 20));
    expect(bomb.length).toBeLessThan(100_000);
    const unpacking = collectBytes(
      decompressed(bytesSource(bomb).read(), "gzip", "a layer", 1 << 20),
      1 << 30,
      "it",
    );
    await expect(unpacking).rejects.toThrow("unpacks to more than the 1048576 bytes");
  });

  test("a Zstandard frame that asks for a huge window", async () => {
    // RFC 8878, 3.1.1.1.2: exponent 31 and mantissa 7 are a window of 3.75 TiB.
    const frame = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff, 0x01, 0x00, 0x00);
    const unpacking = collectBytes(decompressed(bytesSource(frame).read(), "zstd", "a layer"), 1 << 20, "it");
    await expect(unpacking).rejects.toThrow("does not unpack");
  });
});

describe("documents", () => {
  const hello = { schemaVersion: 2, config: descriptorOf(mediaTypes.config, Buffer.from("{}")), layers: [] };

  test.each<[string, unknown, RegExp]>([
    ["an array", [], /is not a JSON object/],
    ["schema 1", { schemaVersion: 1 }, /schemaVersion is 1, not 2/],
    ["no layers", { ...hello, layers: undefined }, /layers is not a list/],
    [
      "a digest that climbs",
      { ...hello, config: { ...hello.config, digest: "sha256:../../../etc/passwd" } },
      /config\.digest is not/,
    ],
    ["a negative size", { ...hello, config: { ...hello.config, size: -1 } }, /size is not a number/],
    [
      "annotations that are no strings",
      { ...hello, annotations: { a: 1 } },
      /annotations is not a map of strings/,
    ],
  ])("a manifest with %s", async (_, value, message) => {
    const bytes = Buffer.from(JSON.stringify(value));
    const descriptor = descriptorOf(mediaTypes.manifest, bytes);
    const source = blobSource("x", { descriptor, names: [] }, [{ descriptor, content: bytesSource(bytes) }]);
    expect((await validate(source, descriptor)).map((finding) => finding.message)).toEqual([
      expect.stringMatching(message),
    ]);
  });

  test("indexes nested without end", async () => {
    const leaf = documentOf(mediaTypes.index, { schemaVersion: 2, manifests: [] });
    const documents = [leaf];
    for (let depth = 0; depth < 12; depth++) {
      const below = documents.at(-1)?.descriptor ?? leaf.descriptor;
      documents.push(documentOf(mediaTypes.index, { schemaVersion: 2, manifests: [below] as never[] }));
    }
    const root = documents.at(-1)?.descriptor ?? leaf.descriptor;
    const blobs = documents.map((d) => ({ descriptor: d.descriptor, content: bytesSource(d.bytes) }));
    const found = await validate(blobSource("x", { descriptor: root, names: [] }, blobs), root);
    expect(found.map((finding) => finding.message)).toEqual([
      expect.stringContaining("nests indexes deeper than 8"),
    ]);
  });

  test("a blob that is missing is named", async () => {
    const source = sourceOf(image);
    const without = { ...source, open: () => Promise.reject(new UserError("x has no blob")) };
    expect((await validate(without, image.manifest.descriptor))[0]?.message).toContain("has no blob");
  });
});
