/**
 * Which forms of an image which engine takes, found by trying: each variant is made, loaded or pulled, and run. The table is `docs/image.md`'s; when an
 * engine changes its mind, this test says so (rewrite with UPDATE_GOLDEN=1 and look at the difference).
 */

import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytesSource, collectBytes } from "../../src/base/byte-source.ts";
import { digestOf } from "../../src/base/digest.ts";
import { archiveOfParts } from "../../src/image/archive.ts";
import { compressed } from "../../src/image/compress.ts";
import { type Blob, blobOf, type Descriptor, descriptorOf, documentOf } from "../../src/image/descriptor.ts";
import { blobSource } from "../../src/image/image-source.ts";
import { mediaTypes } from "../../src/image/media-type.ts";
import { parseReference } from "../../src/image/reference.ts";
import { tarOf } from "../../src/image/tar.ts";
import { push } from "../../src/registry/push.ts";
import { openRegistry } from "../../src/registry/registry.ts";
import {
  type Engine,
  type Registry,
  run,
  startContainerd,
  startDocker,
  startPodman,
  startRegistry,
  temporaryFolder,
  unavailable,
} from "../support/engines.ts";
import { helloElf } from "../support/hello-elf.ts";

const golden = "docs/image.md";
const reason = unavailable(
  "dockerd",
  "docker",
  "containerd",
  "ctr",
  "runc",
  "podman",
  "crun",
  "skopeo",
  "umoci",
  "docker-registry",
);
const work = temporaryFolder("acceptance");
const layout = { kind: "file", mode: 0o755, mtime: 0 } as const;

interface Variant {
  readonly name: string;
  readonly layerType?: string;
  /** From the plain tar to the tar that is stored. */
  readonly tar?: (tar: Buffer) => Buffer;
  readonly store?: (tar: Buffer) => Promise<Uint8Array> | Uint8Array;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly inline?: boolean;
}

const variants: readonly Variant[] = [
  { name: "the default: ustar, gzip, no history, no time, no folders" },
  { name: "layer without end-of-archive blocks", tar: (tar) => tar.subarray(0, -1024) },
  { name: "and without the last padding", tar: (tar) => tar.subarray(0, tar.length - 1024 - paddingOf(tar)) },
  { name: "header without magic (V7)", tar: withoutMagic },
  { name: "layer not compressed", layerType: mediaTypes.layer, store: (tar) => tar },
  { name: "layer in Zstandard", layerType: mediaTypes.layerZstd, store: zstd },
  { name: "config inlined as `data`", inline: true },
  { name: "manifest without `mediaType`", manifest: { mediaType: undefined } },
  { name: "config without `rootfs.type`", config: { rootfs: "untyped" } },
  { name: "config without `architecture`", config: { architecture: undefined } },
  {
    name: "with history and time",
    config: { created: "1970-01-01T00:00:00Z", history: [{ created_by: "microlith" }] },
  },
];

let docker: Engine;
let podman: Engine;
let containerd: Engine;
let registry: Registry;

beforeAll(async () => {
  if (reason !== undefined) return;
  [docker, podman, containerd, registry] = await Promise.all([
    startDocker(),
    startPodman(),
    startContainerd(),
    startRegistry(),
  ]);
}, 60_000);
afterAll(async () => {
  await Promise.all([docker?.stop(), podman?.stop(), containerd?.stop(), registry?.stop()]);
  work.remove();
}, 60_000);

interface Made {
  readonly root: Descriptor;
  readonly config: Descriptor;
  readonly layer: Descriptor;
  readonly blobs: readonly Blob[];
}

async function make(variant: Variant): Promise<Made> {
  const plain = Buffer.from(
    await collectBytes(
      tarOf([{ ...layout, path: "hello", content: bytesSource(helloElf) }]).read(),
      1 << 20,
      "tar",
    ),
  );
  const tar = variant.tar?.(plain) ?? plain;
  const stored = await (variant.store ?? gzip)(tar);
  const layer = descriptorOf(variant.layerType ?? mediaTypes.layerGzip, stored);
  const diffIds = [digestOf(tar)];
  const config = documentOf(mediaTypes.config, {
    architecture: "amd64",
    os: "linux",
    config: { Entrypoint: ["/hello"], User: "65532:65532" },
    ...variant.config,
    rootfs:
      variant.config?.rootfs === "untyped" ? { diff_ids: diffIds } : { type: "layers", diff_ids: diffIds },
  });
  const manifest = documentOf(mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config:
      variant.inline === true
        ? { ...config.descriptor, data: Buffer.from(config.bytes).toString("base64") }
        : config.descriptor,
    layers: [layer],
    ...variant.manifest,
  });
  const blobs = [{ descriptor: layer, content: bytesSource(stored) }, blobOf(config), blobOf(manifest)];
  return { root: manifest.descriptor, config: config.descriptor, layer, blobs };
}

