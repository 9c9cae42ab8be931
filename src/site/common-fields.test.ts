import { expect, test } from "vitest";
import { commonFields, withoutFields } from "./common-fields.ts";
import type { HeaderField } from "./headers.ts";

const fields = (...lines: readonly string[]): readonly HeaderField[] =>
  lines.map((line) => ({ name: line.slice(0, line.indexOf(":")), value: line.slice(line.indexOf(":") + 2) }));
const names = (of: readonly HeaderField[]): readonly string[] => of.map(({ name }) => name);

test("what all files have, in one value, is common", () => {
  const page = fields("Content-Type: text/html", "X-Frame-Options: DENY", "X-A: 1", "X-B: 2");
  const script = fields("Content-Type: text/javascript", "X-B: 2", "X-A: 2", "X-C: 3");
  expect(commonFields([page, script])).toEqual(fields("X-B: 2"));
  expect(withoutFields(page, commonFields([page, script]))).toEqual(
    fields("Content-Type: text/html", "X-Frame-Options: DENY", "X-A: 1"),
  );
});

test("what is about a file or its caches is not, even when all have it", () => {
  const site = [
    "Content-Security-Policy: default-src 'self'",
    "Cross-Origin-Resource-Policy: same-origin",
    "Strict-Transport-Security: max-age=1",
    "access-control-allow-origin: *",
  ];
  const file = [
    "Content-Type: text/html",
    "Content-Language: en",
    "Cache-Control: no-cache",
    "Vary: Cookie",
    "Link: </a.css>; rel=preload",
    "Set-Cookie: a=1",
    "Expires: 0",
    "Referrer: x",
  ];
  expect(names(commonFields([fields(...file, ...site)]))).toEqual(names(fields(...site)));
});

test("a site without files has none", () => {
  expect(commonFields([])).toEqual([]);
});
