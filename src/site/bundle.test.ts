import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DataObject } from "../base/data-object.ts";
import type { VirtualModule } from "../lang/virtual-module.ts";
import { siteModule } from "./bundle.ts";
import { statusBase } from "./respond.ts";
import { scanSite } from "./scan.ts";

const declarations = { path: "site.d.ts", text: "" };

function moduleOf(files: Readonly<Record<string, string>>): VirtualModule {
  const folder = mkdtempSync(join(tmpdir(), "microlith-bundle-"));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return siteModule(scanSite(folder), declarations);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const textOf = (object: DataObject | undefined): string =>
  Buffer.from(object?.bytes ?? []).toString("latin1");

describe("siteModule", () => {
  it("lays a representation out as site.d.ts says", () => {
    const object = moduleOf({ "index.html": "hello" }).objects.get("content /index.html");
    const view = new DataView(Uint8Array.from(object?.bytes ?? []).buffer);
    const repeated = 'Cache-Control: no-cache\r\nETag: "LPJNul-w"\r\n\r\n';
    const head = `Content-Type: text/html;charset=utf-8\r\n${repeated}`;
    expect(textOf(object).slice(12)).toBe(head);
    expect(Buffer.from(object?.body?.bytes ?? []).toString()).toBe("hello");
    expect([
      view.getUint32(0, true),
      view.getUint16(4, true),
      view.getUint16(6, true),
      view.getUint16(8, true),
      view.getInt8(10) + statusBase,
      view.getUint8(11),
    ]).toEqual([5, head.length, repeated.length, 0, 200, 0]);
    expect(object?.kind).toBe("content");
  });

  it("stores once what many heads have in common", () => {
    const { objects } = moduleOf({ "index.html": "a", "b.html": "b", "c.css": "c", "404.html": "d" });
    const said = (path: string): readonly (string | number)[] => {
      const object = objects.get(`content ${path}`);
      const view = new DataView(Uint8Array.from(object?.bytes ?? []).buffer);
      const textAt = (name: string, end: number): string => {
        const text = textOf(objects.get(name)).slice(0, end + 1);
        return text.slice(text.lastIndexOf("\0") + 1);
      };
      return [
        view.getInt8(10) + statusBase,
        textAt("types", view.getUint16(8, true)),
        textAt("fields of content", view.getUint16(6, true)),
        textOf(object)
          .slice(12)
          .replace(/"[^"]{8}"/, "tag"),
      ];
    };
    const html = "\r\nContent-Type: text/html;charset=utf-8";
    const css = "\r\nContent-Type: text/css;charset=utf-8";
    const repeated = "\r\nAccept-Ranges: bytes\r\nCache-Control: no-cache";
    expect(["/index.html", "/b.html", "/c.css", "/404.html"].map(said)).toEqual([
      [200, html, repeated, "ETag: tag\r\n\r\n"],
      [200, html, repeated, "ETag: tag\r\n\r\n"],
      [200, css, repeated, "ETag: tag\r\n\r\n"],
      [404, html, "", "\r\n"],
    ]);
  });

  it("leaves in the heads what there is no room for beside them", () => {
    const numbers = Array.from({ length: 400 }, (_, index) => 1000 + index);
    const files = Object.fromEntries(numbers.map((number) => [`${number}.html`, String(number)]));
    const place = (number: number): string => `Content-Location: /${"x".repeat(160)}${number}`;
    const rules = numbers.map((number) => `/${number}\n  ${place(number)}\n`).join("");
    const { objects } = moduleOf({ ...files, _headers: rules });
    const texts = textOf(objects.get("fields of content"));
    expect(texts).toBe("\0\0");
    for (const number of numbers) {
      const object = objects.get(`content /${number}.html`);
      const head = textOf(object).slice(12);
      const repeated = head.slice(head.indexOf("Cache-Control"));
      expect(repeated).toContain(`${place(number)}\r\nETag`);
      const view = new DataView(Uint8Array.from(object?.bytes ?? []).buffer);
      expect(view.getUint16(6, true)).toBe(repeated.length);
    }
  });

  it("stores equal content of equal type once", () => {
    const { objects } = moduleOf({
      "index.html": "same",
      "a.html": "same",
      "b/c.html": "same",
      "d.txt": "same",
    });
    expect([...objects.keys()].filter((name) => name.startsWith("content "))).toEqual([
      "content /index.html",
      "content /d.txt",
    ]);
  });

  it("stores a path that begins another within it", () => {
    const { objects } = moduleOf({ "index.html": "", "a/index.html": "" });
    expect(textOf(objects.get("paths"))).toBe("/a/index.html/index.html");
  });

  it("names every object that a relocation names", () => {
    const { objects } = moduleOf({ "index.html": "x", "404.html": "y", "a/index.html": "z" });
    for (const { relocations } of objects.values()) {
      for (const { target } of relocations) expect([...objects.keys()]).toContain(target);
    }
  });

  it("makes the same objects from the same folder", () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`${index}.txt`, String(index)]),
    );
    const made = (): unknown =>
      [...moduleOf(files).objects.values()].map((object) => ({ ...object, body: object.body?.digest }));
    expect(made()).toEqual(made());
  });
});
