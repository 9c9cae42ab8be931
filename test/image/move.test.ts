/**
 * Files that moving images writes: whole or not at all, and never outside.
 */

import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { bytesSource } from "../../src/base/byte-source.ts";
import { digestOf } from "../../src/base/digest.ts";
import { UserError } from "../../src/base/errors.ts";
import { openFolder, type TreeEntry, writeFileWhole, writeTree } from "../../src/base/files.ts";
import { allBlobs } from "../../src/image/archive.ts";
import { blobOf, documentOf } from "../../src/image/descriptor.ts";
import { blobSource, blobsBelow, readIndex, sourceOf } from "../../src/image/image-source.ts";
import { inspect } from "../../src/image/inspect.ts";
import { parseLocation } from "../../src/image/location.ts";
import type { Index } from "../../src/image/manifest.ts";
import { mediaTypes } from "../../src/image/media-type.ts";
import { parsePlatform } from "../../src/image/platform.ts";
import { parseReference } from "../../src/image/reference.ts";
import { validate } from "../../src/image/validate.ts";
import { dockerArchiveOfSource } from "../../src/image/write.ts";
import { copyImage, openLocation, tagImage, writeImage, writeRootfs } from "../../src/move.ts";
import { temporaryFolder } from "../support/engines.ts";
import { startMemoryRegistry } from "../support/memory-registry.ts";
import { noise, sampleImage, sampleIndex } from "../support/sample-image.ts";

const work = temporaryFolder("move");
afterAll(() => work.remove());
const options = { env: { HOME: work.path } };
const at = (name: string): string => join(work.path, name);

test("a layout takes several images, and a name given anew moves", async () => {
  const [one, two] = [await sampleImage("linux/amd64"), await sampleImage("linux/arm64")];
  const put = (image: typeof one, name: string): Promise<string> =>
    writeImage(
      sourceOf(image),
      { descriptor: image.manifest.descriptor, names: [] },
      parseLocation(`oci:${at("several")}:${name}`),
      options,
    );
  await put(one, "a");
  await put(two, "b");
  await put(two, "a");
  const digest = async (name: string): Promise<string> => {
    const opened = await openLocation(parseLocation(`oci:${at("several")}:${name}`), options);
    await opened.close();
    return opened.root.descriptor.digest;
  };
  expect([await digest("a"), await digest("b")]).toEqual([
    two.manifest.descriptor.digest,
    two.manifest.descriptor.digest,
  ]);
  await expect(digest("c")).rejects.toThrow('has no image "c"');
});

test("a layout without images, as umoci begins one, is one to write to", async () => {
  const image = await sampleImage();
  const root = { descriptor: image.manifest.descriptor, names: [] };
  const to = parseLocation(`oci:${at("begun")}:v1`);
  mkdirSync(at("begun"));
  writeFileSync(at("begun/index.json"), '{"schemaVersion":2,"manifests":null}');
  await expect(openLocation(parseLocation(`oci:${at("begun")}`), options)).rejects.toThrow("holds no image");
  await writeImage(sourceOf(image), root, to, options);
  const opened = await openLocation(to, options);
  expect(opened.root.descriptor.digest).toBe(image.manifest.descriptor.digest);
  await opened.close();
});

test.each(["x", "null", "{}", "[]", '{"schemaVersion":2,"manifests":[null]}', '{"pages":[]}'])(
  "a folder whose index.json is %s is left alone",
  async (text) => {
    const image = await sampleImage();
    const root = { descriptor: image.manifest.descriptor, names: [] };
    const folder = mkdtempSync(at("site-"));
    writeFileSync(join(folder, "index.json"), text);
    await expect(
      writeImage(sourceOf(image), root, parseLocation(`oci:${folder}:v1`), options),
    ).rejects.toBeInstanceOf(UserError);
    expect(readdirSync(folder)).toEqual(["index.json"]);
    expect(readFileSync(join(folder, "index.json"), "utf8")).toBe(text);
  },
);

test("indexes within indexes travel whole, with what others wrote on them", async () => {
  const inner = await sampleIndex();
  const note = { "com.example.note": "kept" };
  const outer = documentOf<Index>(mediaTypes.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [{ ...inner.index.descriptor, annotations: note }],
    annotations: note,
  });
  const source = blobSource("nested", { descriptor: outer.descriptor, names: ["site:v1"] }, [
    ...allBlobs(inner),
    blobOf(outer),
  ]);
  const registry = await startMemoryRegistry();
  const places = [
    `archive:${at("nested.tar")}`,
    `oci:${at("nested")}:v1`,
    `${registry.host}/nested:v1`,
    `archive:${at("nested-again.tar")}`,
  ].map(parseLocation);
  try {
    const [first, ...others] = places;
    if (first === undefined) throw new Error("no place");
    await writeImage(source, { descriptor: outer.descriptor, names: ["site:v1"] }, first, options);
    let from = first;
    for (const to of others) {
      expect(await copyImage(from, to, options)).toBe(outer.descriptor.digest);
      from = to;
    }
    const opened = await openLocation(from, options);
    expect(await validate(opened.source, opened.root.descriptor)).toEqual([]);
    expect(await blobsBelow(opened.source, opened.root.descriptor)).toHaveLength(11);
    const read = await readIndex(opened.source, opened.root.descriptor);
    expect([read.value.annotations, read.value.manifests[0]?.annotations]).toEqual([note, note]);
    await opened.close();
  } finally {
    await registry.stop();
  }
});

