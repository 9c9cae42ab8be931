import { describe, expect, it } from "vitest";
import { mediaTypeOf } from "./media-types.ts";

describe("mediaTypeOf", () => {
  it.each([
    ["/index.html", "text/html;charset=utf-8"],
    ["/a.HTM", "text/html;charset=utf-8"],
    ["/a.css", "text/css;charset=utf-8"],
    ["/a.js", "text/javascript;charset=utf-8"],
    ["/a.mjs", "text/javascript;charset=utf-8"],
    ["/a.cjs", "text/javascript;charset=utf-8"],
    ["/a.txt", "text/plain;charset=utf-8"],
    ["/a.md", "text/markdown;charset=utf-8"],
    ["/a.vtt", "text/vtt;charset=utf-8"],
    ["/a.json", "application/json"],
    ["/a.js.map", "application/json"],
    ["/a.webmanifest", "application/manifest+json"],
    ["/a.wasm", "application/wasm"],
    ["/a.pdf", "application/pdf"],
    ["/a.xml", "application/xml"],
    ["/a.rss", "application/rss+xml"],
    ["/a.svg", "image/svg+xml"],
    ["/a.png", "image/png"],
    ["/a.jpg", "image/jpeg"],
    ["/a.webp", "image/webp"],
    ["/a.avif", "image/avif"],
    ["/a.woff2", "font/woff2"],
    ["/a.ttf", "font/ttf"],
    ["/a.mp4", "video/mp4"],
    ["/a.webm", "video/webm"],
    ["/a.mp3", "audio/mpeg"],
    ["/a.m4a", "audio/mp4"],
    ["/a.wav", "audio/wav"],
    ["/a.zip", "application/zip"],
    ["/a.gz", "application/gzip"],
    ["/a.unknown-ending", "application/octet-stream"],
    ["/LICENSE", "application/octet-stream"],
    ["/folder.html/LICENSE", "application/octet-stream"],
    ["/.html", "application/octet-stream"],
    ["/a.", "application/octet-stream"],
    ["/a.constructor", "application/octet-stream"],
  ])("%s: %s", (path, type) => {
    expect(mediaTypeOf(path)).toBe(type);
  });
});
