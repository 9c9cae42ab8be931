import { describe, expect, test } from "vitest";
import { parseRedirects } from "./redirects.ts";

const parse = (text: string): ReturnType<typeof parseRedirects> =>
  parseRedirects({ path: "_redirects", text });

describe("a rule", () => {
  test("is a path, a destination and maybe a status", () => {
    const { rules, diagnostics } = parse("# moved\n/old /new\n\n  /a\t/b   302!  # comment\r\n/gone 410\n");
    expect(diagnostics).toEqual([]);
    expect(rules.map(({ status, forced }) => [status, forced])).toEqual([
      [301, false],
      [302, true],
      [410, false],
    ]);
    expect(rules[0]).toMatchObject({
      parts: [{ kind: "text", text: "/old" }],
      destination: { pieces: [{ kind: "text", text: "/new" }], fragment: "", isLocal: true, hasQuery: false },
    });
    expect(rules[2]?.destination).toBeUndefined();
  });

  test("has placeholders and a splat", () => {
    const { rules } = parse("/blog/:year/:month/* /archive/:month-:year/:splat?y=:year#top 308");
    expect(rules[0]?.parts).toEqual([
      { kind: "text", text: "/blog/" },
      { kind: "segment", name: "year" },
      { kind: "text", text: "/" },
      { kind: "segment", name: "month" },
      { kind: "text", text: "/" },
      { kind: "splat" },
    ]);
    expect(rules[0]?.destination).toEqual({
      pieces: [
        { kind: "text", text: "/archive/" },
        { kind: "capture", name: "month" },
        { kind: "text", text: "-" },
        { kind: "capture", name: "year" },
        { kind: "text", text: "/" },
        { kind: "capture", name: "splat" },
        { kind: "text", text: "?y=" },
        { kind: "capture", name: "year" },
      ],
      fragment: "#top",
      isLocal: true,
      hasQuery: true,
    });
  });

  test("matches decoded paths and sends encoded ones", () => {
    const { rules } = parse("/caf%C3%A9 /käse%20brot/<b> 301");
    expect(rules[0]?.parts).toEqual([{ kind: "text", text: "/café" }]);
    expect(rules[0]?.destination?.pieces).toEqual([{ kind: "text", text: "/k%C3%A4se%20brot/%3Cb%3E" }]);
  });

  test("may lead to another host, which is in it", () => {
    const { rules, diagnostics } = parse("/x/* https://example.org:8443/y/:splat 301\n/z http://[::1]/ 302");
    expect(diagnostics).toEqual([]);
    expect(rules.map(({ destination }) => destination?.isLocal)).toEqual([false, false]);
    expect(rules[0]?.destination?.pieces[0]).toEqual({ kind: "text", text: "https://example.org:8443/y/" });
  });
});

describe("a mistake is reported with its number and place", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ["old /new", "ML2001", "old"],
    ["https://example.org/a /b", "ML2002", "https://example.org/a"],
    ["/old", "ML2003", "/old"],
    ["/old 301", "ML2003", "/old 301"],
    ["/old new", "ML2004", "new"],
    ["/old //evil.example/", "ML2004", "//evil.example/"],
    ["/old /\\evil.example/", "ML2004", "/\\evil.example/"],
    ["/old javascript:alert(1)", "ML2004", "javascript:alert(1)"],
    ["/old https://user@example.org/", "ML2004", "https://user@example.org/"],
    ["/old https://example.org\\@evil.example/", "ML2004", "https://example.org\\@evil.example/"],
    ["/go/* https://:splat", "ML2005", "https://:splat"],
    ["/go/* https://example.org:splat", "ML2005", "https://example.org:splat"],
    ["/go/:h https://:h.example.org/", "ML2005", "https://:h.example.org/"],
    ["/old /new 300", "ML2006", "300"],
    ["/old /new 500!", "ML2006", "500!"],
    ["/old /new 301 Country=de", "ML2007", "Country=de"],
    ["/old /new extra 301", "ML2007", "extra"],
    ["/shop id=:id /shop/:id 301", "ML2008", "id=:id"],
    ["/shop?id=1 /new", "ML2008", "/shop?id=1"],
    ["/api/* https://api.example.org/:splat 200", "ML2009", "https://api.example.org/:splat"],
    ["/a/*/b /c", "ML2010", "/a/*/b"],
    ["/a/:/b /c", "ML2011", "/a/:/b"],
    ["/a/:x.html /c", "ML2011", "/a/:x.html"],
    ["/:a/:a /c", "ML2012", "/:a/:a"],
    ["/a/* /b/:other", "ML2013", "/b/:other"],
    ["/a/%zz /b", "ML2017", "/a/%zz"],
    ["/a%2fb /b", "ML2017", "/a%2fb"],
    ["/a%0d%0ab /b", "ML2017", "/a%0d%0ab"],
    ["/:x/* /:splat/:x", "ML2018", "/:splat/:x"],
    [`/${"x".repeat(2100)} /b`, "ML2016", `/${"x".repeat(2100)} /b`],
    [`/* /:splat-${"x".repeat(251)}`, "ML2016", `/:splat-${"x".repeat(251)}`],
  ];

  test.each(rows)("%s", (line, number, place) => {
    const { rules, diagnostics } = parse(`# first\n${line}\n`);
    expect(rules).toEqual([]);
    expect(diagnostics.map((diagnostic) => diagnostic.number)).toEqual([number]);
    const [{ span } = { span: undefined }] = diagnostics;
    expect(span?.file.text.slice(span.start, span.end)).toBe(place);
  });

  test("and all of them at once", () => {
    expect(parse("a\n/b\n/c /d 99\n").diagnostics).toHaveLength(3);
  });
});
