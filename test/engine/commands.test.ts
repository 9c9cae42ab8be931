/**
 * The commands that move images, as a user types them, with the real registry, engines and tools at the other end.
 */

import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Engine,
  output,
  type Registry,
  run,
  startContainerd,
  startDocker,
  startPodman,
  startRegistry,
  unavailable,
} from "../support/engines.ts";
import { freePort } from "../support/free-port.ts";
import { microlith, startMicrolith, temporaryFolder } from "../support/microlith.ts";
import { repository } from "../support/sources.ts";

const site = join(repository, "examples", "site");
const hello = join(repository, "examples", "hello", "hello.ts");
const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);
const user = { name: "me", password: "pass word" };
// No account of whoever runs the tests.
const env = { HOME: folder, DOCKER_CONFIG: folder, XDG_RUNTIME_DIR: folder, XDG_CONFIG_HOME: folder };

/** The command's standard output, without its last line feed. */
function done(args: readonly string[], more: Readonly<Record<string, string>> = {}): string {
  const ran = microlith(args, { cwd: folder, env: { ...env, ...more } });
  expect(ran.status, `microlith ${args.join(" ")}\n${ran.stderr}${ran.stdout}`).toBe(0);
  return ran.stdout.replace(/\n$/, "");
}

const noRegistry = unavailable("docker-registry", "skopeo", "htpasswd", "openssl");

