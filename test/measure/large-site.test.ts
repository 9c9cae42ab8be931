/**
 * A site of 10,000 files: the icons of @mdi/svg and a generated tree. It builds in the time that docs/specification.md promises,
 * and every path leads to its own content.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitForPort } from "../../src/engine/native-process.ts";
import { freePort } from "../support/free-port.ts";
import { responses } from "../support/http.ts";
import { microlith, temporaryFolder } from "../support/microlith.ts";
import { needsThat } from "../support/require-tool.ts";
import { repository } from "../support/sources.ts";

const fileCount = 10_000;
const mostSeconds = 10;
/** In one connection, in order. */
const pipelined = 500;

const folder = temporaryFolder();
const executable = join(folder, "large");

/** Makes the site. Returns its paths. */
function makeSite(site: string): readonly string[] {
  cpSync(join(repository, "node_modules", "@mdi", "svg", "svg"), join(site, "icons"), { recursive: true });
  writeFileSync(join(site, "index.html"), "<!doctype html><title>Large</title>");
  const paths = ["/index.html", ...readdirSync(join(site, "icons")).map((name) => `/icons/${name}`)];
  while (paths.length < fileCount) {
    const path = `/notes/${paths.length % 100}/${paths.length}.html`;
    mkdirSync(join(site, path, ".."), { recursive: true });
    writeFileSync(join(site, path), `<!doctype html><title>Note ${paths.length}</title>`);
    paths.push(path);
  }
  return paths;
}

const isNative = process.platform === "linux" && process.arch === "x64";
needsThat(isNative, "the machine cannot run amd64 Linux executables")("10,000 files", () => {
  const site = join(folder, "site");
  let paths: readonly string[] = [];
  let server: ChildProcess | undefined;
  let port = 0;

  beforeAll(() => {
    paths = makeSite(site);
  });
  afterAll(() => {
    server?.kill("SIGKILL");
  });

  test(`build in ${mostSeconds} seconds`, () => {
    const start = performance.now();
    const run = microlith(["build", site, "-o", executable]);
    expect(run.status).toBe(0);
    expect((performance.now() - start) / 1000).toBeLessThanOrEqual(mostSeconds);
  });

  test("answer, each with its own content", async () => {
    port = await freePort();
    server = spawn(executable, [String(port)], { stdio: "ignore" });
    expect(await waitForPort("127.0.0.1", port, 5000)).toBe(true);
    for (let from = 0; from < paths.length; from += pipelined) {
      const asked = paths.slice(from, from + pipelined);
      const answers = await responses(
        { port },
        asked.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(""),
      );
      expect(answers.length).toBe(asked.length);
      const wrong = asked.filter((path, index) => {
        const answer = answers[index];
        return answer?.status !== 200 || !answer.body.equals(readFileSync(join(site, path)));
      });
      expect(wrong).toEqual([]);
    }
  });

  test("and no other path does", async () => {
    const others = paths.slice(0, pipelined).map((path) => `${path.slice(0, -1)}~`);
    const text = others.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join("");
    const statuses = (await responses({ port }, text)).map(({ status }) => status);
    expect(statuses).toEqual(others.map(() => 404));
  });
});
