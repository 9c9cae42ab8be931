import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { microlith, temporaryFolder } from "../../test/support/microlith.ts";
import { repository } from "../../test/support/sources.ts";
import { loadConfig } from "./config.ts";
import { configSchema } from "./config-schema.ts";
import { parseServerFlags, withConfig } from "./server-flags.ts";

const folder = temporaryFolder();
const written = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

test("the published schema is the one that is checked; UPDATE_GOLDEN=1 writes it", () => {
  const place = join(repository, "schema", "microlith.config.schema.json");
  const text = `${JSON.stringify(configSchema, undefined, 2)}\n`;
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(place, text);
  expect(readFileSync(place, "utf8")).toBe(text);
});

describe("a configuration", () => {
  test("in TypeScript, with the types of this tool, installed or not", async () => {
    const path = written(
      "a.config.ts",
      `import { defineConfig, type MicrolithConfig } from "microlith";
       const base: string = "/docs";
       export default defineConfig({ base, spa: true } satisfies MicrolithConfig);`,
    );
    expect(await loadConfig(path)).toEqual({ base: "/docs", spa: true });
  });

  test("in JavaScript", async () => {
    const path = written("b.config.js", 'export default { codings: ["gzip"], cors: "https://example.org" };');
    expect(await loadConfig(path)).toEqual({ codings: ["gzip"], cors: "https://example.org" });
  });

  test("in JSON", async () => {
    const path = written(
      "c.json",
      '{ "$schema": "x", "cacheControl": [{ "match": "/*", "value": "no-store" }] }',
    );
    expect((await loadConfig(path)).cacheControl).toEqual([{ match: "/*", value: "no-store" }]);
  });

  test.each([
    ["d1.json", "{", "could not be loaded"],
    ["d2.json", "[]", "the configuration must be an object"],
    ["d3.json", '{ "codngs": [] }', 'unknown option "codngs"'],
    ["d4.json", '{ "codings": ["deflate"] }', "codings.0 must be one of br, gzip, zstd, identity"],
    ["d5.json", '{ "port": "80" }', "port must be an integer"],
    [
      "d6.json",
      '{ "cacheControl": [{ "match": "/" }] }',
      "cacheControl.0 must have required property 'value'",
    ],
    ["d7.ts", "export default { port: } ;", "could not be loaded"],
    ["d8.ts", 'throw new Error("no luck");', "could not be loaded: no luck"],
    ["d9.js", "export default 5;", "the configuration must be an object"],
  ])("%s that is wrong: %s", async (name, text, message) => {
    await expect(loadConfig(written(name, text))).rejects.toThrow(message);
  });

  test("that is not there", async () => {
    await expect(loadConfig(join(folder, "none.json"))).rejects.toThrow("there is no configuration file");
    await expect(loadConfig(folder)).rejects.toThrow("is no file");
  });
});

test("what it says about the server are flags, and flags win", () => {
  const config = {
    maxConnections: 50,
    workers: "auto",
    seccomp: false,
    health: true,
    metrics: false,
    env: ["A", "B"],
    accessLog: "json",
    trust: ["10.0.0.0/8"],
  } as const;
  expect(withConfig({ accessLog: "common", seccomp: true }, config)).toEqual({
    maxConnections: "50",
    workers: "auto",
    seccomp: false,
    health: true,
    env: ["A", "B"],
    accessLog: "common",
    trust: "10.0.0.0/8",
  });
  expect(parseServerFlags(withConfig({}, config))).toMatchObject({
    workers: 0,
    sandbox: false,
    health: "/healthz",
  });
});

describe("microlith build", () => {
  const project = join(folder, "project");
  mkdirSync(join(project, "dist"), { recursive: true });
  writeFileSync(join(project, "dist", "index.html"), "home");
  writeFileSync(join(project, "microlith.config.json"), '{ "base": "/from-file", "spa": true }');

  test("takes the file of the current folder, and flags win", () => {
    expect(microlith(["build", "dist", "--emit", "map"], { cwd: project }).stdout).toContain(
      "redirect /from-file",
    );
    const run = microlith(["build", "dist", "--emit", "map", "--base", "/from-flag"], { cwd: project });
    expect(run.stdout).toContain("redirect /from-flag");
    expect(run.stdout).not.toContain("from-file");
  });

  test("says what is wrong in the rules, with the place, and writes nothing", () => {
    writeFileSync(join(project, "dist", "_redirects"), "/a /b\n/old new 301\n/x/* https://:splat 302\n");
    writeFileSync(join(project, "dist", "_headers"), "/*\n  Content-Length: 5\n");
    const run = microlith(["build", "dist", "-o", "out"], { cwd: project });
    expect(run).toMatchObject({ status: 1, stdout: "" });
    expect(run.stderr).toContain("dist/_redirects:2:6: error ML2004: `new` is not a destination");
    expect(run.stderr).toContain("dist/_redirects:3:6: error ML2005: ");
    expect(run.stderr).toContain("dist/_headers:2:3: error ML2105: ");
    expect(run.stderr).toMatch(/ {2}help: write a path with its first slash/);
    expect(run.stderr).toContain("3 errors");
  });

  test.each([
    ['{ "cors": "example.org" }', [], 'the configuration: cors "example.org" is not an origin'],
    ['{ "lastModified": "soon" }', [], 'the configuration: lastModified "soon" is not a time'],
    ['{ "user": "www" }', ["--user", "web"], '--user "web" is not a numeric user'],
    ['{ "spa": true }', ["--host", "example.org"], '--host "example.org" is not an IP address'],
  ])("says whether %s or the flags %j are wrong", (text, flags, message) => {
    writeFileSync(join(project, "wrong.json"), `\ufeff${text}`);
    for (const command of [
      ["build", "dist", "-o", "out"],
      ["serve", "dist"],
    ]) {
      const run = microlith([...command, "--config", "wrong.json", ...flags], { cwd: project });
      expect(run).toMatchObject({ status: 2, stdout: "" });
      expect(run.stderr).toContain(`microlith: error: ${message}`);
    }
  });

  test("refuses two configuration files", () => {
    writeFileSync(join(project, "microlith.config.js"), "export default {};");
    const run = microlith(["build", "dist", "-o", "out"], { cwd: project });
    expect(run).toMatchObject({ status: 2, stdout: "" });
    expect(run.stderr).toContain("there are two configuration files");
  });
});
