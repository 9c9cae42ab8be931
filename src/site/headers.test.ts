import { describe, expect, test } from "vitest";
import { matchHeaders, parseHeaders } from "./headers.ts";

const parse = (text: string): ReturnType<typeof parseHeaders> => parseHeaders({ path: "_headers", text });
const match = (text: string, ...paths: readonly string[]): readonly string[] =>
  matchHeaders(parse(text).rules, paths).fields.map(({ name, value }) => `${name}: ${value}`);

test("fields stand below the path that they are for", () => {
  const text = "# all\n/*\n  X-A: 1\n\n/docs/*\r\n\tX-B:  two words \n/exact\n  X-C: 3\n";
  expect(match(text, "/")).toEqual(["X-A: 1"]);
  expect(match(text, "/docs/a/b.html")).toEqual(["X-A: 1", "X-B: two words"]);
  expect(match(text, "/exact")).toEqual(["X-A: 1", "X-C: 3"]);
});

test("a rule counts when it matches any of a file's names", () => {
  expect(match("/about\n  X-A: 1", "/about.html", "/about")).toEqual(["X-A: 1"]);
});

test.each([
  ["/*.js", "/a/b.js", true],
  ["/*.js", "/a/bxjs", false],
  ["/a/*/c", "/a/b/b/c", true],
  ["/:x/y", "/a/y", true],
  ["/:x/y", "/a/b/y", false],
  ["/caf%C3%A9", "/café", true],
  ["/a%23b%3Fc%2Bd", "/a#b?c+d", true],
  ["/a%2A", "/a*", true],
  ["/a%2A", "/ab", false],
  ["/%3Aname", "/:name", true],
  ["/%3Aname", "/name", false],
  ["/a+b(c)-d", "/a+b(c)-d", true],
])("%s and %s", (pattern, path, matches) => {
  expect(match(`${pattern}\n  X-A: 1`, path)).toEqual(matches ? ["X-A: 1"] : []);
});

test("values of one name are joined, but for cookies", () => {
  const text = "/*\n  Link: <a>\n  link: <b>\n  Set-Cookie: a=1\n  Set-Cookie: b=2\n";
  expect(match(text, "/")).toEqual(["Link: <a>, <b>", "Set-Cookie: a=1", "Set-Cookie: b=2"]);
});

test("a field can be taken back", () => {
  const text = "/*\n  X-A: 1\n  X-B: 2\n/x/*\n  ! X-A\n  ! Cache-Control\n";
  expect(match(text, "/x/y")).toEqual(["X-B: 2"]);
  expect(matchHeaders(parse(text).rules, ["/x/y"]).taken).toEqual(new Set(["x-a", "cache-control"]));
});

test.each([
  ["/m/:title", "see :title", "/m/x", "see x"],
  ["/m/:title/:part", ":part of :title", "/m/x/y", "y of x"],
  ["/m/*", "</m/:splat>; rel=canonical", "/m/x/y.html", "</m/x/y.html>; rel=canonical"],
  ["/m/:title", ":title", "/m/é \r\n,%", "%C3%A9%20%0D%0A,%25"],
  ["/m/:title", "a:title2 :splat https://b :title", "/m/x", "a:title2 :splat https://b x"],
  ["/m/:title", ":title", "/m/$&", "$&"],
  ["/a/*/:b/*", ":splat and :b", "/a/1/2/3", "1 and 2"],
])("what %s stands for is put into %s", (pattern, value, path, expected) => {
  expect(match(`${pattern}\n  X-A: ${value}`, "/other", path)).toEqual([`X-A: ${expected}`]);
});

test("of a page's names the clean one is put in", () => {
  expect(match("/:page\n  X-A: :page", "/about.html", "/about")).toEqual(["X-A: about"]);
});

describe("a mistake is reported with its number and place", () => {
  test.each([
    ["  X-A: 1", "ML2101", "X-A: 1"],
    ["docs\n  X-A: 1", "ML2102", "docs"],
    ["/*\n  what", "ML2102", "what"],
    ["https://example.org/*\n  X-A: 1", "ML2002", "https://example.org/*"],
    ["/*\n  X A: 1", "ML2103", "X A: 1"],
    ["/*\n  X-A:", "ML2104", "X-A:"],
    ["/*\n  X-A: a\x01b", "ML2104", "X-A: a\x01b"],
    ["/*\n  X-A: ü", "ML2104", "X-A: ü"],
    ["/*\n  Content-Length: 1", "ML2105", "Content-Length: 1"],
    ["/*\n  transfer-encoding: chunked", "ML2105", "transfer-encoding: chunked"],
    ["/*\n  ETag: x", "ML2105", "ETag: x"],
    ["/admin/*\n  Basic-Auth: a:b", "ML2106", "Basic-Auth: a:b"],
  ])("%j", (text, number, place) => {
    const [diagnostic, ...others] = parse(text).diagnostics;
    expect(others).toEqual([]);
    expect(diagnostic?.number).toBe(number);
    expect(text.slice(diagnostic?.span.start, diagnostic?.span.end)).toBe(place);
  });

  test("a carriage return cannot begin another field", () => {
    const [diagnostic] = parse("/*\n  X-A: a\rX-B: b\n").diagnostics;
    expect(diagnostic?.number).toBe("ML2104");
  });
});
