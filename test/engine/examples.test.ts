/**
 * The examples as containers: each is built as an image, loaded by Docker and run as process 1, without a shell beside it and as
 * a user without rights.
 */

import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitForPort } from "../../src/engine/native-process.ts";
import { type Engine, run, startDocker, temporaryFolder, unavailable } from "../support/engines.ts";
import { freePort } from "../support/free-port.ts";
import { microlith } from "../support/microlith.ts";

const reason = unavailable("dockerd", "docker", "containerd", "runc");
const host = "127.0.0.1";
const work = temporaryFolder("examples");
const names = ["hello", "true", "cat", "sleep", "pause", "echo", "whoami"] as const;
let docker: Engine;

beforeAll(async () => {
  if (reason !== undefined) return;
  docker = await startDocker();
  for (const name of names) {
    const archive = join(work.path, `${name}.tar`);
    const layout = ["--layout", "tight"];
    const made = microlith([
      "build",
      `examples/${name}/${name}.ts`,
      "-o",
      archive,
      "--tag",
      tagOf(name),
      ...layout,
    ]);
    expect(made).toMatchObject({ status: 0 });
    await docker.load(archive);
  }
}, 120_000);
afterAll(async () => {
  await docker?.stop();
  work.remove();
}, 60_000);

describe.skipIf(reason !== undefined)(
  `examples in Docker${reason === undefined ? "" : ` (left out: ${reason})`}`,
  () => {
    test("hello, true and sleep run to their end", async () => {
      expect(await docker.run(tagOf("hello"))).toMatchObject({ code: 0, stdout: "Hello World\n" });
      expect(await docker.run(tagOf("true"))).toMatchObject({ code: 0, stdout: "", stderr: "" });
      expect(await docker.run(tagOf("sleep"), ["1"])).toMatchObject({ code: 0 });
      expect(await docker.run(tagOf("sleep"), ["soon"])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("usage"),
      });
    });

    test("cat reads the files that the engine puts there", async () => {
      const ran = await docker.run(tagOf("cat"), ["/etc/hosts", "/missing"]);
      expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining("cannot be read") });
      expect(ran.stdout).toContain("127.0.0.1");
    });

    test("pause uses nothing and stops at once", async () => {
      const container = await start("pause", []);
      await delay(300);
      expect(await stop(container)).toBe("0");
    });

    test("sleep stops at once, with the status of the signal", async () => {
      const container = await start("sleep", ["infinity"]);
      await delay(300);
      expect(await stop(container)).toBe("143");
    });

    test("echo takes its port from the environment", async () => {
      const port = await freePort();
      const container = await start("echo", [], `PORT=${port}`);
      expect(await waitForPort(host, port, 5000)).toBe(true);
      expect(await stop(container)).toBe("0");
    });

    test("whoami serves, and is its own health check", async () => {
      const port = await freePort();
      const container = await start("whoami", [String(port)], "COLOR=green");
      expect(await waitForPort(host, port, 5000)).toBe(true);
      const text = await (await fetch(`http://${host}:${port}/`)).text();
      expect(text).toContain("IP: 127.0.0.1\n");
      expect(text).toContain("COLOR=green\n");
      const check = ["exec", container, "/whoami", "--healthcheck"];
      expect(await docker.command([...check, String(port)])).toBe("healthy\n");
      const unhealthy = await run("docker", [...check, String(await freePort())], { env: docker.env });
      expect(unhealthy.code).toBe(1);
      expect(await stop(container)).toBe("0");
    });
  },
);

function tagOf(name: string): string {
  return `example-${name}:test`;
}

/** Returns the container's name. */
async function start(
  name: (typeof names)[number],
  args: readonly string[],
  variable = "X=1",
): Promise<string> {
  const words = ["run", "--detach", "--network=host", "--read-only", "--cap-drop=ALL", "--env", variable];
  return (await docker.command([...words, tagOf(name), ...args])).trim();
}

/** Returns the exit status. The engine kills what has not stopped after ten seconds, which would be 137. */
async function stop(container: string): Promise<string> {
  await docker.command(["stop", container]);
  const status = await docker.command(["inspect", "--format", "{{.State.ExitCode}}", container]);
  await docker.command(["rm", container]);
  return status.trim();
}
