import { describe, expect, test } from "vitest";
import { parseRedirects } from "./redirects.ts";
import { type Resolution, resolveRoutes } from "./resolve-rules.ts";
import type { Target } from "./routes.ts";
import type { SiteFile } from "./scan.ts";
import { defaultSiteOptions, type SiteOptions } from "./site-options.ts";

const files = (...paths: readonly string[]): readonly SiteFile[] =>
  paths.map((path) => ({ path, source: `site${path}`, size: 1 }));

function resolve(paths: readonly string[], rules = "", options: Partial<SiteOptions> = {}): Resolution {
  const parsed = parseRedirects({ path: "_redirects", text: rules });
  expect(parsed.diagnostics).toEqual([]);
  return resolveRoutes(files(...paths), parsed.rules, { ...defaultSiteOptions, ...options });
}

/** `path file` or `path 301 location`, one line for each route. */
function table({ routes }: Resolution): readonly string[] {
  return routes.map(({ path, target }) => `${path} ${show(target)}`);
}

function show(target: Target): string {
  switch (target.kind) {
    case "file":
      return target.status === 200 ? target.file.path : `${target.status} ${target.file.path}`;
    case "text":
      return String(target.status);
    case "redirect":
      return `${target.status} ${target.location.join("")}${target.fragment}${target.keepsQuery ? "?" : ""}`;
  }
}

function patterns({ patterns: all }: Resolution): readonly string[] {
  return all.map(({ parts, target }) => {
    const path = parts.map((part) => (part.kind === "text" ? part.text : part.kind === "splat" ? "*" : ":"));
    return `${path.join("")} ${show(target)}`;
  });
}

describe("names of pages", () => {
  const paths = ["/about.html", "/docs/index.html", "/docs/start.html", "/index.html", "/style.css"];

  test("auto: folders with a slash, pages without", () => {
    expect(table(resolve(paths))).toEqual([
      "/ /index.html",
      "/about /about.html",
      "/about.html /about.html",
      "/docs 301 /docs/?",
      "/docs/ /docs/index.html",
      "/docs/index.html /docs/index.html",
      "/docs/start /docs/start.html",
      "/docs/start.html /docs/start.html",
      "/index.html /index.html",
      "/style.css /style.css",
    ]);
  });

  test("never", () => {
    expect(table(resolve(paths, "", { trailingSlash: "never" }))).toEqual([
      "/ /index.html",
      "/about /about.html",
      "/about.html /about.html",
      "/about/ 301 /about?",
      "/docs /docs/index.html",
      "/docs/ 301 /docs?",
      "/docs/index.html /docs/index.html",
      "/docs/start /docs/start.html",
      "/docs/start.html /docs/start.html",
      "/docs/start/ 301 /docs/start?",
      "/index.html /index.html",
      "/style.css /style.css",
    ]);
  });

  test("always, with redirects from the files", () => {
    expect(table(resolve(paths, "", { trailingSlash: "always", cleanUrls: "redirect" }))).toEqual([
      "/ /index.html",
      "/about 301 /about/?",
      "/about.html 301 /about/?",
      "/about/ /about.html",
      "/docs 301 /docs/?",
      "/docs/ /docs/index.html",
      "/docs/index.html 301 /docs/?",
      "/docs/start 301 /docs/start/?",
      "/docs/start.html 301 /docs/start/?",
      "/docs/start/ /docs/start.html",
      "/index.html 301 /?",
      "/style.css /style.css",
    ]);
  });

  test("off", () => {
    const made = table(resolve(["/about.html", "/index.html"], "", { cleanUrls: "off" }));
    expect(made).toEqual(["/ /index.html", "/about.html /about.html", "/index.html /index.html"]);
  });

  test("a page goes before the redirect to the folder of its name, as Next exports them", () => {
    expect(table(resolve(["/blog.html", "/blog/first.html", "/blog/index.html"])).slice(0, 4)).toEqual([
      "/blog /blog.html",
      "/blog.html /blog.html",
      "/blog/ /blog/index.html",
      "/blog/first /blog/first.html",
    ]);
  });

  test("a file goes before a page under its clean name", () => {
    expect(table(resolve(["/feed", "/feed.html"]))).toEqual(["/feed /feed", "/feed.html /feed.html"]);
  });

  test("redirects are encoded", () => {
    expect(table(resolve(["/a b/ü?#/index.html"]))[0]).toBe("/a b/ü?# 301 /a%20b/%C3%BC%3F%23/?");
  });
});