describe.skipIf(noRegistry !== undefined)(
  `a registry${noRegistry === undefined ? "" : ` (${noRegistry})`}`,
  () => {
    let plain: Registry;
    let locked: Registry;
    let secure: Registry;
    beforeAll(async () => {
      [plain, locked, secure] = await Promise.all([
        startRegistry(),
        startRegistry({ user }),
        startRegistry({ tls: true }),
      ]);
    });
    afterAll(() => Promise.all([plain?.stop(), locked?.stop(), secure?.stop()]));

    test("push prints exactly what was pushed, and skopeo finds it there under every name", async () => {
      const name = `${plain.host}/a/site`;
      const pushed = done(["push", site, `${name}:1.0`, "--tag", "latest", "--platform", "all"]);
      expect(pushed).toMatch(new RegExp(`^${name}@sha256:[0-9a-f]{64}$`));
      const digest = pushed.split("@")[1];
      for (const tag of ["1.0", "latest"]) {
        const raw = await output("skopeo", [
          "inspect",
          "--raw",
          "--tls-verify=false",
          `docker://${name}:${tag}`,
        ]);
        expect(JSON.parse(raw).manifests.length).toBeGreaterThan(2);
        const found = await output("skopeo", [
          "inspect",
          "--tls-verify=false",
          `docker://${name}:${tag}`,
          "--format",
          "{{.Digest}}",
        ]);
        expect(found.trim()).toBe(digest);
      }
      expect(done(["digest", `${name}:1.0`])).toBe(digest);
      expect(done(["validate", `${name}:1.0`])).toBe(`${digest} is valid`);
    });

    test("what build writes, push takes, pull brings back, and every digest stays", () => {
      const made = JSON.parse(
        done([
          "build",
          site,
          "-o",
          "site.tar",
          "--tag",
          "site:1",
          "--platform",
          "all",
          "--sbom",
          "spdx",
          "--provenance",
          "slsa",
          "--json",
        ]),
      );
      expect(made.referrers).toHaveLength(made.platforms.length + 1);
      const pushed = JSON.parse(done(["push", "site.tar", `${plain.host}/b/site:1`, "--json"]));
      expect(pushed).toEqual({
        reference: `${plain.host}/b/site@${made.index}`,
        digest: made.index,
        tags: ["1"],
      });
      done(["pull", `${plain.host}/b/site:1`, "-o", "back.tar", "--referrers"]);
      expect(done(["digest", "back.tar"])).toBe(made.index);
      done(["pull", `${plain.host}/b/site:1`, "-o", "layout/"]);
      expect(done(["digest", "oci:layout"])).toBe(made.index);
      for (const place of ["back.tar", `${plain.host}/b/site:1`]) {
        const inspected = JSON.parse(done(["inspect", place, "--json"]));
        expect(inspected.images.map((image: { digest: string }) => image.digest)).toEqual(
          made.platforms.map((image: { digest: string }) => image.digest),
        );
        const types = inspected.artifacts.map((artifact: { artifactType: string }) => artifact.artifactType);
        expect(types.filter((type: string) => type === "application/spdx+json")).toHaveLength(
          made.platforms.length,
        );
        expect(types).toContain("application/vnd.in-toto+json");
      }
      expect(done(["validate", "back.tar"])).toBe(`${made.index} is valid`);
    });

    test("copy takes what belongs to an image along, tag gives it further names", () => {
      done(["push", hello, `${plain.host}/c/hello:1`, "--sbom", "cyclonedx"]);
      const copied = done(["copy", `${plain.host}/c/hello:1`, `${plain.host}/d/hello:2`, "--referrers"]);
      expect(copied).toBe(`${plain.host}/d/hello@${done(["digest", `${plain.host}/c/hello:1`])}`);
      const inspected = JSON.parse(done(["inspect", copied, "--json"]));
      expect(inspected.artifacts).toMatchObject([{ artifactType: "application/vnd.cyclonedx+json" }]);
      expect(done(["tag", `${plain.host}/d/hello:2`, "2.1", "latest"])).toBe(copied);
      expect(done(["digest", `${plain.host}/d/hello:latest`])).toBe(copied.split("@")[1]);
    });

    test("a password comes through standard input, the environment or docker login's file, and never shows", async () => {
      const name = `${locked.host}/site:1`;
      const refused = microlith(["push", hello, name, "--trace"], { cwd: folder, env });
      expect(refused).toMatchObject({ status: 2, stdout: "" });
      expect(refused.stderr).toContain("does not let us (401)");

      const child = startMicrolith(
        ["push", hello, name, "--username", user.name, "--password-stdin", "--trace"],
        {
          cwd: folder,
          env,
          stdin: `${user.password}\n`,
        },
      );
      let said = "";
      child.stdout?.on("data", (chunk) => {
        said += chunk;
      });
      child.stderr?.on("data", (chunk) => {
        said += chunk;
      });
      expect(await once(child, "close")).toEqual([0, null]);
      expect(said).toContain("PUT");
      const secret = Buffer.from(`${user.name}:${user.password}`).toString("base64");
      expect(said).not.toContain(user.password);
      expect(said).not.toContain(secret);

      done(["digest", name], { MICROLITH_USERNAME: user.name, MICROLITH_PASSWORD: user.password });
      mkdirSync(at("login"));
      writeFileSync(at("login/config.json"), JSON.stringify({ auths: { [locked.host]: { auth: secret } } }));
      done(["digest", name], { DOCKER_CONFIG: at("login") });
    });

    test("a certificate of one's own is trusted with --ca, and not without", () => {
      const name = `${secure.host}/site:1`;
      const refused = microlith(["push", hello, name], { cwd: folder, env });
      expect(refused).toMatchObject({ status: 2, stdout: "" });
      expect(refused.stderr).toMatch(/certificate/);
      done(["push", hello, name, "--ca", secure.caFile ?? ""]);
      done(["digest", name, "--insecure"]);
    });

    test("a base from the registry: its files and config below ours", async () => {
      done([
        "push",
        hello,
        `${plain.host}/base:1`,
        "--env",
        "A=1",
        "--workdir",
        "/data",
        "--file",
        `${hello}:/etc/source.ts`,
      ]);
      const made = JSON.parse(
        done([
          "build",
          site,
          "--base",
          `${plain.host}/base:1`,
          "--env",
          "B=2",
          "--sbom",
          "spdx=on-base.spdx.json",
          "-o",
          "on-base.tar",
          "--json",
        ]),
      );
      const inspected = JSON.parse(done(["inspect", "on-base.tar", "--json"]));
      expect(inspected.images[0].run).toMatchObject({
        Env: ["A=1", "B=2"],
        WorkingDir: "/data",
        Entrypoint: ["/server"],
      });
      const paths = inspected.images[0].files.map((file: { path: string }) => file.path);
      expect(paths).toEqual(["/etc/source.ts", "/hello", "/server"]);
      expect(inspected.images[0].annotations["org.opencontainers.image.base.name"]).toBe(
        `${plain.host}/base:1`,
      );
      expect(done(["validate", "on-base.tar"])).toBe(`${made.index} is valid`);
      const names = JSON.parse(readFileSync(at("on-base.spdx.json"), "utf8")).files.map(
        (file: { fileName: string }) => file.fileName,
      );
      expect(names).toEqual(
        expect.arrayContaining(["./etc/source.ts", "./hello", "./server", "./server!/index.html"]),
      );

      const name = `${plain.host}/on-base:1`;
      const pushed = microlith(["push", site, name, "--base", `${plain.host}/base:1`, "--trace"], {
        cwd: folder,
        env,
      });
      expect(pushed.status, pushed.stderr).toBe(0);
      // The base's layer is taken over from its repository; ours and the config are sent.
      const answered = (pattern: RegExp): number =>
        pushed.stderr.split("\n").filter((line) => pattern.test(line)).length;
      expect([answered(/^POST .*\/uploads\/ → 201$/), answered(/^PUT .*\/uploads\/\S+ → 201$/)]).toEqual([
        1, 2,
      ]);
      expect(done(["validate", name])).toMatch(/ is valid$/);
      done(["pull", "on-base.tar", "-o", "tree", "--format", "rootfs"]);
      expect(readdirSync(at("tree")).sort()).toEqual(["etc", "hello", "server"]);
    });

    test("errors are one line, and leave nothing", async () => {
      const closed = `127.0.0.1:${await freePort()}`;
      const rows: readonly (readonly [readonly string[], number, RegExp])[] = [
        [["pull", `${plain.host}/none:1`, "-o", "none.tar"], 2, /there is no image/],
        [["digest", `${plain.host}/none:1`], 2, /there is no image/],
        [["tag", `${plain.host}/none:1`, "x"], 2, /there is no image/],
        [["push", hello, `${closed}/x:1`], 2, /reach the registry/],
        [["copy", "site.tar", `${closed}/x:1`], 2, /reach the registry/],
      ];
      const before = readdirSync(folder).sort();
      for (const [args, status, message] of rows) {
        const ran = microlith(args, { cwd: folder, env });
        expect(ran, args.join(" ")).toMatchObject({ status, stdout: "" });
        expect(ran.stderr).toMatch(message);
        expect(ran.stderr).toMatch(/^microlith: error: [^\n]+\n$/);
      }
      expect(readdirSync(folder).sort()).toEqual(before);
    });
  },
);

