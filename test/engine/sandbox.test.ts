/**
 * The sandbox in a real engine: the profile of `--emit seccomp`, a read-only root file system, no capabilities, root or any
 * user, and the health check that the image brings.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, startDocker, temporaryFolder, unavailable } from "../support/engines.ts";
import { freePort } from "../support/free-port.ts";
import { microlith } from "../support/microlith.ts";

const reason = unavailable("dockerd", "docker", "containerd", "runc");
const folder = temporaryFolder("sandbox");
const tag = "sandbox:test";
let docker: Engine;

describe.skipIf(reason !== undefined)(
  `in Docker${reason === undefined ? "" : ` (left out: ${reason})`}`,
  () => {
    beforeAll(async () => {
      const archive = join(folder.path, "site.tar");
      const flags = ["--health", "--healthcheck", "--env", "STAGE", "--access-log", "json", "--workers", "2"];
      expect(microlith(["build", "examples/site", "-o", archive, "--tag", tag, ...flags]).status).toBe(0);
      const { stdout } = microlith(["build", "examples/site", "--emit", "seccomp", ...flags]);
      writeFileSync(join(folder.path, "profile.json"), stdout);
      docker = await startDocker();
      await docker.load(archive);
    });
    afterAll(async () => {
      await docker?.stop();
      folder.remove();
    });

    const profile = ["--security-opt", `seccomp=${join(folder.path, "profile.json")}`];
    test.each([
      ["with its profile", profile],
      ["with its profile and no new privileges", [...profile, "--security-opt", "no-new-privileges"]],
      ["without capabilities, on a root file system that is read-only", ["--read-only", "--cap-drop=ALL"]],
      ["as root", ["--user", "0:0"]],
      ["as root without capabilities", ["--user", "0:0", "--cap-drop=ALL"]],
      ["as any user", ["--user", "12345:54321"]],
    ])("%s it serves, is healthy and stops", async (_, options) => {
      const port = await freePort();
      const words = ["run", "--detach", "--network=host", "--env", `PORT=${port}`, "--env", "STAGE=test"];
      const health = ["--health-interval", "1s"];
      const container = (await docker.command([...words, ...health, ...options, tag])).trim();
      await delay(500);
      const config = await (await fetch(`http://127.0.0.1:${port}/config.json`)).json();
      expect(config).toEqual({ STAGE: "test" });
      await expect(docker.command(["exec", container, "/server", "--healthcheck"])).resolves.toBe("");
      for (let tries = 0; tries < 50; tries++) {
        await delay(200);
        if ((await inspect(container, "{{.State.Health.Status}}")) === "healthy") break;
      }
      expect(await inspect(container, "{{.State.Health.Status}}")).toBe("healthy");
      await docker.command(["stop", container]);
      expect(await inspect(container, "{{.State.ExitCode}}")).toBe("0");
      const lines = (await docker.command(["logs", container])).trim().split("\n");
      expect(lines.map((line) => JSON.parse(line).request)).toEqual(["GET /config.json HTTP/1.1"]);
      await docker.command(["rm", container]);
    });
  },
);

async function inspect(container: string, format: string): Promise<string> {
  return (await docker.command(["inspect", "--format", format, container])).trim();
}
