import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { UserError } from "../base/errors.ts";
import { openContent, readContent, scanSite } from "./scan.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "microlith-scan-"));
  folders.push(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

const pathsOf = (folder: string): readonly string[] => scanSite(folder).files.map(({ path }) => path);

/** The UserError that scanning ends with. */
function refusal(folder: string): UserError {
  try {
    scanSite(folder);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was wrong");
}

describe("scanSite", () => {
  it("lists files by their path, bytewise", () => {
    const names = ["index.html", "b/z", "b/a", "b.txt", "a-", "a/x", "Z", "ü", "z", "a.html"];
    const folder = folderOf(Object.fromEntries(names.map((name) => [name, name])));
    const expected = names
      .map((name) => `/${name}`)
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(pathsOf(folder)).toEqual(expected);
  });

  it("leaves hidden files out, but for .well-known", () => {
    const folder = folderOf({
      "index.html": "",
      ".git/config": "",
      "a/.env": "",
      ".well-known/x": "",
      ".well-known/.y": "",
    });
    expect(pathsOf(folder)).toEqual(["/.well-known/x", "/index.html"]);
  });

  it("follows links inside the folder only", () => {
    const outside = folderOf({ secret: "s", "index.html": "" });
    const folder = folderOf({ "index.html": "", "real/page.html": "p" });
    symlinkSync("real", join(folder, "alias"));
    symlinkSync("real/page.html", join(folder, "page.html"));
    symlinkSync(join(outside, "secret"), join(folder, "out.txt"));
    symlinkSync(outside, join(folder, "out"));
    symlinkSync("nowhere", join(folder, "broken"));
    symlinkSync("..", join(folder, "real", "up"));
    symlinkSync(".", join(folder, "real", "self"));
    const site = scanSite(folder);
    expect(site.files.map(({ path }) => path)).toEqual([
      "/alias/page.html",
      "/index.html",
      "/page.html",
      "/real/page.html",
    ]);
    expect(
      site.notes.map((note) => note.replace(folder, "DIR").replace(/^.* is left out: /, "")).sort(),
    ).toEqual([
      `the link leads back to a folder above it`,
      `the link leads back to a folder above it`,
      `the link leads back to a folder above it`,
      `the link leads back to a folder above it`,
      `the link leads nowhere`,
      `the link leads out of ${folder}`,
      `the link leads out of ${folder}`,
    ]);
  });

  it("notes that there is no index", () => {
    expect(scanSite(folderOf({ "a.txt": "" })).notes).toEqual([expect.stringContaining("has no index.html")]);
  });

  it("refuses what is no site, in one sentence and with exit code 1", () => {
    const file = join(folderOf({ x: "" }), "x");
    for (const [folder, text] of [
      ["/nonexistent/site", "cannot read the folder /nonexistent/site: it does not exist"],
      [file, `${file} is not a folder`],
      [folderOf({}), "has no file to serve"],
      [folderOf({ ".hidden": "" }), "has no file to serve"],
    ] as const) {
      const error = refusal(folder);
      expect([error.exitCode, error.message]).toEqual([1, expect.stringContaining(text)]);
    }
  });

  it("refuses names that are not UTF-8", () => {
    const folder = folderOf({ "index.html": "" });
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x66, 0xff])]), "");
    expect(refusal(folder).message).toContain("is not UTF-8");
  });

  it("names the file that it cannot read", () => {
    const folder = folderOf({ "index.html": "x" });
    const [file] = scanSite(folder).files;
    rmSync(join(folder, "index.html"));
    expect(() => file && readContent(file)).toThrow(/cannot read .*index\.html/);
    expect(() => file && openContent(file, false)).toThrow(/cannot read .*index\.html/);
  });

  it("notices a file that changes its size", () => {
    const folder = folderOf({ "index.html": "x" });
    const [file] = scanSite(folder).files;
    writeFileSync(join(folder, "index.html"), "longer");
    expect(() => file && readContent(file)).toThrow("changed while it was read");
    expect(() => file && openContent(file, false)).toThrow("changed while it was read");
  });
});