/** Whether every step works and the container prints what it should; a refusal has to be one twice, as engines also stumble under load. */
async function mark(steps: () => Promise<string>): Promise<string> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const printed = await steps().catch(() => "");
    if (printed.includes("Hello World")) return "yes";
  }
  return "no";
}

async function tryVariant(variant: Variant, at: number): Promise<string> {
  const made = await make(variant);
  const images = [
    { platform: { os: "linux", architecture: "amd64" }, config: made.config, layers: [made.layer] },
  ];
  const local = `localhost/acceptance:v${at}`;
  const archive = join(work.path, `${at}.tar`);
  const tags = [parseReference(local)];
  const bytes = await collectBytes(
    archiveOfParts({ root: made.root, blobs: made.blobs, images }, { tags, mtime: 0 }).read(),
    1 << 24,
    "archive",
  );
  writeFileSync(archive, bytes);
  const remote = `${registry.host}/acceptance:v${at}`;
  const pushed = await pushVariant(made, `v${at}`);
  const loadAndRun = (engine: Engine) => async (): Promise<string> => {
    await engine.load(archive);
    return (await engine.run(local)).stdout;
  };
  const pullAndRun = (engine: Engine, args: readonly string[]) => async (): Promise<string> => {
    if (!pushed) return "";
    await engine.command([...args, remote]);
    return (await engine.run(remote)).stdout;
  };
  const folder = join(work.path, `layout-${at}`);
  const skopeo = async (): Promise<string> =>
    (await run("skopeo", ["copy", `oci-archive:${archive}`, `oci:${folder}-skopeo:v`])).code === 0
      ? "Hello World"
      : "";
  const umoci = async (): Promise<string> => {
    mkdirSync(folder, { recursive: true });
    const bundle = `${folder}-bundle-${randomBytes(4).toString("hex")}`;
    await run("tar", ["-xf", archive, "-C", folder]);
    const unpacked = await run("umoci", ["unpack", "--image", `${folder}:v${at}`, bundle]);
    return unpacked.code === 0 ? readFileSync(join(bundle, "rootfs", "hello"), "latin1") : "";
  };
  const cells = [
    await mark(loadAndRun(docker)),
    await mark(pullAndRun(docker, ["pull"])),
    await mark(loadAndRun(podman)),
    await mark(pullAndRun(podman, ["pull", "--tls-verify=false"])),
    await mark(loadAndRun(containerd)),
    await mark(pullAndRun(containerd, ["images", "pull", "--plain-http"])),
    await mark(skopeo),
    await mark(umoci),
    pushed ? "yes" : "no",
  ];
  const pull = made.blobs.reduce((sum, blob) => sum + blob.descriptor.size, 0);
  return `| ${variant.name} | ${pull} | ${cells.join(" | ")} |`;
}

async function pushVariant(made: Made, tag: string): Promise<boolean> {
  const client = openRegistry(registry.host, { retry: { tries: 1, pause: 1 } });
  try {
    const source = blobSource("variant", { descriptor: made.root, names: [] }, made.blobs);
    await push(source, made.root, client.repository("acceptance"), { tags: [tag] });
    return true;
  } catch {
    return false;
  } finally {
    client.close();
  }
}

describe.skipIf(reason !== undefined)(`acceptance${reason === undefined ? "" : ` (${reason})`}`, () => {
  test("the table in docs/image.md is what the engines do", async () => {
    const rows = [
      "| variant | pull bytes | docker load | docker pull | podman load | podman pull | ctr import | ctr pull | skopeo | umoci | registry |",
      "|---|---|---|---|---|---|---|---|---|---|---|",
    ];
    for (const [at, variant] of variants.entries()) rows.push(await tryVariant(variant, at));
    const text = readFileSync(golden, "utf8");
    const [start, end] = ["<!-- acceptance -->\n", "<!-- /acceptance -->"];
    const before = text.slice(0, text.indexOf(start) + start.length);
    const after = text.slice(text.indexOf(end));
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(golden, `${before}\n${rows.join("\n")}\n\n${after}`);
    expect(readFileSync(golden, "utf8").slice(before.length, -after.length).trim().split("\n")).toEqual(rows);
  }, 180_000);
});

/** Zeros between the file's end and the end-of-archive blocks. */
function paddingOf(tar: Buffer): number {
  return tar.length - 1024 - 512 - helloElf.length;
}

function withoutMagic(tar: Buffer): Buffer {
  const bytes = Buffer.from(tar);
  bytes.fill(0, 257, 265);
  bytes.fill(0x20, 148, 156);
  const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return bytes;
}

async function gzip(tar: Buffer): Promise<Uint8Array> {
  return collectBytes((await compressed(bytesSource(tar), "gzip")).content.read(), 1 << 20, "layer");
}

async function zstd(tar: Buffer): Promise<Uint8Array> {
  return collectBytes((await compressed(bytesSource(tar), "zstd")).content.read(), 1 << 20, "layer");
}
