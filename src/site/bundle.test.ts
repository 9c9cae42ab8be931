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
      view.getInt32(0, true) + statusBase,
      view.getUint32(4, true),
      view.getUint16(8, true),
      view.getUint8(10),
      view.getUint8(11),
    ]).toEqual([200, 5, head.length, repeated.length, 0]);
    expect(object?.kind).toBe("content");
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
