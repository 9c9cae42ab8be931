/**
 * Responses that together are more than 4 GiB, asked for at once: no count of bytes goes round, and each is where it has to be.
 */

import { afterAll, beforeAll, expect, test } from "vitest";
import { open } from "../support/http.ts";
import { needsThat } from "../support/require-tool.ts";
import { isEmulated } from "../support/server.ts";
import { type SiteServer, startSite } from "../support/site-server.ts";

const mebibyte = 1 << 20;
const size = 150 * mebibyte;
const count = 32;
/** No two mebibytes are alike. */
const content = Buffer.alloc(size);
for (let at = 0; at < size; at += 4096) content.writeUInt32LE(at, at);

needsThat(!isEmulated, "emulated")("a pipeline of more than 4 GiB", () => {
  let server: SiteServer;
  beforeAll(async () => {
    server = await startSite({ "/large.bin": content });
  });
  afterAll(() => server.stop());

  test("arrives whole", async () => {
    const request = "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n";
    const socket = await open(server.port);
    socket.write(request.repeat(count));
    let wrong = 0;
    let responses = 0;
    /** Of the response: how much of its head is still missing, and where its content stands. */
    let head = "";
    let at = size;
    await new Promise<void>((resolve) => {
      socket.on("data", (chunk: Buffer) => {
        for (let from = 0; from < chunk.length; ) {
          if (at === size) {
            const end = (head + chunk.toString("latin1", from, from + 1000)).indexOf("\r\n\r\n");
            const taken = end < 0 ? Math.min(1000, chunk.length - from) : end + 4 - head.length;
            head += chunk.toString("latin1", from, from + taken);
            from += taken;
            if (end < 0) continue;
            if (!head.startsWith("HTTP/1.1 200 ") || !head.includes(`\r\nContent-Length: ${size}\r\n`))
              wrong++;
            head = "";
            at = 0;
          }
          const bytes = Math.min(size - at, chunk.length - from);
          if (chunk.compare(content, at, at + bytes, from, from + bytes) !== 0) wrong++;
          at += bytes;
          from += bytes;
          if (at === size && bytes > 0) responses++;
        }
        if (responses === count || wrong > 0) resolve();
      });
      socket.on("close", () => resolve());
    });
    socket.destroy();
    expect([responses, wrong]).toEqual([count, 0]);
  });
});
