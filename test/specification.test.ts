/** What the documents point to is there: the tests that docs/specification.md names, and every link to another file. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "./support/sources.ts";

test("every file that the specification names exists", () => {
  const text = readFileSync(join(repository, "docs", "specification.md"), "utf8");
  const named = [...text.matchAll(/\b(?:src|test|bench|scripts)\/[\w./-]+\.(?:ts|mjs)\b/g)].map(
    ([path]) => path,
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
});

const documents = ["README.md", ...readdirSync(join(repository, "docs")).map((name) => `docs/${name}`)];

test.each(documents.filter((name) => name.endsWith(".md")))(
  "every link of %s leads to a file",
  (document) => {
    const text = readFileSync(join(repository, document), "utf8");
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(join(repository, dirname(document), link)))).toEqual([]);
  },
);
