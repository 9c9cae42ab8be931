/**
 * The same archive, loaded and run by every engine, and read by the tools that only look.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytesSource, collectBytes } from "../../src/base/byte-source.ts";
import { allBlobs, archiveOf, archiveOfParts, imagesOf, rootOf } from "../../src/image/archive.ts";
import { defaultUser } from "../../src/image/config.ts";
import { type Image, imageOfExecutable, indexOf } from "../../src/image/image.ts";
import { parsePlatform } from "../../src/image/platform.ts";
import { parseReference } from "../../src/image/reference.ts";
import { listedReferrers } from "../../src/image/referrers.ts";
import {
  type Engine,
  output,
  startContainerd,
  startDocker,
  startPodman,
  temporaryFolder,
  unavailable,
} from "../support/engines.ts";
import { helloElf } from "../support/hello-elf.ts";
import { cosignSignature } from "../support/sample-image.ts";

const name = "localhost:5000/microlith/hello:1.0";
const work = temporaryFolder("engines-test");
const archive = join(work.path, "hello.tar");
const manyPlatforms = join(work.path, "many.tar");
const signed = join(work.path, "signed.tar");

beforeAll(async () => {
  const make = (platform: string): Promise<Image> =>
    imageOfExecutable({
      platform: parsePlatform(platform),
      name: "hello",
      executable: bytesSource(helloElf),
      run: { User: defaultUser, ExposedPorts: { "8080/tcp": {} }, StopSignal: "SIGTERM" },
      annotations: { "org.opencontainers.image.title": "hello" },
    });
  const tags = [parseReference(name)];
  const amd64 = await make("linux/amd64");
  const index = indexOf([amd64, await make("linux/arm64"), await make("linux/arm/v6")]);
  for (const [path, made] of [[archive, amd64] as const, [manyPlatforms, index] as const]) {
    writeFileSync(path, await collectBytes(archiveOf(made, { tags, mtime: 0 }).read(), 1 << 20, path));
  }
  const signature = cosignSignature(rootOf(amd64));
  const parts = {
    root: rootOf(amd64),
    blobs: [...allBlobs(amd64), ...signature.blobs],
    images: imagesOf(amd64).map(({ platform, config, layers }) => ({
      platform,
      config: config.descriptor,
      layers: layers.map(({ descriptor }) => descriptor),
    })),
    others: listedReferrers([signature.root], "archive"),
  };
  const content = archiveOfParts(parts, { tags, mtime: 0 });
  writeFileSync(signed, await collectBytes(content.read(), 1 << 20, signed));
});
afterAll(() => work.remove());

const engines = [
  { id: "docker", tools: ["dockerd", "docker", "containerd", "runc"], start: startDocker },
  { id: "podman", tools: ["podman", "crun"], start: startPodman },
  { id: "containerd", tools: ["containerd", "ctr", "runc"], start: startContainerd },
] as const;

for (const { id, tools, start } of engines) {
  const reason = unavailable(...tools);
  describe.skipIf(reason !== undefined)(`${id}${reason === undefined ? "" : ` (${reason})`}`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await start();
    }, 60_000);
    afterAll(() => engine?.stop(), 30_000);

    for (const [what, path] of [
      ["one platform", archive] as const,
      ["several platforms", manyPlatforms] as const,
      ["an image with a signature", signed] as const,
    ]) {
      test(`loads and runs the archive of ${what}`, async () => {
        expect(await engine.load(path)).toContain("microlith/hello:1.0");
        const ran = await engine.run(name);
        expect(ran).toMatchObject({ code: 0, stdout: "Hello World\n", stderr: expect.any(String) });
      }, 60_000);
    }
  });
}

describe.skipIf(unavailable("skopeo") !== undefined)("skopeo", () => {
  for (const transport of ["oci-archive", "docker-archive"]) {
    test(`inspects ${transport}`, async () => {
      const text = await output("skopeo", ["inspect", `${transport}:${archive}`]);
      expect(JSON.parse(text)).toMatchObject({ Architecture: "amd64", Os: "linux" });
    });
  }
  test("finds each platform", async () => {
    const pick = ["--override-arch", "arm", "--override-variant", "v6"];
    const text = await output("skopeo", [...pick, "inspect", `oci-archive:${manyPlatforms}`]);
    expect(JSON.parse(text)).toMatchObject({ Architecture: "arm" });
  });
});

describe.skipIf(unavailable("umoci", "tar") !== undefined)("umoci", () => {
  test("unpacks the layout", async () => {
    const layout = join(work.path, "layout");
    mkdirSync(layout);
    await output("tar", ["-xf", archive, "-C", layout]);
    await output("umoci", ["unpack", "--image", `${layout}:1.0`, join(work.path, "bundle")]);
    const unpacked = readFileSync(join(work.path, "bundle", "rootfs", "hello"));
    expect(unpacked.equals(helloElf)).toBe(true);
  });
});
