/**
 * The examples, run as their README says, on every target; the tight ones where the kernel itself loads them.
 */

import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { findFreePort, waitForPort } from "../src/engine/native-process.ts";
import { targets } from "../src/target/targets.ts";
import { compileProgram } from "./support/compile-program.ts";
import { emulatorOf } from "./support/emulators.ts";
import { temporaryFolder } from "./support/microlith.ts";
import { needs } from "./support/require-tool.ts";
import { repository } from "./support/sources.ts";

const host = "127.0.0.1";
const folder = temporaryFolder();
const running: ChildProcess[] = [];
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
});

/** Bytes, tight: what the README promises. */
const budgets: Readonly<Record<string, number>> = { hello: 112, true: 80, pause: 160 };

for (const { id } of targets) {
  for (const layout of id === "amd64" || id === "386"
    ? (["plain", "tight"] as const)
    : (["plain"] as const)) {
    const emulator = emulatorOf(id);
    const made = new Map<string, readonly string[]>();
    const command = (name: string): readonly string[] => {
      const known = made.get(name);
      if (known !== undefined) return known;
      const path = join(folder, `${name}-${id}-${layout}`);
      const { executable } = compileProgram(`examples/${name}/${name}.ts`, { target: id, layout });
      writeFileSync(path, executable.bytes, { mode: 0o755 });
      const words = [...emulator, path];
      made.set(name, words);
      return words;
    };
    needs(...emulator.slice(0, 1))(`${id}, ${layout}`, () => checkExamples(command));
  }
}