const engines = [
  { id: "docker", tools: ["dockerd", "docker", "containerd", "runc"], start: startDocker },
  { id: "podman", tools: ["podman", "crun"], start: startPodman },
  { id: "containerd", tools: ["containerd", "ctr", "runc"], start: startContainerd },
] as const;

for (const { id, tools, start } of engines) {
  const reason = unavailable(...tools);
  describe.skipIf(reason !== undefined)(`${id}${reason === undefined ? "" : ` (${reason})`}`, () => {
    let engine: Engine;
    let here: Readonly<Record<string, string>>;
    beforeAll(async () => {
      engine = await start();
      const address = { docker: "DOCKER_HOST", podman: "CONTAINER_HOST", containerd: "CONTAINERD_ADDRESS" }[
        id
      ];
      here = { ...env, [address]: id === "containerd" ? engine.socket : `unix://${engine.socket}` };
    }, 60_000);
    afterAll(() => engine?.stop(), 30_000);

    test("load takes a program and an archive with all that belongs to it", async () => {
      const name = "localhost:5000/hello:1";
      expect(done(["load", hello, "--tag", name, "--engine", id], here)).toBe(name);
      expect(await engine.run(name)).toMatchObject({ code: 0, stdout: "Hello World\n" });

      const many = "localhost:5000/many:1";
      done([
        "build",
        hello,
        "-o",
        `${id}.tar`,
        "--tag",
        many,
        "--platform",
        "all",
        "--sbom",
        "spdx",
        "--provenance",
        "slsa",
      ]);
      expect(done(["load", `${id}.tar`, "--engine", id], here)).toBe(many);
      expect(await engine.run(many)).toMatchObject({ code: 0, stdout: "Hello World\n" });
      // The engine's own command reads the archive with its referrers as well.
      await engine.load(at(`${id}.tar`));
      expect(await engine.run(many)).toMatchObject({ code: 0, stdout: "Hello World\n" });
    });

    test("an image of the engine is inspected, validated and pulled to a file", () => {
      const name = `${id}:localhost:5000/hello:1`;
      const inspected = JSON.parse(done(["inspect", name, "--json"], here));
      expect(inspected.images[0]).toMatchObject({ run: { Entrypoint: ["/hello"] } });
      expect(inspected.executables).toMatchObject([{ kind: "executable" }]);
      expect(done(["validate", name], here)).toMatch(/ is valid$/);
      expect(done(["pull", name, "-o", `${id}-out.tar`], here)).toBe(`${id}-out.tar`);
      expect(done(["validate", `${id}-out.tar`])).toMatch(/ is valid$/);
    });

    test("serve runs a site in it, and Ctrl-C leaves neither container nor image", async () => {
      const port = String(await freePort());
      const args = ["serve", site, "--engine", id, "--port", port, "--network", "host"];
      const child = startMicrolith(args, { cwd: folder, env: here });
      let said = "";
      child.stderr?.on("data", (chunk) => {
        said += chunk;
      });
      const url = String(await once(child.stdout ?? child, "data").then(([chunk]) => chunk)).trim();
      expect(url, said).toBe(`http://127.0.0.1:${port}`);
      const response = await fetch(url);
      expect(response.status).toBe(200);
      expect(await response.text()).toBe(readFileSync(join(site, "index.html"), "utf8"));
      child.kill("SIGINT");
      expect(await once(child, "close"), said).toEqual([0, null]);
      const listing =
        id === "containerd" ? ["images", "ls", "-q"] : ["images", "--format", "{{.Repository}}"];
      expect(await engine.command(listing)).not.toContain("microlith-serve");
      await sleep(100);
      await expect(fetch(url)).rejects.toThrow();
    });
  });
}