describe("rules", () => {
  test("for one path, with and without its slash", () => {
    expect(table(resolve(["/index.html"], "/old /new\n/x/ /y 302\n/loop /loop/\n"))).toEqual([
      "/ /index.html",
      "/index.html /index.html",
      "/loop 301 /loop/?",
      "/old 301 /new?",
      "/old/ 301 /new?",
      "/x 302 /y?",
      "/x/ 302 /y?",
    ]);
  });

  test("do not shadow files unless they are forced", () => {
    const rules = "/a.txt /x\n/b.txt /y 301!\n/c/* /z/:splat 302!\n";
    const made = resolve(["/a.txt", "/b.txt", "/c/d.txt"], rules);
    expect(table(made)).toContain("/a.txt /a.txt");
    expect(table(made)).toContain("/b.txt 301 /y?");
    expect(table(made)).toContain("/c/d.txt 302 /z/d.txt?");
    expect(patterns(made)).toEqual(["/c/* 302 /z/1?"]);
  });

  test("go before redirects that nobody wrote", () => {
    expect(table(resolve(["/docs/index.html"], "/docs /elsewhere 302"))).toContain("/docs 302 /elsewhere?");
  });

  test("count in their order", () => {
    const made = resolve(["/index.html"], "/a/* /first/:splat\n/a/b /second\n/c /third\n/c/* /fourth\n");
    expect(table(made)).toContain("/a/b 301 /first/b?");
    expect(table(made)).toContain("/c 301 /third?");
  });

  test("with a splat also stand for the folder itself", () => {
    const made = resolve(["/index.html"], "/old/* /new/:splat\n");
    expect(table(made)).toContain("/old 301 /new/?");
    expect(patterns(made)).toEqual(["/old/* 301 /new/1?"]);
  });

  test("rewrite to a file, by any of its names", () => {
    const made = resolve(["/app/index.html", "/about.html"], "/x /about 200\n/app/* /app/ 200\n");
    expect(table(made)).toContain("/x /about.html");
    expect(patterns(made)).toEqual(["/app/* /app/index.html"]);
  });

  test("rewrite a folder: each file becomes a route", () => {
    const made = resolve(["/v2/a.txt", "/v2/b/c.txt"], "/latest/* /v2/:splat 200\n");
    expect(table(made)).toEqual([
      "/latest/a.txt /v2/a.txt",
      "/latest/b/c.txt /v2/b/c.txt",
      "/v2/a.txt /v2/a.txt",
      "/v2/b/c.txt /v2/b/c.txt",
    ]);
    expect(made.patterns).toEqual([]);
  });

  test("rewrite a folder, with and without its slash, to its index", () => {
    const made = table(resolve(["/v2/index.html"], "/latest/* /v2/:splat 200\n"));
    expect(made).toContain("/latest /v2/index.html");
    expect(made).toContain("/latest/ /v2/index.html");
  });

  test("with a splat behind a segment also stand for the folder itself", () => {
    const made = resolve(["/index.html"], "/a/:one/x/* /b/:splat/:one\n/c/:one/* /d/:one/:splat 302\n");
    expect(patterns(made)).toEqual([
      "/a/:/x/* 301 /b/2/1?",
      "/a/:/x 301 /b//1?",
      "/c/:/* 302 /d/1/2?",
      "/c/: 302 /d/1/?",
    ]);
  });

  test("with a splat behind a segment do not stand for what lies above", () => {
    const made = resolve(["/a/index.html"], "/a/:one/x/* /b/:one/:splat 301!\n");
    expect(table(made)).toContain("/a/ /a/index.html");
    expect(table(made)).toContain("/a 301 /a/?");
  });

  test("for a file's path are for what is not there: the path with a slash", () => {
    const made = table(resolve(["/a.txt", "/b.txt"], "/a.txt /b.txt 200\n"));
    expect(made).toContain("/a.txt /a.txt");
    expect(made).toContain("/a.txt/ /b.txt");
  });

  test("count in their order for the path with the other slash, too", () => {
    const made = table(resolve(["/index.html"], "/old /first\n/old/* /second/:splat\n"));
    expect(made).toContain("/old 301 /first?");
    expect(made).toContain("/old/ 301 /first?");
  });

  test("rewrite a folder whose name has to be encoded", () => {
    const made = resolve(["/a#b+c&d/x.txt"], "/v1/* /a%23b%2Bc%26d/:splat 200\n");
    expect(table(made)).toContain("/v1/x.txt /a#b+c&d/x.txt");
  });

  test("rewrite by placeholders in another order", () => {
    const made = resolve(["/p/2020-05.txt"], "/:month/:year /p/:year-:month.txt 200\n");
    expect(table(made)).toContain("/05/2020 /p/2020-05.txt");
  });

  test("behind a rule for everything no other is reached, from beside the base either", () => {
    const rules = "/* https://other.example/:splat\n/* /index.html 200\n";
    const made = resolve(["/404.html", "/index.html", "/a/404.html"], rules, { base: "/base" });
    expect(patterns(made)).toEqual(["/base/* 301 https://other.example/1?"]);
    expect(show(made.notFound)).toBe("404 /404.html");
  });

  test("404 and 410", () => {
    const rules = "/gone 410\n/lost /404.html 404\n/away /404 404\n/left/* /bye.html 410\n";
    const made = resolve(["/404.html", "/bye.html"], rules);
    expect(table(made)).toContain("/gone 410");
    expect(table(made)).toContain("/lost 404 /404.html");
    expect(table(made)).toContain("/away 404 /404.html");
    expect(patterns(made)).toEqual(["/left/* 410 /bye.html"]);
  });

  test("for everything are what answers for the rest", () => {
    const made = resolve(["/index.html"], "/a/* /b/:splat\n/* /index.html 200\n/never/* /c/:splat\n");
    expect(patterns(made)).toEqual(["/a/* 301 /b/1?"]);
    expect(show(made.notFound)).toBe("/index.html");
  });

  test("keep the query unless the destination has one", () => {
    const made = resolve(["/index.html"], "/a /b?c=d\n/e /f#g\n");
    expect(table(made)).toContain("/a 301 /b?c=d");
    expect(table(made)).toContain("/e 301 /f#g?");
  });

  test("never begin a location with two slashes", () => {
    const made = resolve(["/x/\\\\evil.example/a.txt"], "/x/* /:splat 301!\n");
    expect(table(made)).toContain("/x/\\\\evil.example/a.txt 301 /evil.example/a.txt?");
  });

  test.each([
    ["/a /nowhere 200", "ML2014"],
    ["/a/* /nowhere/:splat 200", "ML2014"],
    ["/a /nowhere.html 404", "ML2014"],
    ["/:a/:b /:a.html 200", "ML2015"],
  ])("%s is a mistake", (rule, number) => {
    const { rules } = parseRedirects({ path: "_redirects", text: rule });
    const { diagnostics } = resolveRoutes(files("/index.html"), rules, defaultSiteOptions);
    expect(diagnostics.map((diagnostic) => diagnostic.number)).toEqual([number]);
  });
});

