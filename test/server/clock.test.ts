/**
 * The Date field at times that come seldom. The server runs as C under the kernel of test/fuzz/kernel.c, where the time is what
 * we say. A time before 1970 cannot be set on Linux.
 */

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { printC } from "../../src/ir/print-c.ts";
import { temporaryFolder } from "../support/microlith.ts";
import { needs } from "../support/require-tool.ts";
import { compileServer } from "../support/server.ts";
import { repository } from "../support/sources.ts";

const times: readonly number[] = [
  0,
  59,
  86_399,
  86_400,
  68_169_599, // the end of the 28th of February 1972, a leap year
  68_169_600,
  94_694_400,
  951_782_400, // the 29th of February 2000
  978_307_199,
  1_800_000_000,
  2 ** 31 - 1,
  2 ** 31,
  4_107_542_399, // the end of the 28th of February 2100, which is no leap year
  4_107_542_400,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 32 + 86_400,
  13_574_563_200, // the 29th of February 2400
  253_402_300_799, // the end of the year 9999
];

needs("gcc")("the date", () => {
  const folder = temporaryFolder();
  const program = join(folder, "server");
  const request = join(folder, "request");
  beforeAll(() => {
    const source = join(folder, "server.c");
    writeFileSync(source, printC(compileServer({ "/index.html": "home" }).ir));
    writeFileSync(request, "\0GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const kernel = join(repository, "test", "fuzz", "kernel.c");
    const flags = ["-O1", "-w", "-DSIMULATED", "-fno-pic", "-no-pie"];
    execFileSync("gcc", [...flags, "-o", program, source, kernel]);
  });

  test.each(times.map((seconds) => [seconds, new Date(seconds * 1000).toUTCString()]))(
    "%i seconds after the start of 1970",
    (seconds, expected) => {
      const env = { SECONDS: String(seconds), PRINT: "1" };
      const text = execFileSync(program, [request], {
        encoding: "utf8",
        env,
        stdio: ["ignore", "pipe", "ignore"],
      });
      expect(/\r\nDate: ([^\r]+)/.exec(text)?.[1]).toBe(expected);
    },
  );
});
