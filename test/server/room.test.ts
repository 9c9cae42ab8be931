/**
 * The room for text that is made for a batch of responses (runtime/server/slices.ts) is reckoned from what they can say: here they say the
 * most, under the sanitizers.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { SourceFile } from "../../src/lang/source.ts";
import { defaultServerOptions } from "../../src/site/server-options.ts";
import { temporaryFolder } from "../support/microlith.ts";
import { needs } from "../support/require-tool.ts";
import { compileServer, type Files } from "../support/server.ts";
import { buildSimulated, runCases, sanitizers } from "../support/simulated.ts";

const long = (letter: string, bytes: number): string => letter.repeat(bytes);
/** Several, so that fields in common are texts of their own, which responses repeat. */
const names = ["one", "two", "three", "four"];
const size = 1_000_000;

const files: Files = {
  "/index.html": "<!doctype html><title>room</title>",
  ...Object.fromEntries(names.map((name) => [`/${name}.bin`, Buffer.alloc(size, name)])),
  "/_headers": [
    "/*.bin",
    `  Content-Type: application/${long("t", 300)}`,
    `  Cache-Control: max-age=${long("9", 300)}`,
    "/*",
    `  X-Common: ${long("c", 300)}`,
  ].join("\n"),
  "/_redirects": "/old/* /one.bin?from=:splat 302\n",
};

const get = (target: string, ...fields: readonly string[]): string =>
  [`GET ${target} HTTP/1.1`, "Host: a", ...fields, "", ""].join("\r\n");
const last = size - 1;
const ranges = Array.from({ length: 16 }, (_, index) => `${last - index * 2}-${last - index * 2}`).join();

/** Each form many times in one read, and all of them in turn. */
const forms = [
  get("/one.bin").replace("GET", "HEAD"),
  get("/two.bin", `Range: bytes=${last - 1000}-${last}`),
  get("/three.bin", `Range: bytes=${ranges}`),
  get("/four.bin", `Range: bytes=${size}-`),
  get("/one.bin", "If-None-Match: *"),
  get("/two.bin", 'If-Match: "x"'),
  get("/none"),
  get(`/old/${long("s", 60)}?${long("q", 60)}`),
  "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
  "PUT / HTTP/1.1\r\nHost: a\r\n\r\n",
];
const batch = 40;
const texts = [
  ...forms.map((form) => form.repeat(batch)),
  ...forms.map((_, first) =>
    forms
      .map((_, index) => forms[(first + index * 3) % forms.length])
      .join("")
      .repeat(4),
  ),
];

needs("gcc")("the longest texts", () => {
  const folder = temporaryFolder();
  const cases = texts.map((text, index) => {
    const path = join(folder, `case-${index}`);
    writeFileSync(path, Buffer.from(`\0${text}`, "latin1"));
    return path;
  });
  const options = { ...defaultServerOptions, maxConnections: 100 };
  const run = (name: string, change: (source: SourceFile) => SourceFile): string => {
    const { ir } = compileServer(files, options, undefined, {
      lastModified: new Date(1_700_000_000_000),
      change,
    });
    return runCases(buildSimulated(folder, name, ir, sanitizers), cases);
  };

  test("fit the room that they have", () => {
    expect(run("enough", (source) => source)).toBe("0");
  });

  test("would not fit a quarter of it, and that is seen", () => {
    const room = /const textBytes = (.*);/;
    const less = (source: SourceFile): SourceFile => {
      return { ...source, text: source.text.replace(room, "const textBytes = ($1) / 4;") };
    };
    const finding = run("less", less);
    expect(finding).not.toBe("0");
    expect(finding).toContain("AddressSanitizer: global-buffer-overflow");
  });
});
