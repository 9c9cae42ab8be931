/**
 * Ranges (RFC 9110, section 14) against each implementation of the server; and against a control whose ranges end a byte too late.
 */

import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onEveryServer } from "../support/every-server.ts";
import { type Address, pipeline, type Response } from "../support/http.ts";
import { parseByteRanges } from "../support/multipart.ts";
import { type Server, startServer } from "../support/server.ts";
import { ask, type SiteServer, startSite } from "../support/site-server.ts";
import { checkRanges } from "./check-ranges.ts";
import {
  contentOf,
  modelAnswer,
  pathOf,
  randomRows,
  rangeFiles,
  rangeRows,
  usualSize,
} from "./range-rows.ts";

onEveryServer("ranges", { ...rangeFiles, "/404.html": "none", "/folder/index.html": "folder" }, check);

function check(server: Address): void {
  it.each(Object.entries(rangeRows))("are answered rightly: %s", async (_, rows) => {
    expect(await checkRanges(server, rows)).toEqual([]);
  });

  it("are answered as the model says, whatever they are", async () => {
    expect(await checkRanges(server, randomRows(1000))).toEqual([]);
  });

  it("are for GET", async () => {
    const size = String(usualSize);
    for (const value of ["0-1", "0-1,3-4", "1000-", "x"]) {
      const { status, fields } = await ask(server, pathOf(usualSize), [`Range: bytes=${value}`], "HEAD");
      expect([status, fields.get("content-length"), fields.has("content-range")]).toEqual([200, size, false]);
      expect((await ask(server, pathOf(usualSize), [`Range: bytes=${value}`], "POST")).status).toBe(405);
      expect((await ask(server, pathOf(usualSize), [`Range: bytes=${value}`], "OPTIONS")).status).toBe(200);
      expect((await ask(server, pathOf(usualSize), [`Range: bytes=${value}`], "BREW")).status).toBe(501);
    }
  });

  it.each(["0-1", "0-0,2-2", "1000-"])("%s are for what is there", async (value) => {
    const answer = async (target: string, ...fields: readonly string[]): Promise<readonly unknown[]> => {
      const response = await ask(server, target, [`Range: bytes=${value}`, ...fields]);
      return [response.status, response.fields.has("content-range"), response.body.toString()];
    };
    expect(await answer("/absent")).toEqual([404, false, "none"]);
    expect(await answer("/folder")).toEqual([301, false, ""]);
    expect(await answer("/", "If-None-Match: *")).toEqual([304, false, ""]);
    expect(await answer("/", 'If-Match: "x"')).toEqual([412, false, ""]);
  });

  it("of HTTP/1.0 are answered too", async () => {
    const text = `GET ${pathOf(5)} HTTP/1.0\r\nRange: bytes=1-2\r\n\r\n`;
    const [response] = await pipeline(server, [{ text }]);
    expect([response?.status, response?.body]).toEqual([206, contentOf(5).subarray(1, 3)]);
  });

  it("of several fields the last counts", async () => {
    const { body } = await ask(server, pathOf(5), ["Range: bytes=0-0", "Range: bytes=1-2"]);
    expect(body).toEqual(contentOf(5).subarray(1, 3));
  });

  it("never send more than the content and a little for each range", async () => {
    const rows = [...Object.values(rangeRows).flat(), ...randomRows(100)];
    const requests = rows.map(({ value }) => ({
      text: `GET ${pathOf(usualSize)} HTTP/1.1\r\nHost: a\r\nRange: ${value}\r\n\r\n`,
    }));
    for (const { body } of await pipeline(server, requests))
      expect(body.length).toBeLessThan(usualSize + 17 * 200);
  });
}

