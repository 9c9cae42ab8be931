/**
 * Packed tables: what the machine code of each target unpacks is what was packed; the items of the file still are the file; and a
 * server with packed tables gives the same answers as one without.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import type { Executable } from "../src/elf/executable.ts";
import { renderSizeMap } from "../src/report/size-map.ts";
import { defaultServerOptions, type ServerOptions } from "../src/site/server-options.ts";
import { amd64 } from "../src/target/amd64/amd64.ts";
import { targets } from "../src/target/targets.ts";
import { compileProgram } from "./support/compile-program.ts";
import { emulatorOf } from "./support/emulators.ts";
import { exchange } from "./support/http.ts";
import { temporaryFolder } from "./support/microlith.ts";
import { needs } from "./support/require-tool.ts";
import { compileServer, type Files, startServer, wholeFile } from "./support/server.ts";
import { repository } from "./support/sources.ts";

const made = temporaryFolder();

/** A program that unpacks its tables and writes one. */
function writerOf(name: string, bytes: Uint8Array): string {
  mkdirSync(made, { recursive: true });
  const path = join(made, `${name.replaceAll(" ", "-")}.ts`);
  const unpack = relative(dirname(path), join(repository, "runtime/support/unpack.ts"));
  const rows = [
    `import { SYS_write } from "microlith:target";`,
    `import { chanceBytes, unpackTables } from "${unpack.startsWith(".") ? unpack : `./${unpack}`}";`,
    ...(bytes.length > 0 ? [`const given = table<u8>(${[...bytes].join(", ")});`] : []),
    "const chances = zeroed<Fixed<u8, typeof chanceBytes>>();",
    "export function main(): i32 {",
    "  unpackTables(chances);",
    ...(bytes.length > 0 ? [`  syscall(SYS_write, 1, given, ${bytes.length});`] : []),
    "  return 0;",
    "}",
  ];
  writeFileSync(path, rows.join("\n"));
  return path;
}

function random(size: number): Uint8Array {
  let seed = size;
  return Uint8Array.from({ length: size }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed >>> 24;
  });
}

const inputs: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(0),
  "one byte": Uint8Array.of(65),
  zeros: new Uint8Array(500),
  "equal bytes": new Uint8Array(8192).fill(120),
  random: random(3000),
  "far apart": Buffer.concat([
    Buffer.from("far apart, and the same"),
    random(3500),
    Buffer.from("far apart, and the same"),
  ]),
  text: Buffer.from("One line of many that are alike, with numbers: 1, 2, 4, 8.\r\n".repeat(130)),
};

for (const { id } of targets) {
  const emulator = emulatorOf(id);
  needs(...emulator.slice(0, 1))(`${id} machine code unpacks`, () => {
    test.each(Object.entries(inputs))("%s", (name, bytes) => {
      const { executable } = compileProgram(writerOf(name, bytes), { target: id });
      expect(executable.items.some((item) => item.name === "packed tables")).toBe(true);
      const path = join(made, `${name.replaceAll(" ", "-")}.${id}`);
      writeFileSync(path, executable.bytes, { mode: 0o755 });
      const [command = path, ...args] = [...emulator, path];
      const { status, stdout } = spawnSync(command, args);
      expect(status).toBe(0);
      expect(Buffer.compare(stdout, bytes)).toBe(0);
    });
  });
}

const files: Files = {
  "/index.html": "<!doctype html><title>Start</title>",
  "/404.html": "<!doctype html><title>Not here</title>",
  "/new/index.html": "<!doctype html><title>New</title>",
  "/style.css": "p { color: red }\n".repeat(50),
  "/_redirects":
    "/old/* /new/:splat 301\n/posts/:year/:slug /archive/:slug?year=:year 302\n/app/* /index.html 200\n",
  "/_headers":
    "/*\n  X-Frame-Options: DENY\n  Permissions-Policy: camera=(), geolocation=(), microphone=()\n",
};
const options: ServerOptions = {
  ...defaultServerOptions,
  health: "/healthz",
  metrics: "/metrics",
  environment: ["STAGE", "API_URL"],
};
const lastModified = new Date("2026-01-01T00:00:00Z");

function sum(executable: Executable): number {
  let end = 0;
  for (const { offset, size } of executable.items) {
    expect(offset).toBe(end);
    end += size;
  }
  return end;
}

describe("a server with packed tables", () => {
  test.each(targets.map((target) => [target.id, target] as const))("%s: is smaller", (_, target) => {
    const plain = compileServer(files, options, target).executable;
    const packed = compileServer(files, options, target, { packsTables: true }).executable;
    expect(packed.file.size).toBeLessThan(plain.file.size - 100);
    expect(sum(packed)).toBe(packed.file.size);
    expect(packed.items.filter(({ name }) => name === "packed tables").length).toBe(1);
    expect(packed.items.some(({ name }) => name === "routes")).toBe(false);
    const map = renderSizeMap(packed);
    expect(map).toMatch(/^ *\d+ {4}packed tables$/m);
    expect(map).toMatch(/^\d+ {2}in packed tables$/m);
    expect(map).toMatch(/^ *\d+ {4}routes$/m);
    // They have addresses all the same, in memory that is never executed.
    const place = packed.addresses.get("routes") ?? 0;
    const segment = packed.segments.find(
      ({ address, memorySize }) => place >= address && place < address + memorySize,
    );
    expect(segment?.access).toBe("rw-");
  });

  test("is the same when it is built again", () => {
    const [one, other] = [0, 1].map(() =>
      wholeFile(compileServer(files, options, amd64, { packsTables: true }).executable),
    );
    expect(Buffer.compare(one ?? new Uint8Array(0), other ?? new Uint8Array(1))).toBe(0);
  });

  test("a site of one page has none", () => {
    const page = { "/index.html": "<!doctype html><title>One page</title>\n" };
    const { executable } = compileServer(page, defaultServerOptions, amd64, { packsTables: true });
    expect(executable.items.some(({ name }) => name === "packed tables")).toBe(false);
    expect(executable.items.some(({ name }) => name === "routes")).toBe(true);
  });
});

const requests: readonly string[] = [
  ...["/", "/new/", "/new", "/style.css", "/nothing", "/old/a/b?c=d", "/posts/2020/x", "/app/anything"],
  ...["/healthz", "/config.json", "/config.js", "/metrics"],
].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
const others: readonly string[] = [
  "HEAD /style.css HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  "GET /style.css HTTP/1.1\r\nHost: a\r\nRange: bytes=0-9,20-29,-5\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\nIf-Modified-Since: Fri, 01 Jan 2027 00:00:00 GMT\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
  "PATCH / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
  "POST / HTTP/1.0\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
  "BREW / HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
  "GET / HTTP/1.1\r\n\r\n",
];

for (const { id } of targets) {
  needs(...emulatorOf(id).slice(0, 1))(`${id} answers as with plain tables`, () => {
    test("in every byte", async () => {
      const start = { options, lastModified, implementation: id, env: { STAGE: "test" } };
      const answers: string[][] = [];
      for (const packsTables of [false, true]) {
        const server = await startServer(files, { ...start, packsTables });
        try {
          const given: string[] = [];
          for (const request of [...requests, ...others]) {
            const answer = await exchange(server, [request]);
            given.push(answer.toString("latin1").replaceAll(/^Date: .* GMT\r$/gm, "Date: then"));
          }
          answers.push(given);
        } finally {
          await server.stop();
        }
      }
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[0]?.[0]).toContain("HTTP/1.1 200 OK\r\n");
    });
  });
}
