import { Buffer } from "node:buffer";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { contentTypeOf } from "./content-type.ts";
import { scanSite } from "./scan.ts";

function typeOf(path: string, content: string | Uint8Array): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "microlith-content-type-"));
  try {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    return scanSite(folder).files.map(contentTypeOf)[0];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const latin1 = (text: string): Uint8Array => Buffer.from(text, "latin1");

describe("texts", () => {
  test.each([
    ["UTF-8", "/a.html", "Größe", "text/html;charset=utf-8"],
    ["ASCII", "/a.js", "let a;", "text/javascript;charset=utf-8"],
    ["nothing", "/a.css", "", "text/css;charset=utf-8"],
    ["with a byte order mark", "/a.txt", "\ufeffGröße", "text/plain;charset=utf-8"],
  ])("in UTF-8 say so: %s", (_, path, content, type) => {
    expect(typeOf(path, content)).toBe(type);
  });

  test.each([
    ["Latin-1", "/a.html", latin1('<meta charset="iso-8859-1">Größe'), "text/html"],
    ["Shift_JIS", "/a.html", Uint8Array.of(0x93, 0xfa, 0x96, 0x7b), "text/html"],
    ["UTF-16", "/a.txt", Buffer.from("\ufeffGröße", "utf16le"), "text/plain"],
    ["a script", "/a.js", latin1("let größe;"), "text/javascript"],
    ["cut within a character", "/a.md", latin1("Gr\xc3"), "text/markdown"],
  ])("in another encoding leave it to the document: %s", (_, path, content, type) => {
    expect(typeOf(path, content)).toBe(type);
  });

  test("other types never have a charset", () => {
    expect(typeOf("/a.svg", latin1("<svg>ö</svg>"))).toBe("image/svg+xml");
    expect(typeOf("/a.png", "text")).toBe("image/png");
  });
});

describe("names without an ending", () => {
  test.each([
    ["/LICENSE", "Permission is granted\r\n\tto …\f", "text/plain;charset=utf-8"],
    ["/folder.d/README", "text", "text/plain;charset=utf-8"],
    ["/.well-known/matrix/client", '{"m.homeserver":{}}', "application/json"],
    ["/.well-known/apple-app-site-association", '\n[{"applinks":{}}]', "application/json"],
    ["/list", "[1] a note", "text/plain;charset=utf-8"],
    ["/number", "42", "text/plain;charset=utf-8"],
    ["/program", "\x7fELF\x02\x01", "application/octet-stream"],
    ["/old", latin1("Größe"), "application/octet-stream"],
    ["/empty", "", "application/octet-stream"],
  ])("%s", (path, content, type) => {
    expect(typeOf(path, content)).toBe(type);
  });

  test("an ending that nobody knows is one", () => {
    expect(typeOf("/a.unknown-ending", "text")).toBe("application/octet-stream");
  });
});