describe("ranges of coded content", () => {
  const text = Array.from({ length: 300 }, (_, line) => `${line}: ${(line * line) % 97} stones\n`).join("");
  const rules = "/*\n  X-Rule: yes\n  Content-Language: en\n";
  const files = { "/index.html": text, "/app-BxYz12_3.js": text, "/app.css": text, "/_headers": rules };
  let server: SiteServer;
  beforeAll(async () => {
    server = await startSite(files, {
      codings: "br,gzip,zstd,identity",
      cors: true,
      securityHeaders: "strict",
    });
  });
  afterAll(() => server.stop());
  const codings = ["br", "gzip", "zstd", "identity"];
  const paths = ["/", "/app-BxYz12_3.js", "/app.css"];

  it.each(codings)("are of what is sent: %s", async (coding) => {
    const whole = await ask(server, "/", [`Accept-Encoding: ${coding}`]);
    const size = whole.body.length;
    const part = await ask(server, "/", [`Accept-Encoding: ${coding}`, "Range: bytes=10-19"]);
    expect([part.status, part.fields.get("content-range"), part.body]).toEqual([
      206,
      `bytes 10-19/${size}`,
      whole.body.subarray(10, 20),
    ]);
    const parts = await ask(server, "/", [`Accept-Encoding: ${coding}`, "Range: bytes=10-19,-5"]);
    expect(parseByteRanges(parts.fields.get("content-type") ?? "", parts.body)).toEqual([
      {
        first: 10,
        last: 19,
        size,
        mediaType: "text/html;charset=utf-8",
        content: whole.body.subarray(10, 20),
      },
      {
        first: size - 5,
        last: size - 1,
        size,
        mediaType: "text/html;charset=utf-8",
        content: whole.body.subarray(-5),
      },
    ]);
    const beyond = await ask(server, "/", [`Accept-Encoding: ${coding}`, `Range: bytes=${size}-`]);
    expect([beyond.status, beyond.fields.get("content-range")]).toEqual([416, `bytes */${size}`]);
  });

  // RFC 9110, section 15.3.7
  it.each(codings)("have the fields of the whole: %s", async (coding) => {
    for (const path of paths) {
      const whole = await ask(server, path, [`Accept-Encoding: ${coding}`]);
      const one = await ask(server, path, [`Accept-Encoding: ${coding}`, "Range: bytes=0-1"]);
      expect([path, fieldsOf(one)]).toEqual([path, fieldsOf(whole)]);
      const several = await ask(server, path, [`Accept-Encoding: ${coding}`, "Range: bytes=0-1,3-4"]);
      const withoutType = fieldsOf(whole).filter(([name]) => name !== "content-type");
      expect([path, fieldsOf(several).filter(([name]) => name !== "content-type")]).toEqual([
        path,
        withoutType,
      ]);
    }
  });

  it("that cannot be satisfied are not kept by caches instead of the whole", async () => {
    for (const path of paths) {
      for (const fields of [["Range: bytes=100000-"], ['If-Match: "x"']]) {
        const { status, fields: sent } = await ask(server, path, fields);
        expect([path, status, sent.has("cache-control"), sent.has("expires")]).toEqual([
          path,
          fields[0]?.startsWith("Range") ? 416 : 412,
          false,
          false,
        ]);
        expect(sent.get("accept-ranges")).toBe("bytes");
      }
    }
  });
});

describe("ranges in a site of small pages", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ "/index.html": "0123456789" });
  });
  afterAll(() => server.stop());

  it.each([
    ["0-1", 206, "01"],
    ["-1", 206, "9"],
    ["8-,100-", 206, "89"],
    ["0-0,2-2", 200, "0123456789"],
    ["0-0,-1", 200, "0123456789"],
    ["10-", 416, ""],
    ["5-4", 200, "0123456789"],
  ])("%s: %d, never in parts", async (value, expected, content) => {
    const { status, fields, body } = await ask(server, "/", [`Range: bytes=${value}`]);
    expect([status, body.toString()]).toEqual([expected, content]);
    expect(fields.get("content-type") ?? "").not.toContain("multipart");
  });
});

/** Those that say something of the representation. */
function fieldsOf({ fields }: Response): readonly (readonly [string, string])[] {
  const others = new Set(["content-length", "content-range", "accept-ranges", "date"]);
  return [...fields].filter(([name]) => !others.has(name));
}

it("the model says what the table says", () => {
  for (const { value, size, expected } of Object.values(rangeRows).flat())
    expect([value, size, modelAnswer(value, size)]).toEqual([value, size, expected]);
});

describe("a control whose ranges end a byte too late", () => {
  const control = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (data) => {
      for (const head of data.toString("latin1").split("\r\n\r\n").slice(0, -1)) {
        const [, size = "", value = ""] = /^GET \/(\d+)\.bin .*\r\nRange: ([^\r]*)$/s.exec(head) ?? [];
        socket.write(lateAnswer(value, Number(size)));
      }
    });
  });
  let address: Address = { port: 0 };
  beforeAll(async () => {
    await new Promise<void>((done) => control.listen(0, "127.0.0.1", () => done()));
    address = { port: (control.address() as AddressInfo).port };
  });
  afterAll(() => new Promise<void>((done) => control.close(() => done())));

  const ending = ["one range", "several ranges", "suffixes", "open ranges", "whitespace and empty members"];
  it.each([...ending, "every first and last of small content"])("fails the table: %s", async (name) => {
    expect(await checkRanges(address, rangeRows[name] ?? [])).not.toEqual([]);
  });

  it("passes where no range ends, so that it fails for its mistake only", async () => {
    expect(await checkRanges(address, rangeRows["no ranges"] ?? [])).toEqual([]);
    expect(await checkRanges(address, rangeRows["beyond the end"] ?? [])).toEqual([]);
  });
});

/** What the model says, but the last byte is the size less nothing, as in servers that have failed so. */
function lateAnswer(value: string, size: number): Buffer {
  const answer = modelAnswer(value, size);
  const content = contentOf(size);
  const respond = (status: string, fields: string, body: Uint8Array): Buffer =>
    Buffer.concat([
      Buffer.from(`HTTP/1.1 ${status}\r\n${fields}Content-Length: ${body.length}\r\n\r\n`),
      body,
    ]);
  if (answer === "whole") return respond("200 OK", "", content);
  if (answer === "unsatisfiable")
    return respond("416 Range Not Satisfiable", `Content-Range: bytes */${size}\r\n`, Buffer.alloc(0));
  const [[first, last] = [0, 0]] = answer;
  const late = content.subarray(first, last + 2);
  return respond("206 Partial Content", `Content-Range: bytes ${first}-${last + 1}/${size}\r\n`, late);
}