const noPeers = unavailable("skopeo", "umoci", "tar");
describe.skipIf(noPeers !== undefined)("forms of an image", () => {
  test("docker's, a layout, a root file system and a zstd layer, read by others", async () => {
    done(["build", hello, "-o", "classic.tar", "--format", "docker", "--tag", "hello:1"]);
    const classic = JSON.parse(await output("skopeo", ["inspect", `docker-archive:${at("classic.tar")}`]));
    expect(classic).toMatchObject({ Architecture: "amd64" });
    done([
      "build",
      hello,
      "-o",
      "lay",
      "--format",
      "oci-layout",
      "--tag",
      "hello:1",
      "--layer-compression",
      "none",
    ]);
    await output("umoci", ["unpack", "--image", `${at("lay")}:1`, at("bundle")]);
    done(["build", hello, "-o", "root.tar", "--format", "rootfs"]);
    expect(await output("tar", ["-tf", at("root.tar")])).toBe("hello\n");
    done(["build", hello, "-o", "root", "--format", "rootfs"]);
    expect(await run(at("root/hello"), [])).toMatchObject({ code: 0, stdout: "Hello World\n" });
    done(["build", hello, "-o", "zstd.tar", "--layer-compression", "zstd"]);
    expect(done(["validate", "zstd.tar"])).toMatch(/ is valid$/);
    for (const name of ["classic.tar", "lay", "zstd.tar"]) {
      expect(JSON.parse(done(["inspect", name, "--json"])).images[0].files).toMatchObject([
        { path: "/hello" },
      ]);
    }
  });
});
