/**
 * What site owners ask for, decided when the executable is made: names, rules, fields, content codings. Each site is built as the
 * command line builds it and asked over a socket.
 */

import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { decompress } from "fzstd";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collect, open, parseResponses, type Response, responses, sleep } from "../support/http.ts";
import type { Files } from "../support/server.ts";
import { ask, buildSite, mapSite, type SiteServer, startSite } from "../support/site-server.ts";

const longText = Array.from(
  { length: 400 },
  (_, line) => `line ${line}: ${(line * line) % 97} stones\n`,
).join("");
const page = `<!doctype html><title>page</title><pre>${longText}</pre>`;

function serving(files: Files, flags: Parameters<typeof startSite>[1] = {}): () => SiteServer {
  let server: SiteServer | undefined;
  beforeAll(async () => {
    server = await startSite(files, flags);
  });
  afterAll(() => server?.stop());
  return () => {
    if (server === undefined) throw new Error("the server is not up");
    return server;
  };
}

const statusAndLocation = ({ status, fields }: Response): string =>
  [status, fields.get("location")].filter((each) => each !== undefined).join(" ");

describe("content codings", () => {
  const server = serving(
    { "/index.html": page, "/404.html": `${page} not here`, "/tiny.txt": "tiny", "/image.png": longText },
    { codings: "br,gzip,zstd,identity" },
  );

  const rows: readonly (readonly [accepts: string | undefined, coding: string | undefined | 406])[] = [
    [undefined, undefined],
    ["", undefined],
    ["identity", undefined],
    ["br", "br"],
    ["BR", "br"],
    ["gzip", "gzip"],
    ["zstd", "zstd"],
    ["deflate", undefined],
    ["gzip, deflate, br, zstd", "br"],
    ["gzip,deflate", "gzip"],
    ["*", "br"],
    ["*;q=0.5, gzip", "gzip"],
    ["br;q=0, *", "zstd"],
    ["br;q=0.5, gzip;q=0.8, zstd;q=0.799", "gzip"],
    ["br;q=0.001", "br"],
    ["br;q=0.000", undefined],
    ["br ; q=1.000 , gzip\t;\tq=0.9", "br"],
    ["gzip;q=0.5, identity", undefined],
    ["identity;q=0.5, gzip;q=0.4", undefined],
    ["identity;q=0.5, gzip;q=0.5", "gzip"],
    ["identity;q=0, gzip", "gzip"],
    ["identity;q=0", 406],
    ["*;q=0", 406],
    ["*;q=0, identity", undefined],
    ["*;q=0, zstd;q=0.1", "zstd"],
    ["gzip;level=9", undefined],
    ["gzip;q=", undefined],
    [",,gzip", "gzip"],
    ["brotli, gz", undefined],
    ["x".repeat(300), undefined],
  ];

  test.each(rows)("Accept-Encoding: %s", async (accepts, coding) => {
    const response = await ask(server(), "/", accepts === undefined ? [] : [`Accept-Encoding: ${accepts}`]);
    expect(response.fields.get("vary")).toBe("Accept-Encoding");
    if (coding === 406) {
      expect([response.status, response.body.length]).toEqual([406, 0]);
      return;
    }
    expect([response.status, response.fields.get("content-encoding")]).toEqual([200, coding]);
    expect(decode(response).toString()).toBe(page);
  });

  test("of several fields the last counts", async () => {
    const response = await ask(server(), "/", ["Accept-Encoding: br", "Accept-Encoding: gzip"]);
    expect(response.fields.get("content-encoding")).toBe("gzip");
  });

  test("a request does not inherit what the one before it accepts", async () => {
    const socket = await open(server().port);
    const got = collect(socket);
    socket.end(
      "GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n" +
        "GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n",
    );
    const codings = parseResponses(await got).map(({ fields }) => fields.get("content-encoding"));
    expect(codings).toEqual(["br", undefined, "gzip"]);
  });

  test("HEAD has the fields of GET, in each coding", async () => {
    for (const coding of ["br", "gzip", "zstd", "identity"]) {
      const accept = [`Accept-Encoding: ${coding}`];
      const get = await ask(server(), "/", accept);
      const head = await ask(server(), "/", accept, "HEAD");
      const undated = ({ fields }: Response): readonly unknown[] =>
        [...fields].filter(([name]) => name !== "date");
      expect([head.status, head.body.length, undated(head)]).toEqual([200, 0, undated(get)]);
      expect(Number(get.fields.get("content-length"))).toBe(get.body.length);
    }
  });

  test("each has an entity-tag of its own, which only its own 304 answers", async () => {
    const tags = new Map<string, string>();
    for (const coding of ["br", "gzip", "zstd", "identity"]) {
      const { fields } = await ask(server(), "/", [`Accept-Encoding: ${coding}`]);
      tags.set(coding, fields.get("etag") ?? "");
    }
    expect(new Set(tags.values()).size).toBe(4);
    for (const [coding, tag] of tags) {
      const same = await ask(server(), "/", [`Accept-Encoding: ${coding}`, `If-None-Match: ${tag}`]);
      expect(same.status).toBe(304);
      expect([...same.fields.keys()]).toEqual(["accept-ranges", "cache-control", "vary", "date", "etag"]);
      expect(same.fields.get("etag")).toBe(tag);
      const other = coding === "br" ? "gzip" : "br";
      const changed = await ask(server(), "/", [`Accept-Encoding: ${other}`, `If-None-Match: ${tag}`]);
      expect(changed.status).toBe(200);
    }
  });

  test("the page for what is not found has them too", async () => {
    const response = await ask(server(), "/nowhere", ["Accept-Encoding: br"]);
    expect([response.status, response.fields.get("content-encoding")]).toEqual([404, "br"]);
    expect(decode(response).toString()).toBe(`${page} not here`);
  });

  test("what would save nothing has none, and does not vary", async () => {
    for (const path of ["/tiny.txt", "/image.png"]) {
      const { fields } = await ask(server(), path, ["Accept-Encoding: br"]);
      expect([fields.get("content-encoding"), fields.get("vary")]).toEqual([undefined, undefined]);
    }
  });
});

