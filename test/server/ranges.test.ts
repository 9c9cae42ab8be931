/**
 * Ranges (RFC 9110, section 14) against each implementation of the server; and against a control whose ranges end a byte too late.
 */

import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Address } from "../support/http.ts";
import { needs } from "../support/require-tool.ts";
import {
  type Implementation,
  implementations,
  type Server,
  startServer,
  toolsOf,
} from "../support/server.ts";
import {
  askRange,
  checkRanges,
  content,
  modelAnswer,
  type RangeRow,
  rangeFiles,
  rangeRows,
} from "./range-rows.ts";

for (const implementation of implementations) {
  needs(...toolsOf(implementation))(`ranges (${implementation})`, () => check(implementation));
}

function check(implementation: Implementation): void {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(rangeFiles, { implementation });
  });
  afterAll(() => server.stop());

  it.each(Object.entries(rangeRows))("are answered rightly: %s", async (_, rows) => {
    expect(await checkRanges(server, rows)).toEqual([]);
  });

  it("are answered as the model says, whatever they are", async () => {
    expect(await checkRanges(server, randomRows(300))).toEqual([]);
  });

  it("of empty content cannot be satisfied", async () => {
    for (const value of ["bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0"]) {
      const { status, fields } = await askRange(server, value, { path: "/empty.bin" });
      expect([value, status, fields.get("content-range")]).toEqual([value, 416, "bytes */0"]);
    }
  });

  it("are for GET, and for what is there", async () => {
    const head = await askRange(server, "bytes=0-1", { method: "HEAD" });
    expect([head.status, head.fields.get("content-length")]).toEqual([200, String(content.length)]);
    expect((await askRange(server, "bytes=0-1", { path: "/absent" })).status).toBe(404);
  });

  it("depend on If-Range and come behind the other conditions", async () => {
    const tag = (await askRange(server, "bytes=0-0")).fields.get("etag") ?? "";
    const answers = async (...fields: readonly string[]): Promise<number> =>
      (await askRange(server, "bytes=0-0", { fields })).status;
    expect(tag).toMatch(/^"[^"]+"$/);
    expect(await answers(`If-Range: ${tag}`)).toBe(206);
    expect(await answers(`If-Range: W/${tag}`)).toBe(200);
    expect(await answers('If-Range: "other"')).toBe(200);
    expect(await answers("If-Range: Fri, 15 Jan 2027 08:00:00 GMT")).toBe(200);
    expect(await answers(`If-None-Match: ${tag}`)).toBe(304);
    expect(await answers('If-Match: "other"')).toBe(412);
    expect(await answers(`If-Match: ${tag}`)).toBe(206);
  });

  it("never send more than the content and a little for each range", async () => {
    const rows = [...Object.values(rangeRows).flat(), ...randomRows(100)];
    for (const { value } of rows) {
      const { body } = await askRange(server, value);
      expect(body.length).toBeLessThan(content.length + 17 * 200);
    }
  });
}

/** Lists of ranges around the ends of the content; mostly right ones. */
function randomRows(count: number): readonly RangeRow[] {
  let state = 20_263;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const number = (): string =>
    random(5) === 0 ? "" : String(random(4) === 0 ? 95 + random(10) : random(110));
  const member = (): string => (random(30) === 0 ? "x" : `${number()}-${number()}`);
  return Array.from({ length: count }, () => {
    const members = Array.from({ length: 1 + random(random(6) + 1) }, member);
    const value = `bytes=${members.join(random(2) === 0 ? "," : " , ")}`;
    return { value, expected: modelAnswer(value) };
  });
}

it("the model says what the table says", () => {
  for (const { value, expected } of Object.values(rangeRows).flat())
    expect([value, modelAnswer(value)]).toEqual([value, expected]);
});

describe("a control whose ranges end a byte too late", () => {
  const control = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (data) => {
      const value = /\r\nRange: ([^\r]*)\r\n/.exec(data.toString("latin1"))?.[1] ?? "";
      socket.write(lateAnswer(value));
    });
  });
  let address: Address = { port: 0 };
  beforeAll(async () => {
    await new Promise<void>((done) => control.listen(0, "127.0.0.1", () => done()));
    address = { port: (control.address() as AddressInfo).port };
  });
  afterAll(() => new Promise<void>((done) => control.close(() => done())));

  it.each(["one range", "several ranges", "suffixes", "open ranges"])("fails the table: %s", async (name) => {
    expect(await checkRanges(address, rangeRows[name] ?? [])).not.toEqual([]);
  });

  it("passes where no range ends, so that it fails for its mistake only", async () => {
    expect(await checkRanges(address, rangeRows["no ranges"] ?? [])).toEqual([]);
    expect(await checkRanges(address, rangeRows["beyond the end"] ?? [])).toEqual([]);
  });
});

/** What the model says, but the last byte is the size less nothing, as in servers that have failed so. */
function lateAnswer(value: string): Buffer {
  const answer = modelAnswer(value);
  const respond = (status: string, fields: string, body: Uint8Array): Buffer =>
    Buffer.concat([
      Buffer.from(`HTTP/1.1 ${status}\r\n${fields}Content-Length: ${body.length}\r\n\r\n`),
      body,
    ]);
  if (answer === "whole") return respond("200 OK", "", content);
  if (answer === "unsatisfiable")
    return respond(
      "416 Range Not Satisfiable",
      `Content-Range: bytes */${content.length}\r\n`,
      Buffer.alloc(0),
    );
  const [[first, last] = [0, 0]] = answer;
  const late = content.subarray(first, last + 2);
  return respond(
    "206 Partial Content",
    `Content-Range: bytes ${first}-${last + 1}/${content.length}\r\n`,
    late,
  );
}
