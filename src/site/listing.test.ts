import { expect, test } from "vitest";
import { listFolders } from "./listing.ts";

const files = ["/404.html", "/a&b.txt", "/docs/index.html", "/docs/sub/x:y.txt", "/docs/sub/z.txt"].map(
  (path) => ({
    path,
    source: path,
    size: 1234,
  }),
);

test("there is a page for each folder that has none", () => {
  const pages = listFolders(files, "index.html");
  expect(pages.map(({ path }) => path)).toEqual(["/index.html", "/docs/sub/index.html"]);
  const [root, sub] = pages.map(({ content }) => Buffer.from(content ?? "").toString());
  expect(root).not.toContain("404.html");
  expect(root).toContain(
    '<li><a href="./docs/">docs/</a>\n<li><a href="./a&#38;b.txt">a&#38;b.txt</a> 1,234\n',
  );
  expect(sub).toContain("<title>/docs/sub/</title>");
  expect(sub).toContain('<li><a href="../">../</a>\n<li><a href="./x:y.txt">x:y.txt</a> 1,234\n');
});

test("names cannot carry markup", () => {
  const [page] = listFolders([{ path: `/<img src=x onerror="a">'`, source: "", size: 0 }], "index.html");
  const text = Buffer.from(page?.content ?? "").toString();
  expect(text).not.toContain("<img");
  expect(text).toContain("&#60;img src=x onerror=&#34;a&#34;&#62;&#39;");
});
