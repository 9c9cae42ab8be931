import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "rolldown";
import { expect, test } from "vitest";
import { needsThat } from "../../test/support/require-tool.ts";
import { repository } from "../../test/support/sources.ts";
import { dockerFolder, homeFolder } from "./home.ts";

test("HOME, else what the system says", () => {
  expect(homeFolder({ HOME: "/people/a" })).toBe("/people/a");
  expect(homeFolder({})).toBe(homedir());
  expect(homeFolder({ HOME: "" })).toBe(homedir());
});

test("DOCKER_CONFIG, else .docker at home", () => {
  expect(dockerFolder({ HOME: "/people/a" })).toBe("/people/a/.docker");
  expect(dockerFolder({ HOME: "/people/a", DOCKER_CONFIG: "/etc/docker" })).toBe("/etc/docker");
});

needsThat(process.getuid?.() === 0, "not root")("a user without a name", () => {
  test("has the root", async () => {
    const folder = mkdtempSync(join(tmpdir(), "microlith-home-"));
    try {
      // Where any user may read it.
      chmodSync(folder, 0o755);
      const module = join(folder, "home.mjs");
      const input = join(repository, "src", "base", "home.ts");
      await build({ input, platform: "node", logLevel: "warn", output: { file: module } });
      const script = `import { homeFolder } from ${JSON.stringify(module)}; console.log(homeFolder(process.env))`;
      const args = ["--input-type=module", "-e", script];
      const options = { uid: 70_001, gid: 70_001, env: {}, cwd: folder, encoding: "utf8" } as const;
      expect(spawnSync(process.execPath, args, options)).toMatchObject({ status: 0, stdout: "/\n" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