describe("content in one coding only", () => {
  const server = serving({ "/index.html": page, "/tiny.txt": "tiny" }, { codings: "gzip" });

  test.each([
    [[], 200, "gzip"],
    [["Accept-Encoding: br, gzip;q=0.1"], 200, "gzip"],
    [["Accept-Encoding: identity"], 406, undefined],
    [["Accept-Encoding: gzip;q=0"], 406, undefined],
    [["Accept-Encoding: "], 406, undefined],
  ] as const)("%j", async (fields, status, coding) => {
    const response = await ask(server(), "/", fields);
    expect([response.status, response.fields.get("content-encoding")]).toEqual([status, coding]);
  });

  test("takes less room than content as it is", async () => {
    const files = { "/index.html": page };
    const [coded, plain] = [
      await buildSite(files, { codings: "gzip" }),
      await buildSite(files, { codings: "identity" }),
    ];
    expect(coded.length).toBeLessThan(plain.length);
  });
});

function decode({ fields, body }: Response): Buffer {
  switch (fields.get("content-encoding")) {
    case "br":
      return brotliDecompressSync(body);
    case "gzip":
      return gunzipSync(body);
    case "zstd":
      return Buffer.from(decompress(body));
    default:
      return body;
  }
}

describe("redirects and rewrites", () => {
  const rules = [
    "/home / 302",
    "/old/* /new/:splat 301",
    "/blog/:year/:month/:slug /archive/:slug-:month-:year/ 308",
    "/q/* /target?fixed=1",
    "/frag /page#part 307",
    "/out/* https://example.org/in/:splat 302",
    "/root/* /:splat",
    "/see-other /page 303",
    "/app/* /app/index.html 200",
    "/v1/* /files/:splat 200",
    "/gone 410",
    "/left/* /bye.html 410",
    "/secret.txt /page 302!",
    "/page /other 302",
    "/caf%C3%A9/* /tea/:splat",
  ];
  const server = serving({
    "/_redirects": rules.join("\n"),
    "/index.html": "home",
    "/page.html": "page",
    "/app/index.html": "app",
    "/files/a.txt": "a",
    "/files/deep/b.txt": "b",
    "/bye.html": "bye",
    "/secret.txt": "secret",
    "/404.html": "none",
  });

  test.each([
    ["/home", "302 /"],
    ["/home/", "302 /"],
    ["/home?a=b&c", "302 /?a=b&c"],
    ["/old/a/b", "301 /new/a/b"],
    ["/old/a/b/", "301 /new/a/b/"],
    ["/old/a%20b%2Fc?x=%0d%0a", "301 /new/a%20b%2Fc?x=%0d%0a"],
    ["/old", "301 /new/"],
    ["/old/", "301 /new/"],
    ["/%6fld/x", "301 /new/x"],
    ["/older", "404"],
    ["/old%2Fx", "404"],
    ["/blog/2020/05/stones", "308 /archive/stones-05-2020/"],
    ["/blog/2020/05/stones/?q", "308 /archive/stones-05-2020/?q"],
    ["/blog/2020/05", "404"],
    ["/blog/2020/05/", "404"],
    ["/blog/2020/05/a/b", "404"],
    ["/blog//05/a", "404"],
    ["/q/x?other=2", "301 /target?fixed=1"],
    ["/frag", "307 /page#part"],
    ["/frag?x=1", "307 /page?x=1#part"],
    ["/out/a/b?c", "302 https://example.org/in/a/b?c"],
    ["/see-other", "303 /page"],
    ["/app/any/thing", "200"],
    ["/v1/a.txt", "200"],
    ["/v1/deep/b.txt", "200"],
    ["/v1/none.txt", "404"],
    ["/gone", "410"],
    ["/left/x", "410"],
    ["/secret.txt", "302 /page"],
    ["/page", "200"],
    ["/caf%c3%a9/x", "301 /tea/x"],
    ["/caf%C3%A9", "301 /tea/"],
    ["http://localhost/old/x?y", "301 /new/x?y"],
    ["http://localhost", "200"],
  ])("%s: %s", async (target, expected) => {
    expect(statusAndLocation(await ask(server(), target))).toBe(expected);
  });

  test.each([
    ["/root//evil.example", "301 /evil.example"],
    ["/root///evil.example/", "301 /evil.example/"],
    ["/root/\\evil.example", "301 /evil.example"],
    ["/root/\\/\\/evil.example", "301 /evil.example"],
    ["/root/%2Fevil.example", "301 /%2Fevil.example"],
    ["/root/%5Cevil.example", "301 /%5Cevil.example"],
    ["/out///evil.example", "302 https://example.org/in/evil.example"],
    ["/out/@evil.example", "302 https://example.org/in/@evil.example"],
    ["/root/", "301 /"],
    ["/root//", "301 /"],
  ])("%s leads to no other host: %s", async (target, expected) => {
    expect(statusAndLocation(await ask(server(), target))).toBe(expected);
  });

  test.each(["%0d%0aX-Injected:%201", "%0D%0ASet-Cookie:a=b", "%00", "%E5%98%8A%E5%98%8D"])(
    "nothing of %s becomes a field",
    async (text) => {
      for (const target of [`/old/${text}`, `/home?${text}`, `/blog/${text}/1/2`]) {
        const { fields } = await ask(server(), target);
        expect([...fields.keys()]).toEqual(["content-length", "date", "location"]);
        expect(fields.get("location")).toContain(text);
      }
    },
  );

  test("HEAD is redirected too, other methods are not", async () => {
    expect(statusAndLocation(await ask(server(), "/old/x", [], "HEAD"))).toBe("301 /new/x");
    expect((await ask(server(), "/old/x", ["Content-Length: 0"], "POST")).status).toBe(405);
  });

  test("a hundred in one pipeline come in order", async () => {
    const targets = Array.from({ length: 100 }, (_, index) => `/blog/${index}/m${index}/s${index}?q${index}`);
    const socket = await open(server().port);
    const got = collect(socket);
    socket.end(targets.map((target) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`).join(""));
    const locations = parseResponses(await got).map(({ fields }) => fields.get("location"));
    expect(locations).toEqual(targets.map((_, index) => `/archive/s${index}-m${index}-${index}/?q${index}`));
  });
});

describe.each([
  ["with pieces", "/old/:a/:b /new/:b/:a\n", (index: number) => `/new/b${index}/a${index}`],
  ["with the query only", "", () => "/folder/"],
])("redirects that the peer is slow to read, %s", (_, rules, pathOf) => {
  const server = serving({ "/_redirects": rules, "/index.html": "home", "/folder/index.html": "folder" });

  test("repeat the request rightly when the buffers are free again", async () => {
    const query = (index: number): string => `?${String(index).padStart(900, "q")}`;
    const count = 12_000;
    const socket = await open(server().port);
    socket.pause();
    for (let index = 0; index < count; index++) {
      const path = rules === "" ? "/folder" : `/old/a${index}/b${index}`;
      socket.write(`GET ${path}${query(index)} HTTP/1.1\r\nHost: a\r\n\r\n`);
    }
    socket.end();
    // Several times, so that it stops in different places.
    await sleep(200);
    let received = 0;
    const chunks: Buffer[] = [];
    await new Promise<void>((done) => {
      socket.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        received += chunk.length;
        if (received < 1_000_000) return;
        received = 0;
        socket.pause();
        setTimeout(() => socket.resume(), 30);
      });
      socket.on("end", done);
      socket.on("error", done);
      socket.resume();
    });
    const found = parseResponses(Buffer.concat(chunks));
    expect(found).toHaveLength(count);
    const wrong = found.filter(
      ({ fields }, index) => fields.get("location") !== pathOf(index) + query(index),
    );
    expect(wrong).toEqual([]);
  });
});

describe("fields", () => {
  const rules = [
    "/*",
    "  X-Everywhere: yes",
    "/docs/*",
    "  X-Docs: yes",
    "  Cache-Control: max-age=60",
    "/about",
    "  X-About: clean",
    "/plain.txt",
    "  Content-Type: text/x-plain",
    "  Vary: Cookie",
    "  ! X-Everywhere",
  ];
  const server = serving(
    {
      "/_headers": rules.join("\n"),
      "/_redirects": "/moved /docs/\n/docs2/* /docs/index.html 200\n",
      "/index.html": page,
      "/about.html": "about",
      "/docs/index.html": "docs",
      "/plain.txt": longText,
      "/assets/app-BxYz12_3.js": "js",
      "/404.html": "none",
    },
    { cors: true, securityHeaders: "strict", cacheControl: ["/assets/*=max-age=5", "/none/*=no-store"] },
  );
  const common = [
    "x-content-type-options",
    "strict-transport-security",
    "access-control-allow-origin",
    "access-control-expose-headers",
  ];
  const fieldsOf = async (path: string, ...lines: readonly string[]): Promise<ReadonlyMap<string, string>> =>
    (await ask(server(), path, lines)).fields;

  test("follow the file that answers, by whichever path", async () => {
    for (const path of ["/docs/", "/docs/index.html", "/docs2/anything"]) {
      const fields = await fieldsOf(path);
      expect([fields.get("x-docs"), fields.get("cache-control")]).toEqual(["yes", "max-age=60"]);
    }
    expect((await fieldsOf("/about.html")).get("x-about")).toBe("clean");
    expect((await fieldsOf("/nowhere")).get("x-everywhere")).toBe("yes");
    expect((await fieldsOf("/moved")).get("x-docs")).toBeUndefined();
  });

  test("win over what would be there", async () => {
    const fields = await fieldsOf("/plain.txt", "Accept-Encoding: br");
    expect(fields.get("content-type")).toBe("text/x-plain");
    expect(fields.get("x-everywhere")).toBeUndefined();
    expect(fields.get("vary")).toBe("Cookie, Accept-Encoding");
  });

  test("of a cache: pages are asked for, rules count", async () => {
    expect((await fieldsOf("/")).get("cache-control")).toBe("no-cache");
    expect((await fieldsOf("/assets/app-BxYz12_3.js")).get("cache-control")).toBe("max-age=5");
    expect((await fieldsOf("/nowhere")).get("cache-control")).toBeUndefined();
  });

  test("of the presets: documents have all, the rest what concerns it", async () => {
    const document = await fieldsOf("/");
    expect(document.get("content-security-policy")).toContain("default-src 'self'");
    expect(document.get("x-frame-options")).toBe("DENY");
    const script = await fieldsOf("/assets/app-BxYz12_3.js");
    expect(script.get("x-content-type-options")).toBe("nosniff");
    expect(script.get("content-security-policy")).toBeUndefined();
    expect(script.get("access-control-allow-origin")).toBe("*");
    expect(script.get("cross-origin-resource-policy")).toBeUndefined();
  });

  test("that a 304 repeats", async () => {
    const { fields } = await ask(server(), "/");
    const same = await ask(server(), "/", [`If-None-Match: ${fields.get("etag")}`]);
    expect(same.status).toBe(304);
    expect([...same.fields.keys()]).toEqual([
      "accept-ranges",
      "cache-control",
      "vary",
      "date",
      ...common,
      "etag",
    ]);
  });

  test("that a 304 repeats, however long they are", async () => {
    const value = `max-age=${"9".repeat(300)}`;
    for (const more of [{}, { "/a.txt": "a", "/b.txt": "b", "/c.txt": "c" }]) {
      const files = { "/index.html": "home", ...more, "/_headers": `/*\n  Cache-Control: ${value}\n` };
      const site = await startSite(files);
      try {
        const { fields } = await ask(site, "/");
        const same = await ask(site, "/", [`If-None-Match: ${fields.get("etag")}`]);
        expect([same.status, same.fields.get("cache-control")]).toEqual([304, value]);
      } finally {
        await site.stop();
      }
    }
  });

  test("that all files have are in every response, once", async () => {
    const text = "PUT / HTTP/1.1\r\nHost: a\r\n\r\nOPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n";
    const others = await responses(server(), text, ["PUT", "OPTIONS"]);
    expect(others.map(({ status }) => status)).toEqual([405, 200]);
    const moved = await ask(server(), "/moved");
    for (const { fields } of [...others, moved, await ask(server(), "/plain.txt")]) {
      expect([...fields.keys()].filter((name) => common.includes(name))).toEqual(common);
      expect(fields.get("access-control-allow-origin")).toBe("*");
    }
    expect(moved.fields.get("content-security-policy")).toBeUndefined();
  });
});

describe("names", () => {
  const files = {
    "/index.html": "home",
    "/about.html": "about",
    "/blog/index.html": "blog",
    "/blog/404.html": "no post",
    "/404.html": "nothing",
  };
  const answers = async (server: SiteServer, targets: readonly string[]): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const target of targets) {
      const response = await ask(server, target);
      found.push(`${target} ${statusAndLocation(response)} ${response.body.toString()}`.trim());
    }
    return found;
  };

  test.each([
    [
      {},
      ["/ 200 home", "/about 200 about", "/about.html 200 about", "/about/ 404 nothing", "/blog 301 /blog/"],
    ],
    [{}, ["/blog/ 200 blog", "/blog/x 404 no post", "/blog/404.html 404 no post", "/404.html 404 nothing"]],
    [{ cleanUrls: "off" }, ["/about 404 nothing", "/about.html 200 about"]],
    [
      { cleanUrls: "redirect" },
      ["/about.html?a 301 /about?a", "/index.html 301 /", "/blog/index.html 301 /blog/"],
    ],
    [{ trailingSlash: "always" }, ["/about 301 /about/", "/about/ 200 about", "/blog 301 /blog/"]],
    [
      { trailingSlash: "never" },
      ["/about/ 301 /about", "/blog/?q 301 /blog?q", "/blog 200 blog", "/ 200 home"],
    ],
    [{ spa: true }, ["/any/thing 200 home", "/blog/x 404 no post"]],
    [{ fallback: "about.html" }, ["/any/thing 200 about"]],
    [
      { base: "/site" },
      ["/site 301 /site/", "/site/ 200 home", "/site/blog 301 /site/blog/", "/ 404 nothing"],
    ],
    [{ base: "site/", spa: true }, ["/site/x 200 home", "/x 200 home", "/site/blog/x 404 no post"]],
    [{ index: "about.html" }, ["/ 200 about", "/blog/ 404 no post"]],
  ])("%j: %j", async (flags, expected) => {
    const server = await startSite(files, flags);
    try {
      expect(
        await answers(
          server,
          expected.map((line) => line.split(" ")[0] ?? ""),
        ),
      ).toEqual(expected);
    } finally {
      await server.stop();
    }
  });

  test("lists of folders are HTML, whatever an index is called", async () => {
    const flags = { listing: true, index: "README.txt", securityHeaders: "basic" };
    const server = await startSite({ "/a/b.txt": "b" }, flags);
    try {
      for (const target of ["/", "/a/"]) {
        const { fields } = await ask(server, target);
        expect(fields.get("content-type")).toBe("text/html;charset=utf-8");
        expect(fields.get("x-frame-options")).toBe("SAMEORIGIN");
      }
    } finally {
      await server.stop();
    }
  });

  test("lists of folders", async () => {
    const server = await startSite({ "/a/b.txt": "b", "/c.txt": "c" }, { listing: true });
    try {
      const root = await ask(server, "/");
      expect(root.body.toString()).toContain('<a href="./a/">a/</a>');
      expect(root.fields.get("content-type")).toBe("text/html;charset=utf-8");
      expect((await ask(server, "/a/")).body.toString()).toContain('<a href="./b.txt">b.txt</a> 1');
      expect(statusAndLocation(await ask(server, "/a"))).toBe("301 /a/");
      expect((await ask(server, "/index.html")).status).toBe(404);
    } finally {
      await server.stop();
    }
  });
});

describe("what a site does not use", () => {
  const names =
    /\b(matchPattern|matches|parseAcceptEncoding|chooseCoding|forgetCodings|addPieces|keepRequest|patterns|pattern texts|coding names|not acceptable)\b/;

  test("is not in its executable", async () => {
    expect(await mapSite({ "/index.html": "home", "/about.html": "about" })).not.toMatch(names);
  });

  test("but what it uses is", async () => {
    const files = { "/index.html": page, "/_redirects": "/old/* /new/:splat" };
    expect(await mapSite(files)).toMatch(/\bpattern texts\b[\s\S]*|\bcoding names\b/);
  });

  test("and options that decide something at build time add no code", async () => {
    const files = { "/index.html": "home", "/about.html": "about", "/404.html": "none" };
    const codeOf = async (flags: Parameters<typeof mapSite>[1]): Promise<string> =>
      /^ *([\d,]+) {2}code$/m.exec(await mapSite(files, flags))?.[1] ?? "";
    const plain = await codeOf({});
    for (const flags of [
      { spa: true },
      { cors: true },
      { securityHeaders: "basic" },
      { cacheControl: ["/*=no-store"] },
      { codings: "br,gzip,zstd,identity" },
      { cleanUrls: "off" },
    ]) {
      // The number of routes changes the hash function by a few bytes.
      expect(Math.abs(Number(await codeOf(flags)) - Number(plain))).toBeLessThan(30);
    }
  });

  test("nor the reader of packed tables where there is little to pack", async () => {
    const files = { "/index.html": "home" };
    expect(await mapSite(files)).not.toContain("packed tables");
    expect(await mapSite(files, { securityHeaders: "strict" })).toContain("packed tables");
  });
});
