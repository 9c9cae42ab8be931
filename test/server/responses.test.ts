/**
 * What responses carry: fields, bodies, validators, redirects; the same for HEAD, in pipelines and over and over.
 */

import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { onEveryServer } from "../support/every-server.ts";
import {
  type Address,
  collect,
  exchange,
  open,
  parseResponses,
  type Response,
  responses,
  sleep,
} from "../support/http.ts";
import { files } from "./rows.ts";

const large = Buffer.alloc(9_000_001, 0);
for (let i = 0; i < large.length; i++) large[i] = (i * 2654435761) >>> 24;
const site = { ...files, "/large.bin": large, "/copy.txt": "probe", "/style.css": "a{}", "/LICENSE": "free" };

const request = (target: string, fields = "", method = "GET"): string =>
  `${method} ${target} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;

onEveryServer("responses", site, check, { options: { stallSeconds: 200 } });

function check(server: Address): void {
  const ask = async (target: string, fields = "", method = "GET"): Promise<Response> => {
    const [response] = await responses(server, request(target, fields, method), [method]);
    if (response === undefined) throw new Error("no response");
    return response;
  };

  it("carry the file, its type, its length, its tag and the date", async () => {
    const { status, reason, fields, body } = await ask("/");
    expect([status, reason, body.toString()]).toEqual([200, "OK", files["/index.html"]]);
    expect([...fields.keys()]).toEqual([
      "content-length",
      "accept-ranges",
      "cache-control",
      "content-type",
      "date",
      "etag",
    ]);
    expect(fields.get("content-type")).toBe("text/html;charset=utf-8");
    const digest = createHash("sha256")
      .update(files["/index.html"] ?? "")
      .digest("base64url");
    expect(fields.get("etag")).toBe(`"${digest.slice(0, 8)}"`);
    const date = Date.parse(fields.get("date") ?? "");
    expect(fields.get("date")).toBe(new Date(date).toUTCString());
    expect(Math.abs(date - Date.now())).toBeLessThan(2500);
  });

  it.each([
    ["/style.css", "text/css;charset=utf-8"],
    ["/large.bin", "application/octet-stream"],
    ["/LICENSE", "text/plain;charset=utf-8"],
    ["/dir/", "text/html;charset=utf-8"],
  ])("say the type of %s", async (target, type) => {
    expect((await ask(target)).fields.get("content-type")).toBe(type);
  });

  it.each(["/", "/dir/", "/empty.txt", "/nothing", "/dir?x=y", "/large.bin"])(
    "to HEAD %s are those to GET without the body",
    async (target) => {
      const get = await ask(target);
      const head = await ask(target, "", "HEAD");
      expect(head.status).toBe(get.status);
      const without = ({ fields }: Response): unknown => [...fields].filter(([name]) => name !== "date");
      expect(without(head)).toEqual(without(get));
      expect(head.body.length).toBe(0);
    },
  );

  it("say 404 with the site's page", async () => {
    const { status, fields, body } = await ask("/nothing");
    expect([status, body.toString(), fields.get("etag")]).toEqual([404, files["/404.html"], undefined]);
  });

  it.each([
    ["/dir", "/dir/"],
    ["/dir?", "/dir/?"],
    ["/dir?a=b&c=%0d%0a", "/dir/?a=b&c=%0d%0a"],
    ["/dir?//evil.example", "/dir/?//evil.example"],
    ["http://evil.example/dir?q", "/dir/?q"],
    [`/dir?${"x".repeat(7000)}`, `/dir/?${"x".repeat(7000)}`],
  ])("redirect %.40s", async (target, location) => {
    const { status, fields, body } = await ask(target);
    expect([status, fields.get("location"), body.length]).toEqual([301, location, 0]);
  });

  it("say what is allowed", async () => {
    expect((await ask("/", "", "POST")).fields.get("allow")).toBe("GET, HEAD, OPTIONS");
  });

  it("are 304 exactly when If-None-Match names the tag", async () => {
    const tag = (await ask("/")).fields.get("etag") ?? "";
    const other = (await ask("/style.css")).fields.get("etag") ?? "";
    const same = ["*", tag, `W/${tag}`, `"x", ${tag}`, `${tag}, "x"`, `"x",W/${tag}`, ` \t${tag} `];
    const different = [
      "",
      other,
      `W/${other}`,
      tag.slice(1),
      tag.slice(0, -1),
      tag.replaceAll('"', ""),
      '"x"',
      "x*",
      '"*"',
    ];
    for (const list of same) {
      const { status, fields, body } = await ask("/", `If-None-Match: ${list}\r\n`);
      expect([
        list,
        status,
        fields.get("etag"),
        fields.has("date"),
        fields.has("content-length"),
        body.length,
      ]).toEqual([list, 304, tag, true, false, 0]);
      expect((await ask("/", `If-None-Match: ${list}\r\n`, "HEAD")).status).toBe(304);
    }
    for (const list of different)
      expect([list, (await ask("/", `If-None-Match: ${list}\r\n`)).status]).toEqual([list, 200]);
    expect((await ask("/nothing", "If-None-Match: *\r\n")).status).toBe(404);
    expect((await ask("/dir", "If-None-Match: *\r\n")).status).toBe(301);
    expect((await ask("/", "If-None-Match: *\r\n", "POST")).status).toBe(405);
  });

  it("say whether the connection goes on, when they have to", async () => {
    const connection = async (line: string, field: string): Promise<string | undefined> =>
      (await responses(server, `GET / ${line}\r\nHost: a\r\n${field}\r\n`))[0]?.fields.get("connection");
    expect(await connection("HTTP/1.1", "")).toBeUndefined();
    expect(await connection("HTTP/1.1", "Connection: close\r\n")).toBe("close");
    expect(await connection("HTTP/1.0", "")).toBe("close");
    expect(await connection("HTTP/1.0", "Connection: keep-alive\r\n")).toBe("keep-alive");
    expect(await connection("HTTP/1.1", "Bad field\r\n")).toBe("close");
  });

  it("to Expect: 100-continue are final, and the body is not taken for a request", async () => {
    const head = request("/", "Content-Length: 5\r\nExpect: 100-continue\r\n", "POST");
    expect(statusesOf(await exchange(server, [head], { half: false }))).toEqual([405]);
    for (const pause of [0, 50]) {
      const parts = [head, `hello${request("/")}`];
      expect(statusesOf(await exchange(server, parts, { pause }))).toEqual([405]);
    }
    const chunked = request("/", "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n", "POST");
    expect(statusesOf(await exchange(server, [chunked], { half: false }))).toEqual([405]);
  });

  it("come in order from a pipeline of a hundred, however it is cut", async () => {
    const kinds: readonly (readonly [string, string, number])[] = [
      [request("/"), "GET", 200],
      [request("/nothing"), "GET", 404],
      [request("/dir?q"), "GET", 301],
      [request("/", "", "HEAD"), "HEAD", 200],
      [request("/", "If-None-Match: *\r\n"), "GET", 304],
      [`${request("/", "Content-Length: 5\r\n", "POST")}hello`, "POST", 405],
      [`${request("/", "Transfer-Encoding: chunked\r\n", "PUT")}3\r\nabc\r\n0\r\n\r\n`, "PUT", 405],
      [request("/", "", "BREW"), "BREW", 501],
    ];
    const order = Array.from({ length: 100 }, (_, index) => kinds[(index * 5) % kinds.length] ?? kinds[0]);
    const text = order.map((kind) => kind?.[0]).join("");
    const methods = order.map((kind) => kind?.[1] ?? "");
    const expected = order.map((kind) => kind?.[2]);
    for (const size of [1_000_000, 8191, 1000, 333, 77]) {
      const parts = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
      expect(statusesOf(await exchange(server, parts), methods)).toEqual(expected);
    }
  });

  it("stop behind a request that closes", async () => {
    const text = request("/") + request("/", "Connection: close\r\n") + request("/");
    expect(statusesOf(await exchange(server, [text]))).toEqual([200, 200]);
  });

  it("are whole when the peer reads slowly, also those behind", async () => {
    const socket = await open(server.port);
    const received = collect(socket);
    socket.pause();
    const after = Array.from({ length: 40 }, (_, index) => (index % 2 ? "/dir?q" : "/probe.txt"));
    socket.end(
      request("/large.bin") + after.map((target) => request(target)).join("") + request("/large.bin"),
    );
    for (let pauses = 0; pauses < 20; pauses++) {
      await sleep(10);
      socket.resume();
      await sleep(1);
      socket.pause();
    }
    socket.resume();
    const found = parseResponses(await received);
    expect(found.map(({ status }) => status)).toEqual([
      200,
      ...after.map((_, index) => (index % 2 ? 301 : 200)),
      200,
    ]);
    expect(found[0]?.body.equals(large) && found.at(-1)?.body.equals(large)).toBe(true);
    expect(found[2]?.fields.get("location")).toBe("/dir/?q");
  });

  it("are whole for many slow readers whose pipelines are mixed", async () => {
    const reader = async (seed: number): Promise<void> => {
      const socket = await open(server.port);
      const received = collect(socket);
      socket.pause();
      const query = "y".repeat(seed * 40);
      const targets = Array.from(
        { length: 12 },
        (_, index) => ["/large.bin", `/dir?${query}`, "/"][(index + seed) % 3] ?? "/",
      );
      for (const target of targets) socket.write(request(target));
      socket.end();
      await sleep(30 + seed);
      socket.resume();
      const found = parseResponses(await received);
      expect(found.length).toBe(targets.length);
      for (const [index, target] of targets.entries()) {
        if (target === "/large.bin") expect(found[index]?.body.equals(large)).toBe(true);
        else if (target !== "/") expect(found[index]?.fields.get("location")).toBe(`/dir/?${query}`);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, seed) => reader(seed)));
  });
}

function statusesOf(bytes: Buffer, methods: readonly string[] = []): readonly number[] {
  return parseResponses(bytes, methods).map(({ status }) => status);
}
