/**
 * Documents with one value of another kind than it should be, or with null where others leave a field out (Go's encoders write null): whole in themselves,
 * with digests that are right, so that what reads them gets as far as it can. It reads them, or says what is wrong, and never breaks.
 */

import { expect, test } from "vitest";
import { bytesSource } from "../../src/base/byte-source.ts";
import { UserError } from "../../src/base/errors.ts";
import { renderImage } from "../../src/cli/render-inspection.ts";
import { imageOnBase } from "../../src/image/base-image.ts";
import { type Blob, descriptorOf } from "../../src/image/descriptor.ts";
import { blobSource, type ImageSource, pickPlatform } from "../../src/image/image-source.ts";
import { inspect } from "../../src/image/inspect.ts";
import { layerOf } from "../../src/image/layer.ts";
import { mediaTypes } from "../../src/image/media-type.ts";
import { parsePlatform } from "../../src/image/platform.ts";
import { parseReference } from "../../src/image/reference.ts";
import { referrersAmong } from "../../src/image/referrers.ts";
import { rootfsEntries } from "../../src/image/rootfs.ts";
import { validate } from "../../src/image/validate.ts";
import { archiveOfSource, dockerArchiveOfSource } from "../../src/image/write.ts";

const platform = parsePlatform("linux/amd64");
const layer = await layerOf([{ path: "/a", mode: 0o755, content: bytesSource(Buffer.from("a")) }], {
  compression: "gzip",
  mtime: 0,
});
const own = await layerOf([{ path: "/own", mode: 0o755, content: bytesSource(Buffer.from("own")) }], {
  compression: "gzip",
  mtime: 0,
});

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const { mediaType, digest, size } = layer.descriptor;

interface Documents {
  readonly config: Json;
  readonly manifest: Json;
  readonly index: Json;
}

const whole: Documents = {
  config: {
    os: "linux",
    architecture: "amd64",
    variant: "v1",
    created: "2024-01-01T00:00:00Z",
    author: "me",
    config: {
      User: "1",
      Env: ["A=b"],
      Entrypoint: ["/a"],
      Cmd: ["x"],
      WorkingDir: "/",
      Labels: { a: "b" },
      ExposedPorts: { "80/tcp": {} },
      Volumes: { "/v": {} },
      StopSignal: "SIGTERM",
      Healthcheck: { Test: ["CMD", "/a"], Interval: 1, Retries: 2 },
    },
    rootfs: { type: "layers", diff_ids: [layer.diffId] },
    history: [{ created: "2024-01-01T00:00:00Z", created_by: "x", empty_layer: false }],
  },
  manifest: {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: "CONFIG",
    layers: [{ mediaType, digest, size, annotations: { a: "b" } }],
    annotations: { a: "b" },
  },
  index: {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: ["MANIFEST"],
    annotations: { a: "b" },
  },
};

const oddities: readonly (Json | undefined)[] = [
  undefined,
  null,
  "",
  "x",
  0,
  -1,
  1.5,
  true,
  [],
  {},
  [null],
  [{}],
  ["x"],
  { x: null },
  { x: "y" },
];

/** The value with each of its parts, itself included, replaced by each oddity. */
function* oddly(
  value: Json,
  path: string,
): Generator<{ readonly path: string; readonly value: Json | undefined }> {
  for (const odd of oddities) yield { path: `${path} = ${JSON.stringify(odd)}`, value: odd };
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      for (const changed of oddly(item, `${path}[${at}]`)) {
        yield {
          path: changed.path,
          value: value.flatMap((one: Json, other) =>
            other !== at ? [one] : changed.value === undefined ? [] : [changed.value],
          ),
        };
      }
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      for (const changed of oddly(item, `${path}.${key}`)) {
        const { [key]: _, ...rest } = value as { readonly [key: string]: Json };
        yield {
          path: changed.path,
          value: changed.value === undefined ? rest : { ...rest, [key]: changed.value },
        };
      }
    }
  }
}

