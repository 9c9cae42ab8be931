import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { scanSite } from "./scan.ts";
import { defaultSiteOptions, type SiteOptions } from "./site-options.ts";

function pathsOf(
  files: Readonly<Record<string, string>>,
  options: Partial<SiteOptions> = {},
): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "microlith-scan-"));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return scanSite(folder, { ...defaultSiteOptions, ...options }).files.map(({ path }) => path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const hidden = { "index.html": "", ".well-known/a": "", ".env": "", ".git/config": "", "a/.b": "" };

test.each([
  ["none", ["/index.html"]],
  ["well-known", ["/.well-known/a", "/index.html"]],
  ["all", ["/.env", "/.git/config", "/.well-known/a", "/a/.b", "/index.html"]],
] as const)("hidden files: %s", (dotfiles, expected) => {
  expect(pathsOf(hidden, { dotfiles })).toEqual(expected);
});

test("what is ignored, in the syntax of git", () => {
  const files = {
    "index.html": "",
    "a.map": "",
    "keep.map": "",
    "drafts/x.html": "",
    "docs/drafts/y.html": "",
    "docs/z.html": "",
    "secret.txt": "",
    ".microlithignore": "# maps\n*.map\n!keep.map\n/drafts/\n",
  };
  expect(pathsOf(files, { exclude: ["secret.*"] })).toEqual([
    "/docs/drafts/y.html",
    "/docs/z.html",
    "/index.html",
    "/keep.map",
  ]);
  expect(
    pathsOf({ ...files, ".microlithignore": "" }, { exclude: ["drafts", "*.map"], dotfiles: "all" }),
  ).toEqual(["/docs/z.html", "/index.html", "/secret.txt"]);
});

test("rules are not content, but for folders below", () => {
  const files = { "index.html": "", _headers: "", _redirects: "", "a/_headers": "" };
  expect(pathsOf(files)).toEqual(["/a/_headers", "/index.html"]);
});

test("rules that are not text are refused", () => {
  const folder = mkdtempSync(join(tmpdir(), "microlith-scan-"));
  writeFileSync(join(folder, "index.html"), "");
  writeFileSync(join(folder, "_redirects"), Uint8Array.of(0xff, 0xfe));
  expect(() => scanSite(folder)).toThrow("_redirects is not UTF-8");
  rmSync(folder, { recursive: true });
});
