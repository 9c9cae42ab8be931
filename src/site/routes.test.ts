import { describe, expect, it } from "vitest";
import { encodePath, fileRoutes } from "./routes.ts";
import type { SiteFile } from "./scan.ts";
import { defaultSiteOptions } from "./site-options.ts";

const filesOf = (...paths: readonly string[]): readonly SiteFile[] =>
  paths.map((path) => ({ path, source: `site${path}`, size: 0 }));

function shown(files: readonly SiteFile[]): readonly string[] {
  return [...fileRoutes(files, defaultSiteOptions)].map(([path, { target }]) => {
    if (target.kind === "file") return `${path} = ${target.file.path}`;
    return `${path} > ${target.kind === "redirect" ? target.location.join("") : target.status}`;
  });
}

describe("fileRoutes", () => {
  it("names files by their path and folders by their index", () => {
    expect(shown(filesOf("/a b/index.html", "/b/x.css", "/index.html")).toSorted()).toEqual([
      "/ = /index.html",
      "/a b > /a%20b/",
      "/a b/ = /a b/index.html",
      "/a b/index.html = /a b/index.html",
      "/b/x.css = /b/x.css",
      "/index.html = /index.html",
    ]);
  });

  it("leaves 404.html for what is not found", () => {
    expect(shown(filesOf("/404.html", "/a/404.html", "/a.txt"))).toEqual(["/a.txt = /a.txt"]);
  });

  it("takes a hidden file that is called .html for no page", () => {
    expect(shown(filesOf("/.html", "/a/.html"))).toEqual(["/.html = /.html", "/a/.html = /a/.html"]);
  });

  it.each(["always", "never"] as const)("lets a page go before the list of a folder: %s", (trailingSlash) => {
    const list = { path: "/a/index.html", source: "the list of /a/", size: 0, content: new Uint8Array() };
    const options = { ...defaultSiteOptions, trailingSlash };
    const claims = fileRoutes([...filesOf("/a.html", "/a/b.txt"), list], options);
    const home = trailingSlash === "always" ? "/a/" : "/a";
    expect(claims.get(home)?.target).toMatchObject({ kind: "file", file: { path: "/a.html" } });
  });

  it("refuses two files for one path", () => {
    const files = filesOf("/a.html", "/a/index.html");
    expect(() => fileRoutes(files, { ...defaultSiteOptions, trailingSlash: "never" })).toThrow(
      "both lead to /a",
    );
  });
});

describe("encodePath", () => {
  it.each([
    ["/", "/"],
    ["/a-b_c.d~e/", "/a-b_c.d~e/"],
    ["/!$&'()*+,;=:@", "/!$&'()*+,;=:@"],
    ["/a b", "/a%20b"],
    ["/ü", "/%C3%BC"],
    ["/100%", "/100%25"],
    ["/a?b#c", "/a%3Fb%23c"],
    ["/[a]", "/%5Ba%5D"],
    ['/"<>\\^`{|}', "/%22%3C%3E%5C%5E%60%7B%7C%7D"],
    ["/\r\n", "/%0D%0A"],
  ])("%j: %s", (path, encoded) => {
    expect(encodePath(path)).toBe(encoded);
    expect(decodeURIComponent(encoded)).toBe(path);
  });
});
