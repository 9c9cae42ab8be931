/**
 * Every form of answer to clients that take it a few bytes at a time, at every place, and send each row of the tables in pieces: the server as C with the kernel of
 * test/fuzz/kernel.c, under the sanitizers. What the client takes then has to be, byte for byte, what one gets that takes all at
 * once. Sockets would show a few of these places: kernels take thousands of bytes or nothing.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mostAtOnce } from "../../src/site/bundle.ts";
import { defaultServerOptions } from "../../src/site/server-options.ts";
import { temporaryFolder } from "../support/microlith.ts";
import { needs } from "../support/require-tool.ts";
import { compileServer } from "../support/server.ts";
import { buildSimulated, runCases, sanitizers } from "../support/simulated.ts";
import { formFiles, forms, mix } from "./forms.ts";
import { probe, tables } from "./rows.ts";

/** A case's first byte is what its client's moods follow from. */
const moods = 36;
const fewMoods = 6;

needs("gcc")("reluctant clients", () => {
  const folder = temporaryFolder();
  const { ir } = compileServer(formFiles, { ...defaultServerOptions, maxConnections: 100 });

  /** What is sent on one connection: each form with others behind it, and pipelines. */
  const texts = [
    ...forms.map((form) => form.text + form.text),
    ...[7, 20, 60, 250].map((count) =>
      mix(count)
        .map((form) => form.text)
        .join(""),
    ),
  ];
  const rows = Object.values(tables).flatMap((table) => table.map(({ input }) => input + probe));
  const casesOf = (name: string, all: readonly string[], count: number): readonly string[] =>
    all.flatMap((text, index) =>
      Array.from({ length: count }, (_, mood) => {
        const path = join(folder, `${name}-${index}-${mood}`);
        writeFileSync(path, Buffer.from(String.fromCharCode(1 + mood * 7) + text, "latin1"));
        return path;
      }),
    );
  const cases = [...casesOf("form", texts, moods), ...casesOf("row", rows, fewMoods)];
  test("get the same answers as others", () => {
    expect(runCases(buildSimulated(folder, "watched", ir, sanitizers), cases)).toBe("0");
  });

  test("are waited for, and not asked again and again, where content goes out in turns", () => {
    const { ir: long } = compileServer(
      { "/long.bin": Buffer.alloc(mostAtOnce + 1, "long"), "/probe.txt": "probe" },
      { ...defaultServerOptions, maxConnections: 100 },
    );
    // More than the server reads before it has answered.
    const text = `GET /long.bin HTTP/1.1\r\nHost: a\r\n\r\n${probe.repeat(300)}`;
    const program = buildSimulated(folder, "long", long, sanitizers);
    expect(runCases(program, casesOf("long", [text], moods))).toBe("0");
  });

  test("are missed when the kernel changes a byte", () => {
    expect(runCases(buildSimulated(folder, "wrong", ir, ["-DFAULT=1"]), cases)).toContain(
      "another answer when it comes in pieces",
    );
  });
});
