/** Which engine is meant: what the environment and Docker's contexts name, and that several are a question. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { needsThat } from "../../test/support/require-tool.ts";
import { findEngine } from "./find-engine.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

type Environment = Readonly<Record<string, string>>;

/** An environment with a home of its own, in which these files are. */
function home(files: Readonly<Record<string, string>> = {}, more: Environment = {}): Environment {
  const folder = mkdtempSync(join(tmpdir(), "microlith-home-"));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return { HOME: folder, PATH: join(folder, "bin"), ...more };
}

const socket = (name: string): string => `unix:///nonexistent/${name}.sock`;
const docker = { DOCKER_HOST: socket("docker") };
const podman = { CONTAINER_HOST: socket("podman") };
const containerd = { CONTAINERD_ADDRESS: "/nonexistent/containerd.sock" };

describe("several engines", () => {
  test.each<[string, Environment, string]>([
    ["Docker and Podman", { ...docker, ...podman }, "docker and podman are both here"],
    ["all three", { ...docker, ...podman, ...containerd }, "docker and podman are both here"],
  ])("%s are a question that names the flag", async (_, env, message) => {
    await expect(findEngine(undefined, home({}, env))).rejects.toMatchObject({
      message,
      help: "say which: --engine docker",
      exitCode: 2,
    });
  });

  test("are no question when one is named", async () => {
    const env = home({}, { ...docker, ...podman, ...containerd });
    for (const id of ["docker", "podman", "containerd"] as const) {
      const engine = await findEngine(id, env);
      expect([engine.id, engine.address]).toEqual([id, expect.stringContaining(`/nonexistent/${id}.sock`)]);
    }
  });

  test("are not Docker and the containerd that it runs on", async () => {
    expect((await findEngine(undefined, home({}, { ...docker, ...containerd }))).id).toBe("docker");
  });
});

describe("Docker's context", () => {
  const meta = (name: string, host: string | undefined): Readonly<Record<string, string>> => ({
    [`.docker/contexts/meta/${createHash("sha256").update(name).digest("hex")}/meta.json`]: JSON.stringify({
      Name: name,
      Endpoints: { docker: { Host: host } },
    }),
  });
  const current = { ".docker/config.json": JSON.stringify({ currentContext: "far" }) };

  test("is used, and DOCKER_CONTEXT and DOCKER_HOST go before it", async () => {
    const files = { ...current, ...meta("far", socket("far")), ...meta("near", socket("near")) };
    const address = async (more: Environment): Promise<string> =>
      (await findEngine("docker", home(files, more))).address;
    expect(await address({})).toContain("/far.sock");
    expect(await address({ DOCKER_CONTEXT: "near" })).toContain("/near.sock");
    expect(await address({ DOCKER_CONTEXT: "near", ...docker })).toContain("/docker.sock");
  });

  test.each([
    ["is not there", current],
    ["names no engine", { ...current, ...meta("far", undefined) }],
  ])("that %s is an error with what to try", async (_, files) => {
    await expect(findEngine("docker", home(files))).rejects.toMatchObject({
      message: `Docker's context "far" names no engine`,
      help: "try: docker context ls",
    });
  });

  test("whose file is damaged is named", async () => {
    await expect(findEngine("docker", home({ ".docker/config.json": "{" }))).rejects.toThrow(
      "config.json is not JSON",
    );
  });
});

// The system's own Podman would be found by its usual socket.
const usual = "/run/podman/podman.sock";
needsThat(!existsSync(usual), `${usual} is here`)("Podman", () => {
  test("that is not there is an error that says what else there is", async () => {
    await expect(findEngine("podman", home())).rejects.toMatchObject({
      message: "podman is not running here",
      help: expect.stringContaining("write the image to a file with -o image.tar"),
    });
  });

  test("is found by its program", async () => {
    const env = home({ "bin/podman": "#!/bin/sh\n" });
    expect((await findEngine("podman", env)).id).toBe("podman");
  });

  test("is found by its user's socket", async () => {
    const env = home({ "run/podman/podman.sock": "" });
    const run = join(env.HOME ?? "", "run");
    expect(await findEngine("podman", { ...env, XDG_RUNTIME_DIR: run })).toMatchObject({
      id: "podman",
      address: expect.stringContaining(`${run}/podman/podman.sock`),
    });
  });
});
