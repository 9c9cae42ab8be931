import { expect, test } from "vitest";
import { bytesSource, collectBytes } from "../base/byte-source.ts";
import { digestOf } from "../base/digest.ts";
import { archiveOf } from "./archive.ts";
import { defaultUser } from "./config.ts";
import { type Image, imageBytes, imageOfExecutable, indexOf, pullBytes } from "./image.ts";
import { parsePlatform } from "./platform.ts";
import { parseReference } from "./reference.ts";

/** As long and about as dense as the smallest executable that prints `Hello World`. */
const executable = Buffer.from(Array.from({ length: 120 }, (_, at) => (at * 167 + (at * at) / 3) & 0xff));

function hello(platform: string): Promise<Image> {
  return imageOfExecutable({
    platform: parsePlatform(platform),
    name: "hello",
    executable: bytesSource(executable),
    run: { User: defaultUser },
  });
}

test("the smallest image pulls in less than 900 bytes", async () => {
  const image = await hello("linux/amd64");
  expect(Buffer.from(image.config.bytes).toString()).toBe(
    `{"architecture":"amd64","config":{"Entrypoint":["/hello"],"User":"65532:65532"},"os":"linux","rootfs":{"diff_ids":["${image.layers[0]?.diffId}"],"type":"layers"}}`,
  );
  expect(pullBytes(image)).toBeLessThanOrEqual(900);
  expect(imageBytes(image)).toBe(120);
});

test("each digest and size is that of the bytes it names", async () => {
  const { index, images } = indexOf([await hello("linux/amd64"), await hello("linux/arm/v6")]);
  expect(index.value.manifests.map((manifest) => manifest.platform?.variant)).toEqual([undefined, "v6"]);
  for (const [position, image] of images.entries()) {
    expect(index.value.manifests[position]?.digest).toBe(digestOf(image.manifest.bytes));
    expect(image.manifest.value.config.digest).toBe(digestOf(image.config.bytes));
    for (const [at, layer] of image.layers.entries()) {
      const stored = await collectBytes(layer.content.read(), 1 << 20, "layer");
      expect(image.manifest.value.layers[at]).toEqual(layer.descriptor);
      expect(layer.descriptor).toMatchObject({ digest: digestOf(stored), size: stored.length });
    }
  }
});

test("the same input gives the same archive, and its digest is this", async () => {
  const make = async (): Promise<string> => {
    const index = indexOf([await hello("linux/amd64"), await hello("linux/arm64")]);
    const tar = archiveOf(index, { tags: [parseReference("hello:1")], mtime: 0 });
    return digestOf(await collectBytes(tar.read(), 1 << 20, "archive"));
  };
  const digest = await make();
  expect(await make()).toBe(digest);
  expect(digest).toMatchInlineSnapshot(
    `"sha256:d5b4b72e881fdd0f108214c9871470b42fc8e98defcf5b4a19ab56b80e78b763"`,
  );
});

test("a creation time is in the config and in the layer", async () => {
  const plain = await hello("linux/amd64");
  const dated = await imageOfExecutable({
    platform: parsePlatform("linux/amd64"),
    name: "hello",
    executable: bytesSource(executable),
    run: {},
    created: 1_700_000_000,
  });
  expect(dated.config.value.created).toBe("2023-11-14T22:13:20Z");
  expect(dated.layers[0]?.diffId).not.toBe(plain.layers[0]?.diffId);
});