/** The documents as an image, each named by the digest that it has. */
function sourceOf(documents: Documents): { readonly source: ImageSource; readonly root: Blob["descriptor"] } {
  const blobs: Blob[] = [layer];
  const put = (
    mediaType: string,
    value: Json,
    replaced: string,
    by: Blob["descriptor"] | undefined,
  ): Blob["descriptor"] => {
    const text = JSON.stringify(value).replace(`"${replaced}"`, JSON.stringify(by));
    const bytes = Buffer.from(text);
    const descriptor = descriptorOf(mediaType, bytes);
    blobs.push({ descriptor, content: bytesSource(bytes) });
    return descriptor;
  };
  const config = put(mediaTypes.config, documents.config, "NOTHING", undefined);
  const manifest = put(mediaTypes.manifest, documents.manifest, "CONFIG", config);
  const root = put(mediaTypes.index, documents.index, "MANIFEST", manifest);
  return { source: blobSource("odd", { descriptor: root, names: ["a:1"] }, blobs), root };
}

type Use = (source: ImageSource, root: Blob["descriptor"]) => Promise<unknown>;

async function drain(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of chunks);
}

const uses: Readonly<Record<string, Use>> = {
  validate,
  inspect: async (source, root) => {
    const found = await inspect(source, root, { files: true });
    renderImage("odd", { kind: "image", ...found, executables: [] });
  },
  base: async (source, root) => {
    const base = await pickPlatform(source, root, platform);
    const run = { Entrypoint: ["/own"], Env: ["A=c"], Labels: { a: "c" } };
    const made = await imageOnBase({
      source,
      base,
      baseName: "b",
      platform,
      layers: [own],
      run,
      createdBy: "x",
    });
    expect(made.config.value.rootfs.diff_ids).toHaveLength(2);
  },
  unpack: async (source, root) =>
    drain(rootfsEntries(source, (await pickPlatform(source, root, platform)).value)),
  archive: async (source, root) => {
    const options = { tags: [parseReference("a:1")], mtime: 0 };
    await drain((await archiveOfSource(source, root, options)).read());
    await drain((await dockerArchiveOfSource(source, root, options)).read());
  },
  referrers: async (source, root) => referrersAmong(source, root),
};

test("as they are, they are an image for every use", async () => {
  const { source, root } = sourceOf(whole);
  expect(await validate(source, root)).toEqual([]);
  for (const use of Object.values(uses)) await use(source, root);
});

for (const [name, use] of Object.entries(uses)) {
  for (const document of ["config", "manifest", "index"] as const) {
    test(`${name}: an odd ${document}`, async () => {
      for (const { path, value } of oddly(whole[document], document)) {
        if (value === undefined) continue;
        const { source, root } = sourceOf({ ...whole, [document]: value });
        try {
          await use(source, root);
        } catch (error) {
          if (!(error instanceof UserError)) throw new Error(`${path}: ${String(error)}`, { cause: error });
        }
      }
    }, 60_000);
  }
}

test("a base whose config is nested without end is refused", async () => {
  const nested = JSON.parse(`${"[".repeat(1000)}${"]".repeat(1000)}`) as Json;
  const { source, root } = sourceOf({ ...whole, config: { ...(whole.config as object), more: nested } });
  await expect(uses.base?.(source, root)).rejects.toThrow("nested deeper than 100");
});

test("null says what a missing field says", async () => {
  const nothing = {
    os: "linux",
    architecture: "amd64",
    created: null,
    history: null,
    config: {
      User: null,
      Env: null,
      Entrypoint: null,
      Cmd: null,
      Labels: null,
      Healthcheck: null,
      ExposedPorts: null,
    },
    rootfs: { type: "layers", diff_ids: [layer.diffId] },
  };
  const { source, root } = sourceOf({ ...whole, config: nothing });
  for (const use of Object.values(uses)) await use(source, root);
  const { images } = await inspect(source, root, { files: false });
  expect(images).toMatchObject([{ created: undefined, run: {} }]);
});