function checkExamples(command: (name: string) => readonly string[]): void {
  const run = (name: string, args: readonly string[] = [], input = "") => {
    const [file = "", ...before] = command(name);
    const { status, stdout, stderr } = spawnSync(file, [...before, ...args], {
      input,
      encoding: "utf8",
      timeout: 20_000,
    });
    return { status, stdout, stderr };
  };
  const start = (name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const [file = "", ...before] = command(name);
    const child = spawn(file, [...before, ...args], { env, stdio: "ignore" });
    running.push(child);
    return child;
  };

  test("hello says so", () => {
    expect(run("hello")).toEqual({ status: 0, stdout: "Hello World\n", stderr: "" });
  });

  test("true is true", () => {
    expect(run("true")).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("cat copies files and standard input", () => {
    const path = join(folder, "large");
    const text = "0123456789abcdef".repeat(10_000);
    writeFileSync(path, text);
    expect(run("cat", [path, "-", path], "in between")).toEqual({
      status: 0,
      stdout: `${text}in between${text}`,
      stderr: "",
    });
    expect(run("cat", [], "only this").stdout).toBe("only this");
    expect(run("cat", [join(folder, "missing"), "-"], "more")).toEqual({
      status: 1,
      stdout: "more",
      stderr: "cat: a file cannot be read\n",
    });
    expect(run("cat", [folder]).status).toBe(1);
  });

  test("sleep sleeps, and refuses what is no duration", () => {
    const before = performance.now();
    expect(run("sleep", ["1s"]).status).toBe(0);
    expect(performance.now() - before).toBeGreaterThan(990);
    expect(run("sleep", ["0"]).status).toBe(0);
    for (const wrong of ["", "x", "1x", "1ss", "-1", "9999999999", "99999d"]) {
      expect(run("sleep", [wrong])).toMatchObject({ status: 1, stderr: expect.stringContaining("usage") });
    }
    expect(run("sleep").status).toBe(1);
  });

  test("sleep can be stopped", async () => {
    const child = start("sleep", ["infinity"]);
    await once(child, "spawn");
    await delay(200);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([128 + 15, null]);
  });

  test.each(["SIGTERM", "SIGINT"] as const)("pause reaps children and ends on %s", async (signal) => {
    // The shell's child becomes that of pause, which takes the shell's place.
    const words = command("pause").map((word) => `'${word}'`);
    const child = spawn("sh", ["-c", `sleep 0.3 & sleep 0.6 & exec ${words.join(" ")}`], { stdio: "ignore" });
    running.push(child);
    const children = (): string =>
      readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim();
    await until(() => children().split(" ").length === 2);
    await until(() => children() === "");
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("echo sends back what it gets, to several at a time", async () => {
    const port = await findFreePort(host, 0);
    const server = start("echo", [String(port)]);
    expect(await waitForPort(host, port, 5000)).toBe(true);
    const silent = connect(port, host);
    const large = "x".repeat(300_000);
    const answers = await Promise.all(["hello", large, "third"].map((text) => exchange(port, text)));
    expect(answers).toEqual(["hello", large, "third"]);
    silent.destroy();
    server.kill("SIGTERM");
    expect(await once(server, "exit")).toEqual([0, null]);
  });

  test("echo takes its port from the environment", async () => {
    const port = await findFreePort(host, 0);
    const server = start("echo", [], { PORT: String(port) });
    expect(await waitForPort(host, port, 5000)).toBe(true);
    expect(await exchange(port, "hello")).toBe("hello");
    server.kill("SIGINT");
    expect(await once(server, "exit")).toEqual([0, null]);
    expect(run("echo", ["70000"])).toMatchObject({ status: 1, stderr: "usage: echo [PORT]\n" });
  });

  test("echo serves as many as it has room for, and the next when one leaves", async () => {
    const port = await findFreePort(host, 0);
    const server = start("echo", [String(port)]);
    expect(await waitForPort(host, port, 5000)).toBe(true);
    const held: Socket[] = [];
    for (let i = 0; i < 64; i++) {
      const socket = connect(port, host);
      held.push(socket);
      socket.write("x");
      await once(socket, "data");
    }
    const waiting = exchange(port, "next");
    held[5]?.destroy();
    expect(await waiting).toBe("next");
    for (const socket of held) socket.destroy();
    server.kill("SIGTERM");
    await once(server, "exit");
  });

  test("whoami tells what it is and what it was asked", async () => {
    const port = await findFreePort(host, 0);
    const server = start("whoami", [String(port)], { COLOR: "green" });
    expect(await waitForPort(host, port, 5000)).toBe(true);

    const response = await fetch(`http://${host}:${port}/path?query`, { headers: { "X-Probe": "yes" } });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    const text = await response.text();
    expect(text).toContain(`Hostname: ${hostname()}\n`);
    expect(text).toMatch(/^RemoteAddr: 127\.0\.0\.1:\d+$/m);
    expect(text).toContain("GET /path?query HTTP/1.1\r\n");
    expect(text.toLowerCase()).toContain("x-probe: yes\r\n");
    expect(text).toMatch(/\n\nCOLOR=green\n$|^COLOR=green$/m);

    const health = await fetch(`http://${host}:${port}/health`);
    expect([health.status, await health.text()]).toEqual([200, "ok\n"]);
    const head = await exchange(port, "HEAD /health HTTP/1.1\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Content-Length: 3\r\n\r\n$/);
    expect(await exchange(port, "nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    expect(await exchange(port, `GET /${"x".repeat(5000)} HTTP/1.1\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await exchange(port, "GET /health HTTP/1.1\r\n", "\r\n")).toMatch(/\r\n\r\nok\n$/);

    expect(run("whoami", ["--healthcheck", String(port)])).toMatchObject({ status: 0, stdout: "healthy\n" });
    server.kill("SIGTERM");
    expect(await once(server, "exit")).toEqual([0, null]);
    expect(run("whoami", ["--healthcheck", String(port)])).toMatchObject({ status: 1 });
  });

  test("whoami answers although many peers send nothing", async () => {
    const port = await findFreePort(host, 0);
    const server = start("whoami", [String(port)]);
    expect(await waitForPort(host, port, 5000)).toBe(true);
    const silent = Array.from({ length: 100 }, () => connect(port, host).on("error", () => {}));
    expect((await fetch(`http://${host}:${port}/health`)).status).toBe(200);
    for (const socket of silent) socket.destroy();
    server.kill("SIGTERM");
    await once(server, "exit");
  });
}

describe("sizes", () => {
  test.each(Object.entries(budgets))("%s, tight, is at most %i bytes", (name, bytes) => {
    const { executable } = compileProgram(`examples/${name}/${name}.ts`, { layout: "tight" });
    expect(executable.bytes.length).toBeLessThanOrEqual(bytes);
  });

  test("the table of examples/README.md is what `npm run sizes` writes", () => {
    const document = readFileSync(join(repository, "examples/README.md"), "utf8");
    const table = document.match(/<!-- sizes -->\n\n([\s\S]*)\n<!-- \/sizes -->/)?.[1];
    const printed = execFileSync(process.execPath, [join(repository, "scripts/sizes.mjs"), "--print"]);
    expect(table, "run `npm run sizes` and look at what changed").toBe(printed.toString());
  });
});

/** Sends the parts one after the other, then the end; what came back by then. */
async function exchange(port: number, ...parts: readonly string[]): Promise<string> {
  const socket = connect({ port, host, allowHalfOpen: true });
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  const end = once(socket, "end");
  for (const [index, part] of parts.entries()) {
    if (index > 0) await delay(50);
    socket.write(part);
  }
  socket.end();
  await end;
  return Buffer.concat(chunks).toString();
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (condition()) return;
    await delay(20);
  }
  expect.fail("it has not happened in four seconds");
}
