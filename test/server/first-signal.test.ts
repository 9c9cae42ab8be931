/**
 * A server takes its signals before anybody can know that it runs: a SIGTERM that comes as soon as it listens is not lost
 * (a kernel drops what PID 1 does not handle) and does not kill it. The emulator tells the order of the system calls.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { emulatorOf } from "../support/emulators.ts";
import { freePort } from "../support/free-port.ts";
import { microlith, temporaryFolder } from "../support/microlith.ts";
import { needs } from "../support/require-tool.ts";

const [emulator = ""] = emulatorOf("arm64");
const folder = temporaryFolder();

needs(emulator)("the first signal", () => {
  it.each([[[]], [["--minimal"]], [["--workers", "2", "--access-log", "combined"]]])(
    "is taken: %j",
    async (flags) => {
      const site = join(folder, "site");
      mkdirSync(site, { recursive: true });
      writeFileSync(join(site, "index.html"), "<!doctype html>");
      const executable = join(folder, "server");
      const built = microlith(["build", site, "-o", executable, "--platform", "linux/arm64", ...flags]);
      expect(built).toMatchObject({ status: 0 });
      const server = spawn(emulator, ["-strace", executable, String(await freePort())], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      let calls = "";
      for await (const text of server.stderr) {
        calls += text;
        if (calls.includes(" listen(")) break;
      }
      server.kill("SIGKILL");
      await once(server, "exit");
      expect(calls).toContain(" listen(");
      expect(calls.slice(0, calls.indexOf(" listen("))).toContain(" rt_sigprocmask(SIG_BLOCK,");
    },
  );
});
