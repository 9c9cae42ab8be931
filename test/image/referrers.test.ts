/**
 * What belongs to an image goes with it, whoever attached it and however the place it comes from lists it.
 */

import { afterAll, afterEach, expect, test } from "vitest";
import { collectBytes } from "../../src/base/byte-source.ts";
import { allBlobs } from "../../src/image/archive.ts";
import { type Artifact, artifactOf } from "../../src/image/artifact.ts";
import { blobOf, type Descriptor, documentOf } from "../../src/image/descriptor.ts";
import { blobSource, type ImageSource, type Root } from "../../src/image/image-source.ts";
import { inspect } from "../../src/image/inspect.ts";
import { parseLocation } from "../../src/image/location.ts";
import { mediaTypes } from "../../src/image/media-type.ts";
import { pickRoot } from "../../src/image/pick-root.ts";
import { referrersAmong, referrersTagOf } from "../../src/image/referrers.ts";
import { validate } from "../../src/image/validate.ts";
import { copyImage, openLocation, writeImage } from "../../src/move.ts";
import { temporaryFolder } from "../support/engines.ts";
import { type MemoryRegistry, startMemoryRegistry } from "../support/memory-registry.ts";
import { cosignSignature, sampleImage } from "../support/sample-image.ts";

const work = temporaryFolder("referrers");
afterAll(() => work.remove());
const options = { env: { HOME: work.path }, referrers: true };
const running: MemoryRegistry[] = [];
afterEach(async () => {
  for (const registry of running.splice(0)) await registry.stop();
});

const image = await sampleImage();
const subject = image.manifest.descriptor;
const bill = attached(subject, "application/spdx+json", "a bill");
/** Of the bill, not of the image. */
const signature = attached(bill.manifest.descriptor, "application/x.signature", "signed");
const named: Root = { descriptor: subject, names: ["v1"] };

function attached(to: Descriptor, artifactType: string, text: string): Artifact {
  return artifactOf({ subject: to, artifactType, payload: Buffer.from(text) });
}

/** Everything at once: a source whose roots are these and whose blobs are all there are. */
function sourceWith(...roots: readonly Root[]): ImageSource {
  const blobs = [...allBlobs(image), ...bill.blobs, ...signature.blobs];
  return { ...blobSource("made", named, blobs), roots };
}

async function serve(referrers: boolean): Promise<MemoryRegistry> {
  const registry = await startMemoryRegistry({ referrers });
  running.push(registry);
  return registry;
}

const unnamed = ({ manifest }: Artifact): Root => ({ descriptor: manifest.descriptor, names: [] });
const found = async (source: ImageSource): Promise<readonly string[]> =>
  (await referrersAmong(source, subject)).map(({ descriptor }) => descriptor.digest);
const both = [bill, signature].map(({ manifest }) => manifest.descriptor.digest);

test("what refers to a bill belongs to the image that the bill is of", async () => {
  expect(await found(sourceWith(named, unnamed(signature), unnamed(bill)))).toEqual(both);
});

test("a layout that lists the last of a chain only, as oras writes it, has all of it", async () => {
  expect(new Set(await found(sourceWith(named, unnamed(signature))))).toEqual(new Set(both));
});

test("what refers to another image stays behind, also when that image is not there", async () => {
  const other = await sampleImage("linux/arm64");
  const elsewhere = attached(other.manifest.descriptor, "text/x-note", "of another");
  const source = sourceWith(named, unnamed(bill), unnamed(elsewhere));
  const open: ImageSource["open"] = (descriptor) =>
    blobSource("made", named, [...allBlobs(image), ...bill.blobs, ...elsewhere.blobs]).open(descriptor);
  expect(await found({ ...source, open })).toEqual([bill.manifest.descriptor.digest]);
});

test("a layout with the stand-in tags, as regctl writes it, holds one image", async () => {
  const standIn = (
    to: Descriptor,
    artifact: Artifact,
  ): { readonly root: Root; readonly blob: ReturnType<typeof blobOf> } => {
    const index = documentOf(mediaTypes.index, {
      schemaVersion: 2,
      mediaType: mediaTypes.index,
      manifests: [artifact.manifest.descriptor],
    });
    return {
      root: { descriptor: index.descriptor, names: [referrersTagOf(to.digest)] },
      blob: blobOf(index),
    };
  };
  const lists = [standIn(bill.manifest.descriptor, signature), standIn(subject, bill)];
  const blobs = [...allBlobs(image), ...bill.blobs, ...signature.blobs, ...lists.map(({ blob }) => blob)];
  const source = { ...blobSource("made", named, blobs), roots: [...lists.map(({ root }) => root), named] };
  expect(pickRoot(source, undefined).descriptor.digest).toBe(subject.digest);
  expect(pickRoot(source, referrersTagOf(subject.digest)).descriptor.mediaType).toBe(mediaTypes.index);
  expect(await found(source)).toEqual(both);
});

for (const referrers of [true, false]) {
  test(`they go from registry to registry ${referrers ? "with" : "without"} the API`, async () => {
    const [from, to] = [await serve(referrers), await serve(!referrers)];
    const first = parseLocation(`${from.host}/site:v1`);
    const second = parseLocation(`${to.host}/site:v1`);
    await writeImage(sourceWith(named, unnamed(bill), unnamed(signature)), named, first, options);
    await copyImage(first, second, options);
    const { source, close } = await openLocation(second, options);
    expect(await found(source)).toEqual(both);
    await close();
  });
}

for (const [what, path, name] of [
  ["a layout", `oci:${work.path}/signed`, "v1"],
  ["an archive", `archive:${work.path}/signed.tar`, "site:v1"],
] as const) {
  test(`a signature that only its tag gives away goes through ${what}`, async () => {
    const { root, blobs } = cosignSignature(subject);
    const made = { ...blobSource("made", named, [...allBlobs(image), ...blobs]), roots: [named, root] };
    const [from, to] = [await serve(true), await serve(false)];
    const between = parseLocation(`${path}:${name}`);
    await writeImage(made, named, parseLocation(`${from.host}/site:v1`), options);
    await copyImage(parseLocation(`${from.host}/site:v1`), between, options);
    const opened = await openLocation(parseLocation(path), options);
    expect(opened.root.descriptor.digest).toBe(subject.digest);
    await opened.close();
    await copyImage(between, parseLocation(`${to.host}/site:v1`), options);
    const [tag = ""] = root.names;
    expect(to.manifests.get("site")?.get(tag)?.bytes.toString()).toBe(
      Buffer.from(await collectBytes((await made.open(root.descriptor)).read(), 4096, tag)).toString(),
    );
    const { source, close } = await openLocation(parseLocation(`${to.host}/site:v1`), options);
    expect(await found(source)).toEqual([root.descriptor.digest]);
    expect(await validate(source, root.descriptor)).toEqual([]);
    expect(await inspect(source, root.descriptor, { files: false })).toMatchObject({
      images: [],
      artifacts: [{ artifactType: "application/vnd.dev.cosign.simplesigning.v1+json" }],
    });
    await close();
  });
}

test("the tag that stands in for a sha512 digest has 64 of its digits", () => {
  expect(referrersTagOf(`sha512:${"ab".repeat(64)}`)).toBe(`sha512-${"ab".repeat(32)}`);
});
