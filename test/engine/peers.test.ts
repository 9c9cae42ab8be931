/**
 * Round trips with the tools that are out there: what we push, they pull and run; what they make, we read, copy and find nothing wrong with.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bytesSource, collectBytes } from "../../src/base/byte-source.ts";
import { apiEngine } from "../../src/engine/api-engine.ts";
import { containerdCommand } from "../../src/engine/command-engine.ts";
import type { Engine as EngineClient } from "../../src/engine/engine.ts";
import { archiveOf } from "../../src/image/archive.ts";
import { type Image, type ImageIndex, imageOfExecutable, indexOf } from "../../src/image/image.ts";
import { sourceOf } from "../../src/image/image-source.ts";
import { type Inspection, inspect } from "../../src/image/inspect.ts";
import { parseLocation } from "../../src/image/location.ts";
import { parsePlatform } from "../../src/image/platform.ts";
import { parseReference } from "../../src/image/reference.ts";
import { validate } from "../../src/image/validate.ts";
import { copyImage, type MoveOptions, openLocation, writeImage } from "../../src/move.ts";
import {
  type Engine,
  output,
  type Registry,
  startContainerd,
  startDocker,
  startPodman,
  startRegistry,
  temporaryFolder,
  unavailable,
} from "../support/engines.ts";
import { helloElf, pauseElf } from "../support/hello-elf.ts";

const work = temporaryFolder("peers-test");
const user = { name: "me", password: "pass word" };
const noCredentials = { ...process.env, HOME: work.path };
let index: ImageIndex;
let plain: Registry;

const reason = unavailable("docker-registry", "skopeo", "umoci", "openssl", "htpasswd");

beforeAll(async () => {
  if (reason !== undefined) return;
  const executable = bytesSource(helloElf);
  const make = (platform: string): Promise<Image> =>
    imageOfExecutable({
      platform: parsePlatform(platform),
      name: "hello",
      executable,
      run: { User: "65532:65532" },
    });
  index = indexOf([await make("linux/amd64"), await make("linux/arm64"), await make("linux/arm/v6")]);
  plain = await startRegistry();
}, 60_000);
afterAll(async () => {
  await plain?.stop();
  work.remove();
});

function pushTo(place: string, options: Partial<MoveOptions> = {}): Promise<string> {
  const root = { descriptor: index.index.descriptor, names: [] };
  return writeImage(sourceOf(index), root, parseLocation(place), { env: noCredentials, ...options });
}

async function findings(place: string, options: Partial<MoveOptions> = {}): Promise<readonly string[]> {
  const opened = await openLocation(parseLocation(place), { env: noCredentials, ...options });
  try {
    return (await validate(opened.source, opened.root.descriptor)).map((finding) => finding.message);
  } finally {
    await opened.close();
  }
}

describe.skipIf(reason !== undefined)("docker-registry", () => {
  test("what is pushed, skopeo sees with the same digest, and we pull back without a finding", async () => {
    const name = `${plain.host}/first:v1`;
    const digest = await pushTo(name);
    const raw = await output("skopeo", ["inspect", "--tls-verify=false", "--raw", `docker://${name}`]);
    expect(Buffer.from(index.index.bytes).toString()).toBe(raw);
    const inspected = await output("skopeo", [
      "inspect",
      "--tls-verify=false",
      "--override-arch=arm64",
      `docker://${name}`,
    ]);
    expect(JSON.parse(inspected)).toMatchObject({ Architecture: "arm64" });
    expect(await findings(name)).toEqual([]);
    expect(
      await copyImage(parseLocation(name), parseLocation(`${plain.host}/second:v1`), { env: noCredentials }),
    ).toBe(digest);
    expect(
      await copyImage(parseLocation(name), parseLocation(`oci:${join(work.path, "layout")}:v1`), {
        env: noCredentials,
      }),
    ).toBe(digest);
    expect(
      await copyImage(
        parseLocation(`oci:${join(work.path, "layout")}:v1`),
        parseLocation(`archive:${join(work.path, "copy.tar")}`),
        { env: noCredentials },
      ),
    ).toBe(digest);
    expect(await findings(`archive:${join(work.path, "copy.tar")}`)).toEqual([]);
  });

  test("large blobs in chunks", async () => {
    const image = await imageOfExecutable({
      platform: parsePlatform("linux/amd64"),
      name: "big",
      executable: bytesSource(Buffer.alloc(40 << 20).map((_, at) => (at * at * 2654435761) >>> 13)),
      run: {},
      compression: "none",
    });
    const root = { descriptor: image.manifest.descriptor, names: [] };
    const name = `${plain.host}/big:v1`;
    await writeImage(sourceOf(image), root, parseLocation(name), { env: noCredentials });
    expect(await findings(name)).toEqual([]);
  }, 60_000);

  test("with a password", async () => {
    const registry = await startRegistry({ user });
    try {
      const name = `${registry.host}/a:v1`;
      await expect(pushTo(name)).rejects.toThrow("does not let us (401)");
      const credentials = async () => ({
        kind: "password" as const,
        username: user.name,
        password: user.password,
      });
      const options = { registry: { credentials } };
      await pushTo(name, options);
      expect(await findings(name, options)).toEqual([]);
    } finally {
      await registry.stop();
    }
  }, 30_000);

  test("with TLS from a CA of one's own", async () => {
    const registry = await startRegistry({ tls: true });
    try {
      const name = `${registry.host}/a:v1`;
      await expect(pushTo(name)).rejects.toThrow("its certificate is signed by nobody that is trusted here");
      const ca = readFileSync(registry.caFile ?? "", "utf8");
      await pushTo(name, { registry: { ca } });
      expect(await findings(name, { registry: { insecure: true } })).toEqual([]);
    } finally {
      await registry.stop();
    }
  }, 30_000);

  test("an image by umoci is copied with equal digests", async () => {
    const layout = join(work.path, "umoci");
    await output("umoci", ["init", "--layout", layout]);
    await output("umoci", ["new", "--image", `${layout}:made`]);
    const folder = join(work.path, "content");
    mkdirSync(join(folder, "sub"), { recursive: true });
    writeFileSync(join(folder, "sub", "file"), "content\n");
    await output("umoci", ["insert", "--image", `${layout}:made`, folder, "/data"]);
    await output("umoci", [
      "config",
      "--image",
      `${layout}:made`,
      "--config.cmd",
      "/data",
      "--manifest.annotation",
      "x.y=z",
    ]);
    expect(await findings(`oci:${layout}:made`)).toEqual([]);
    const theirs = (
      JSON.parse(readFileSync(join(layout, "index.json"), "utf8")) as { manifests: { digest: string }[] }
    ).manifests[0]?.digest;
    const place = parseLocation(`${plain.host}/umoci:made`);
    expect(await copyImage(parseLocation(`oci:${layout}:made`), place, { env: noCredentials })).toBe(theirs);
    await output("skopeo", [
      "copy",
      "--src-tls-verify=false",
      `docker://${plain.host}/umoci:made`,
      `oci:${layout}-back:made`,
    ]);
    expect(await findings(`oci:${layout}-back:made`)).toEqual([]);
  });
});

const buildahMissing = reason ?? unavailable("buildah");
describe.skipIf(buildahMissing !== undefined)("images by buildah", () => {
  test("are read from a layout, an archive and the registry, alone and in a list, with equal digests", async () => {
    const store = [
      "--root",
      join(work.path, "store"),
      "--runroot",
      join(work.path, "run"),
      "--storage-driver",
      "vfs",
    ];
    const buildah = (...args: readonly string[]): Promise<string> => output("buildah", [...store, ...args]);
    const context = join(work.path, "buildah");
    mkdirSync(context);
    writeFileSync(join(context, "hello"), helloElf, { mode: 0o755 });
    writeFileSync(
      join(context, "Dockerfile"),
      'FROM scratch\nCOPY hello /a/hello\nCOPY hello /b\nLABEL a=b\nENTRYPOINT ["/b"]\n',
    );
    await buildah("build", "--isolation", "chroot", "--layers", "-t", "localhost/built:1", context);
    const [layout, archive] = [join(work.path, "buildah-layout"), join(work.path, "buildah.tar")];
    const name = `${plain.host}/buildah:1`;
    await buildah("push", "localhost/built:1", `oci:${layout}:1`);
    await buildah("push", "localhost/built:1", `docker-archive:${archive}:localhost/built:1`);
    await buildah("push", "--tls-verify=false", "localhost/built:1", `docker://${name}`);
    for (const place of [`oci:${layout}:1`, `archive:${archive}`, name])
      expect(await findings(place)).toEqual([]);
    const read = async (place: string): Promise<readonly [Inspection, string]> => {
      const { source, root, close } = await openLocation(parseLocation(place), { env: noCredentials });
      const found = await inspect(source, root.descriptor, { files: true });
      await close();
      return [found, root.descriptor.digest];
    };
    const [inspected, theirs] = await read(name);
    expect(inspected.images).toMatchObject([{ platform: "linux/amd64", run: { Entrypoint: ["/b"] } }]);
    const files = inspected.images[0]?.files.filter(({ kind }) => kind === "file");
    expect(files?.map(({ path }) => path).sort()).toEqual(["/a/hello", "/b"]);
    const copy = parseLocation(`${plain.host}/buildah-copy:1`);
    expect(await copyImage(parseLocation(name), copy, { env: noCredentials })).toBe(theirs);

    await buildah("manifest", "create", "localhost/list:1", "localhost/built:1");
    const list = `${plain.host}/buildah-list:1`;
    await buildah("manifest", "push", "--all", "--tls-verify=false", "localhost/list:1", `docker://${list}`);
    expect(await findings(list)).toEqual([]);
    const to = parseLocation(`oci:${join(work.path, "buildah-list")}:1`);
    expect(await copyImage(parseLocation(list), to, { env: noCredentials })).toBe((await read(list))[1]);
    expect(await findings(`oci:${join(work.path, "buildah-list")}:1`)).toEqual([]);
  }, 60_000);
});

const engines = [
  {
    id: "docker",
    tools: ["dockerd", "docker", "containerd", "runc"],
    start: startDocker,
    pull: (name: string) => ["pull", name],
  },
  {
    id: "podman",
    tools: ["podman", "crun"],
    start: startPodman,
    pull: (name: string) => ["pull", "--tls-verify=false", name],
  },
  {
    id: "containerd",
    tools: ["containerd", "ctr", "runc"],
    start: startContainerd,
    pull: (name: string) => ["images", "pull", "--plain-http", name],
  },
] as const;

for (const { id, tools, start, pull } of engines) {
  const missing = reason ?? unavailable(...tools);
  describe.skipIf(missing !== undefined)(`${id}${missing === undefined ? "" : ` (${missing})`}`, () => {
    let engine: Engine;
    let client: EngineClient;
    beforeAll(async () => {
      engine = await start();
      client =
        id === "containerd" ? containerdCommand(engine.socket) : apiEngine(id, `unix://${engine.socket}`, {});
    }, 60_000);
    afterAll(() => engine?.stop(), 30_000);

    test("pulls and runs what we pushed", async () => {
      const name = `${plain.host}/${id}/hello:v1`;
      await pushTo(name);
      await engine.command(pull(name));
      expect(await engine.run(name)).toMatchObject({ code: 0, stdout: "Hello World\n" });
    }, 60_000);

    test("takes an image from us, runs it for us, and gives it back", async () => {
      expect(await client.version()).toMatch(/^\d+\.\d+/);
      const tag = parseReference("localhost/ours:v1");
      const names = await client.load(archiveOf(index, { tags: [tag], mtime: 0 }));
      expect(names.join()).toContain("localhost/ours:v1");
      const container = await client.run({ image: "localhost/ours:v1", hostNetwork: true });
      const printed = await collectBytes(container.output, 1000, "output");
      expect(Buffer.from(printed).toString()).toBe("Hello World\n");
      expect(await container.ended).toBe(0);
      const place = `${id}:localhost/ours:v1`;
      expect(await findings(place, { engine: client })).toEqual([]);
      await expect(client.save("localhost/nothing:v1")).rejects.toThrow(
        `${id} has no image localhost/nothing:v1`,
      );
    }, 60_000);

    test("stops a container that does not end by itself", async () => {
      const image = await imageOfExecutable({
        platform: parsePlatform("linux/amd64"),
        name: "pause",
        executable: bytesSource(pauseElf),
        run: {},
      });
      await client.load(archiveOf(image, { tags: [parseReference("localhost/pause:v1")], mtime: 0 }));
      const container = await client.run({ image: "localhost/pause:v1", hostNetwork: true });
      await sleep(1000);
      await container.stop(1);
      expect(await container.ended).toBe(137);
    }, 60_000);

    test("gets a copy straight from a registry", async () => {
      const name = `${plain.host}/${id}/copied:v1`;
      await pushTo(name);
      await copyImage(parseLocation(name), parseLocation(`${id}:localhost/copied:v2`), {
        env: noCredentials,
        engine: client,
      });
      expect(await engine.run("localhost/copied:v2")).toMatchObject({ code: 0, stdout: "Hello World\n" });
    }, 60_000);
  });
}

const dockerMissing = reason ?? unavailable("dockerd", "docker", "containerd", "runc");
describe.skipIf(dockerMissing !== undefined)("an image by docker build", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startDocker();
  }, 60_000);
  afterAll(() => engine?.stop(), 30_000);

  test("is read from docker save and from the registry, and validates", async () => {
    const context = join(work.path, "context");
    mkdirSync(context);
    writeFileSync(join(context, "hello"), helloElf, { mode: 0o755 });
    writeFileSync(
      join(context, "Dockerfile"),
      'FROM scratch\nCOPY hello /hello\nCOPY hello /again\nLABEL a=b\nENTRYPOINT ["/hello"]\n',
    );
    const name = `${plain.host}/built:v1`;
    await output("docker", ["build", "-q", "-t", name, context], {
      env: { ...engine.env, DOCKER_BUILDKIT: "0" },
    });
    const saved = join(work.path, "built.tar");
    await engine.command(["save", "-o", saved, name]);
    expect(await findings(`archive:${saved}`)).toEqual([]);
    await engine.command(["push", name]);
    expect(await findings(name)).toEqual([]);
    const digest = await copyImage(parseLocation(name), parseLocation(`${plain.host}/built-copy:v1`), {
      env: noCredentials,
    });
    expect(await engine.command(["inspect", "--format", '{{join .RepoDigests ","}}', name])).toContain(
      digest,
    );
    await copyImage(parseLocation(`archive:${saved}`), parseLocation(`${plain.host}/from-archive:v1`), {
      env: noCredentials,
    });
    expect(await findings(`${plain.host}/from-archive:v1`)).toEqual([]);
  }, 60_000);
});
