import { describe, expect, it } from "vitest";
import { encodePath, routeSite } from "./routes.ts";
import type { Site } from "./scan.ts";

function siteOf(...paths: readonly string[]): Site {
  return {
    folder: "site",
    files: paths.map((path) => ({ path, source: `site${path}`, size: 0 })),
    notes: [],
  };
}

function shown(site: Site): readonly string[] {
  return routeSite(site).routes.map((route) => {
    if (route.kind === "file") return `${route.path} = ${route.file.path}`;
    return `${route.path} > ${route.kind === "redirect" ? route.location : route.object}`;
  });
}

describe("routeSite", () => {
  it("names files by their path and folders by their index", () => {
    expect(shown(siteOf("/a b/index.html", "/b/x.css", "/index.html"))).toEqual([
      "/ = /index.html",
      "/a b > /a%20b/",
      "/a b/ = /a b/index.html",
      "/a b/index.html = /a b/index.html",
      "/b/x.css = /b/x.css",
      "/index.html = /index.html",
    ]);
  });

  it("takes 404.html for what is not found", () => {
    const routes = routeSite(siteOf("/404.html", "/a/404.html", "/index.html"));
    expect(routes.notFound?.path).toBe("/404.html");
    expect(routes.routes.map(({ path }) => path)).toEqual(["/", "/a/404.html", "/index.html"]);
    expect(routeSite(siteOf("/a.txt")).notFound).toBeUndefined();
  });

  it("refuses two files for one path", () => {
    expect(() => routeSite(siteOf("/a", "/a/index.html"))).toThrow("both lead to /a");
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