test("what BuildKit attests of an image travels with it, and is no image", async () => {
  const image = await sampleImage("linux/amd64");
  const statement = documentOf("application/vnd.in-toto+json", {
    predicateType: "https://slsa.dev/provenance/v0.2",
  });
  const config = documentOf(mediaTypes.config, {
    architecture: "unknown",
    os: "unknown",
    config: {},
    rootfs: { type: "layers", diff_ids: [statement.descriptor.digest] },
  });
  const attestation = documentOf(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: config.descriptor,
    layers: [statement.descriptor],
  });
  const subject = image.manifest.descriptor;
  const index = documentOf<Index>(mediaTypes.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [
      subject,
      {
        ...attestation.descriptor,
        platform: { architecture: "unknown", os: "unknown" },
        annotations: {
          "vnd.docker.reference.digest": subject.digest,
          "vnd.docker.reference.type": "attestation-manifest",
        },
      },
    ],
  });
  const root = { descriptor: index.descriptor, names: ["built:v1"] };
  const blobs = [...allBlobs(image), ...[statement, config, attestation, index].map(blobOf)];
  const from = parseLocation(`archive:${at("built.tar")}`);
  await writeImage(blobSource("built", root, blobs), root, from, options);
  const registry = await startMemoryRegistry();
  try {
    const to = parseLocation(`${registry.host}/built:v1`);
    expect(await copyImage(from, to, options)).toBe(index.descriptor.digest);
    const { source, close } = await openLocation(to, options);
    expect(await validate(source, index.descriptor)).toEqual([]);
    const { images, artifacts } = await inspect(source, index.descriptor, { files: true });
    expect([
      images.map(({ platform }) => platform),
      artifacts.map(({ artifactType }) => artifactType),
    ]).toEqual([["linux/amd64"], ["application/vnd.in-toto+json"]]);
    await close();
    await expect(
      copyImage(from, parseLocation(`archive:${at("s390x.tar")}`), {
        ...options,
        platform: parsePlatform("linux/s390x"),
      }),
    ).rejects.toMatchObject({ help: "it has: linux/amd64" });
  } finally {
    await registry.stop();
  }
  const damaged = blobs.map((blob) =>
    blob.descriptor.digest === statement.descriptor.digest
      ? { ...blob, content: bytesSource(Buffer.alloc(blob.descriptor.size)) }
      : blob,
  );
  expect(await validate(blobSource("damaged", root, damaged), index.descriptor)).toMatchObject([
    { where: statement.descriptor.digest },
  ]);
});

test("a layer that must not be passed on is not, and its descriptor stays", async () => {
  const image = await sampleImage("linux/amd64");
  const foreign = {
    mediaType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    digest: digestOf("elsewhere"),
    size: 9,
    urls: ["https://example.org/layer"],
  };
  const manifest = documentOf(mediaTypes.manifest, {
    ...image.manifest.value,
    config: image.config.descriptor,
    layers: [...image.manifest.value.layers, foreign],
  });
  const root = { descriptor: manifest.descriptor, names: ["foreign:v1"] };
  const source = blobSource("foreign", root, [...allBlobs(image), blobOf(manifest)]);
  const registry = await startMemoryRegistry();
  const places = [`archive:${at("foreign.tar")}`, `oci:${at("foreign")}:v1`, `${registry.host}/foreign:v1`];
  try {
    for (const place of places) {
      expect(await writeImage(source, root, parseLocation(place), options)).toBe(manifest.descriptor.digest);
      const opened = await openLocation(parseLocation(place), options);
      const { images } = await inspect(opened.source, opened.root.descriptor, { files: true });
      expect(images[0]?.layers.at(-1)).toEqual(foreign);
      await opened.close();
    }
    expect([...registry.blobs.keys()]).not.toContain(foreign.digest);
  } finally {
    await registry.stop();
  }
});