describe("what answers for paths that name nothing", () => {
  test("a line of text, the site's page, the fallback", () => {
    expect(show(resolve(["/index.html"]).notFound)).toBe("404");
    expect(show(resolve(["/404.html", "/index.html"]).notFound)).toBe("404 /404.html");
    expect(show(resolve(["/404.html", "/index.html"], "", { fallback: "/index.html" }).notFound)).toBe(
      "/index.html",
    );
    expect(() => resolve(["/index.html"], "", { fallback: "/200.html" })).toThrow(
      "is not a file of the site",
    );
  });

  test("the page of the nearest folder", () => {
    const made = resolve(["/404.html", "/a/404.html", "/a/b/c/404.html", "/index.html"]);
    expect(patterns(made)).toEqual(["/a/b/c/* 404 /a/b/c/404.html", "/a/* 404 /a/404.html"]);
    expect(table(made)).toEqual(["/ /index.html", "/index.html /index.html"]);
  });
});

test("a base is before everything", () => {
  const rules = "/old/* /new/:splat\n/out https://example.org/\n";
  const made = resolve(["/docs/index.html", "/index.html"], rules, { base: "/ä" });
  expect(table(made)).toEqual([
    "/ä 301 /%C3%A4/?",
    "/ä/ /index.html",
    "/ä/docs 301 /%C3%A4/docs/?",
    "/ä/docs/ /docs/index.html",
    "/ä/docs/index.html /docs/index.html",
    "/ä/index.html /index.html",
    "/ä/old 301 /%C3%A4/new/?",
    "/ä/out 301 https://example.org/?",
    "/ä/out/ 301 https://example.org/?",
  ]);
  expect(patterns(made)).toEqual(["/ä/old/* 301 /%C3%A4/new/1?"]);
});
