import { describe, expect, test } from "vitest";
import { defaultCacheControl, hasContentHash, pathsWithHash } from "./cache-policy.ts";

test.each([
  "/assets/index-BxYz12_3.js",
  "/assets/index-D4vKpQ2x.css",
  "/main.3f2a1b9c.js",
  "/static/js/main.8a7d3f21e4.chunk.js",
  "/_astro/page.a1B2c3D4.css",
  "/fonts/inter-0123456789abcdef.woff2",
  "/app-7QHZ3K5T.js",
  "/assets/inter-roman-cyrillic.C5lxZ8CY.woff2",
  "/chunk.5e8f0a1b2c3d4e5f6a7b.js.map",
  "/assets/guide_index.md.R4Ey-2Za.lean.js",
])("%s has the hash of its content", (path) => {
  expect(hasContentHash(path)).toBe(true);
});

test.each([
  "/index.html",
  "/main.js",
  "/jquery-3.7.1.min.js",
  "/report-20240115.pdf",
  "/checkout-Checkout.js",
  "/logo-Version2.png",
  "/component-settings.js",
  "/photo-deadbeef.jpg",
  "/a/deadbee1",
  "/12345678.js",
  "/swagger-ui-standalone-preset.js",
  "/some-document.min.css",
  "/BxYz12_3.js",
  "/photo-12-of-30.jpg",
  "/lesson-1-part-2.mp4",
  "/report-v2-final.pdf",
  "/setup-win10x64.exe",
  "/notes-utf8-win.txt",
  "/trailer-mp4-h264.mp4",
  "/disc-H264-AAC.mkv",
])("%s may change under its name", (path) => {
  expect(hasContentHash(path)).toBe(false);
});

describe("a name without a digit, or like a word, among others", () => {
  const hashed = (...names: readonly string[]): readonly string[] =>
    [...pathsWithHash(names.map((name) => `/a/${name}`))].map((path) => path.slice("/a/".length));

  test("has a hash where its neighbours have one", () => {
    const vite = ["index-DiwrgTda.js", "index-BxYz12_3.css", "vendor-Cq-VwRkT.js", "page-B7QmKx2d.js"];
    expect(hashed(...vite)).toEqual([
      "index-DiwrgTda.js",
      "vendor-Cq-VwRkT.js",
      "page-B7QmKx2d.js",
      "index-BxYz12_3.css",
    ]);
    const esbuild = ["main-QHZKTABC.js", "chunk-7QHZ3K5T.js", "favicon.ico", "index.html"];
    expect(hashed(...esbuild)).toEqual(esbuild.slice(0, 2));
  });

  test("has none alone, or where most have none", () => {
    expect(hashed("index-DiwrgTda.js")).toEqual([]);
    expect(hashed("a-IsMyOwnX.js", "b-MyPlugin.js", "c-MyWidget.js", "page-B7QmKx2d.js")).toEqual([
      "page-B7QmKx2d.js",
    ]);
  });

  test("has none where a file of its kind has no such part, or it is a word", () => {
    expect(hashed("app-MyPlugin.js", "main.js", "page-B7QmKx2d.js")).toEqual(["page-B7QmKx2d.js"]);
    expect(hashed("app-settings.js", "page-B7QmKx2d.js")).toEqual(["page-B7QmKx2d.js"]);
    expect(hashed("README-LICENSES.js", "page-B7QmKx2d.js")).toEqual(["page-B7QmKx2d.js"]);
  });

  test("is judged in its own folder", () => {
    expect([...pathsWithHash(["/a/index-DiwrgTda.js", "/b/page-B7QmKx2d.js"])]).toEqual([
      "/b/page-B7QmKx2d.js",
    ]);
  });
});

test("pages are asked for each time, files with a hash are kept", () => {
  const hashed = new Set(["/assets/page-BxYz12_3.html", "/assets/index-BxYz12_3.js"]);
  expect(defaultCacheControl("/index.html", hashed)).toBe("no-cache");
  expect(defaultCacheControl("/assets/page-BxYz12_3.html", hashed)).toBe("no-cache");
  expect(defaultCacheControl("/assets/index-BxYz12_3.js", hashed)).toBe("max-age=31536000, immutable");
  expect(defaultCacheControl("/_app/immutable/entry/start.js", hashed)).toBe("max-age=31536000, immutable");
  expect(defaultCacheControl("/_next/static/build/_ssgManifest.js", hashed)).toBe(
    "max-age=31536000, immutable",
  );
  expect(defaultCacheControl("/_astro/page.XxdXUBGL.js", hashed)).toBe("max-age=31536000, immutable");
  expect(defaultCacheControl("/_nuxt/builds/meta/3b1c.json", hashed)).toBe("max-age=31536000, immutable");
  expect(defaultCacheControl("/_nuxt/builds/latest.json", hashed)).toBe("no-cache");
});
