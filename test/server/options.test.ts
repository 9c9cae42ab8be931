/**
 * What may be asked: OPTIONS of a path and of the server, Allow in its answers and in those to other methods, and what browsers ask
 * before they let a page of another site send something.
 */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onEveryServer } from "../support/every-server.ts";
import type { Address } from "../support/http.ts";
import { ask, type SiteServer, startSite } from "../support/site-server.ts";
import { files } from "./rows.ts";

const allow = "GET, HEAD, OPTIONS";
const dated = expect.stringMatching(/ GMT$/);

onEveryServer("methods", files, check);

function check(server: Address): void {
  it.each(["/", "/empty.txt", "/nothing", "/dir", "*", "http://localhost", "/?x", "/a%20b.txt"])(
    "OPTIONS %s has an answer without content",
    async (target) => {
      const { status, fields, body } = await ask(server, target, [], "OPTIONS");
      expect([status, Object.fromEntries(fields), body.length]).toEqual([
        200,
        { allow, "content-length": "0", date: dated },
        0,
      ]);
    },
  );

  it.each(["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT"])(
    "%s is refused, and why is said",
    async (method) => {
      for (const target of ["/", "/nothing", "/dir"]) {
        const { status, fields, body } = await ask(server, target, ["X-Secret: yes"], method);
        expect([status, Object.fromEntries(fields), body.length]).toEqual([
          405,
          { allow, "content-length": "0", date: dated },
          0,
        ]);
      }
    },
  );

  it("what Allow names is allowed, and nothing else of what is known", async () => {
    for (const method of allow.split(", ")) expect((await ask(server, "/", [], method)).status).toBe(200);
  });

  it("an unknown method is not said to be known", async () => {
    const { status, fields } = await ask(server, "/", [], "BREW");
    expect([status, fields.has("allow")]).toEqual([501, false]);
  });
}

describe("with --cors", () => {
  let server: SiteServer;
  beforeAll(async () => {
    server = await startSite(
      { "/index.html": "home", "/data.bin": "data" },
      { cors: "https://other.example" },
    );
  });
  afterAll(() => server.stop());
  const origin = "https://other.example";

  it("a browser learns that it may ask with any field, and for how long it may believe that", async () => {
    const lines = [
      `Origin: ${origin}`,
      "Access-Control-Request-Method: GET",
      "Access-Control-Request-Headers: range",
    ];
    const { status, fields } = await ask(server, "/", lines, "OPTIONS");
    expect([status, Object.fromEntries(fields)]).toEqual([
      200,
      {
        allow,
        "content-length": "0",
        date: dated,
        "access-control-allow-origin": origin,
        "access-control-expose-headers": "*",
        "access-control-allow-headers": "*",
        "access-control-max-age": "86400",
      },
    ]);
  });

  it.each([
    ["a range", ["Range: bytes=0-1"], 206],
    ["several ranges", ["Range: bytes=0-0,2-2"], 206],
    ["a range beyond the end", ["Range: bytes=100-"], 416],
    ["a condition that holds", ["If-None-Match: *"], 304],
    ["a condition that fails", ['If-Match: "x"'], 412],
  ] as const)("its page may read the answer to %s", async (_, lines, expected) => {
    const { status, fields } = await ask(server, "/data.bin", lines);
    expect([status, fields.get("access-control-allow-origin")]).toEqual([expected, origin]);
    expect(fields.get("access-control-expose-headers")).toBe("*");
  });
});