test("one platform of several is copied by its own digest; a platform that is not there is named", async () => {
  const index = await sampleIndex();
  const root = { descriptor: index.index.descriptor, names: ["site:v1"] };
  await writeImage(sourceOf(index), root, parseLocation(`archive:${at("all.tar")}`), options);
  const from = parseLocation(`archive:${at("all.tar")}`);
  const to = parseLocation(`archive:${at("one.tar")}`);
  expect(await copyImage(from, to, { ...options, platform: parsePlatform("linux/arm/v6") })).toBe(
    index.images[2]?.manifest.descriptor.digest,
  );
  await expect(copyImage(from, to, { ...options, platform: parsePlatform("linux/s390x") })).rejects.toThrow(
    "has no image for linux/s390x",
  );
});

test("the classic Docker archive is read back with the same config", async () => {
  const image = await sampleImage();
  const archive = await dockerArchiveOfSource(sourceOf(image), image.manifest.descriptor, {
    tags: [parseReference("site:v1")],
    mtime: 0,
  });
  await writeFileWhole(at("docker.tar"), archive.read());
  const opened = await openLocation(parseLocation(`archive:${at("docker.tar")}:site:v1`), options);
  const found = await inspect(opened.source, opened.root.descriptor, { files: true });
  await opened.close();
  expect(found.images[0]).toMatchObject({
    platform: "linux/amd64",
    configBytes: image.config.bytes.length,
    imageBytes: 1000,
  });
  expect(found.images[0]?.files).toEqual([
    { path: "/hello", kind: "file", size: 1000, mode: 0o755, layer: 0 },
  ]);
});

test("a tag is added without sending anything else", async () => {
  const server = await startMemoryRegistry();
  const image = await sampleImage();
  const root = { descriptor: image.manifest.descriptor, names: [] };
  await writeImage(sourceOf(image), root, parseLocation(`${server.host}/a:v1`), options);
  const before = server.requests.length;
  expect(await tagImage(parseReference(`${server.host}/a:v1`), ["v2"], options)).toBe(
    image.manifest.descriptor.digest,
  );
  expect(server.requests.slice(before).filter((line) => !line.startsWith("GET"))).toEqual([
    "PUT /v2/a/manifests/v2",
  ]);
  await server.stop();
});

test("the root file system is laid out in a folder", async () => {
  const image = await sampleImage();
  await writeRootfs(sourceOf(image), image.manifest.descriptor, parsePlatform("linux/amd64"), at("rootfs"));
  expect(readFileSync(at("rootfs/hello")).equals(noise(1000, "linux/amd64"))).toBe(true);
  expect(lstatSync(at("rootfs/hello")).mode & 0o777).toBe(0o755);
  const again = writeRootfs(
    sourceOf(image),
    image.manifest.descriptor,
    parsePlatform("linux/amd64"),
    at("rootfs"),
  );
  await expect(again).rejects.toThrow(/cannot write .*rootfs/);
});

test.each<[string, readonly Partial<TreeEntry>[]]>([
  ["through a link", [{ path: "l", kind: "symlink", target: "/tmp" }, { path: "l/x" }]],
  [
    "through a link to a link",
    [
      { path: "a", kind: "symlink", target: "b" },
      { path: "b", kind: "symlink", target: "/tmp" },
      { path: "a/x" },
    ],
  ],
  ["upwards", [{ path: "../x" }]],
])("a tree that writes %s leaves nothing behind", async (_, entries) => {
  const folder = at("hostile");
  mkdirSync(folder, { recursive: true });
  async function* tree(): AsyncGenerator<TreeEntry> {
    for (const entry of entries) {
      yield {
        path: "",
        kind: "file",
        mode: 0o644,
        target: "",
        content: bytesSource(Buffer.from("x")).read(),
        ...entry,
      };
    }
  }
  await expect(writeTree(join(folder, "out"), tree())).rejects.toThrow(/through a link or out of the folder/);
  expect(readdirSync(folder)).toEqual([]);
});

test("a file that cannot be finished does not appear, and the one before stays", async () => {
  writeFileSync(at("kept"), "before");
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("half");
    throw new UserError("the source broke");
  }
  await expect(writeFileWhole(at("kept"), broken())).rejects.toThrow("the source broke");
  expect(readFileSync(at("kept"), "utf8")).toBe("before");
  expect(readdirSync(work.path).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  await expect(writeFileWhole(at("no/such/folder"), [])).rejects.toThrow(
    /cannot write .*: there is no such file or folder/,
  );
  await expect(writeFileWhole("/dev/full/x", [])).rejects.toThrow(/cannot write/);
});

test("a layout's links lead nowhere outside of it", async () => {
  mkdirSync(at("linked"));
  writeFileSync(at("outside"), "secret");
  symlinkSync("../outside", at("linked/index.json"));
  expect(await (await openFolder(at("linked"))).file("index.json")).toBeUndefined();
  await expect(openLocation(parseLocation(`oci:${at("linked")}`), options)).rejects.toThrow("holds no image");
});
