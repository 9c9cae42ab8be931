import { describe, expect, test } from "vitest";
import { defaultSiteOptions, type SiteOptions } from "../site/site-options.ts";
import { chooseSiteOptions, type SiteFlags } from "./site-flags.ts";

test("nothing gives the defaults", () => {
  expect(chooseSiteOptions({}, {})).toEqual(defaultSiteOptions);
});

test("the site's time is what it was found to be", () => {
  const time = new Date(0);
  expect(chooseSiteOptions({}, {}, time)).toEqual({ ...defaultSiteOptions, lastModified: time });
});

describe("flags", () => {
  const rows: readonly (readonly [SiteFlags, Partial<SiteOptions>])[] = [
    [{ codings: "identity, br" }, { codings: ["br", "identity"] }],
    [{ codings: "gzip" }, { codings: ["gzip"] }],
    [{ base: "docs/" }, { base: "/docs" }],
    [{ base: "//a//b" }, { base: "/a/b" }],
    [{ base: "/" }, { base: "" }],
    [{ spa: true }, { fallback: "/index.html" }],
    [{ spa: true, index: "main.html" }, { fallback: "/main.html" }],
    [{ fallback: "./200.html" }, { fallback: "/200.html" }],
    [{ cors: true }, { cors: "*" }],
    [{ cors: "https://example.org:8443" }, { cors: "https://example.org:8443" }],
    [{ cacheControl: ["/a=b=c"] }, { cacheControl: [{ match: "/a", value: "b=c" }] }],
  ];
  test.each(rows)("%j", (flags, options) => {
    expect(chooseSiteOptions(flags, {})).toMatchObject(options);
  });

  test("win over the configuration, and lists go on", () => {
    const config = {
      base: "/a",
      spa: true,
      listing: true,
      cleanUrls: "off",
      exclude: ["x"],
      codings: ["zstd"],
      cors: true,
    } as const;
    expect(chooseSiteOptions({}, config)).toMatchObject({
      base: "/a",
      cleanUrls: "off",
      codings: ["zstd"],
      cors: "*",
    });
    const flags: SiteFlags = { base: "/b", spa: false, listing: false, cleanUrls: "on", exclude: ["y"] };
    expect(chooseSiteOptions(flags, config)).toMatchObject({
      base: "/b",
      fallback: undefined,
      listing: false,
      cleanUrls: "on",
      exclude: ["x", "y"],
    });
  });

  const wrong: readonly (readonly [SiteFlags, string])[] = [
    [{ codings: "deflate" }, '--codings "deflate" is not known'],
    [{ codings: "" }, '--codings "" is not known'],
    [{ base: "/a/../b" }, "--base"],
    [{ base: "/a?b" }, "--base"],
    [{ index: "a/b.html" }, "--index"],
    [{ cleanUrls: "yes" }, '--clean-urls "yes" is not known'],
    [{ trailingSlash: "maybe" }, "--trailing-slash"],
    [{ dotfiles: "some" }, "--dotfiles"],
    [{ securityHeaders: "paranoid" }, "--security-headers"],
    [{ cors: "example.org" }, "--cors"],
    [{ cors: "https://example.org/\r\nX: y" }, "--cors"],
    [{ cacheControl: ["no-store"] }, '--cache-control "no-store" is not a rule'],
    [{ spa: true, fallback: "200.html" }, "--spa and --fallback name two files"],
    [{ cacheControl: ["/a=b\r\nX: y"] }, "--cache-control"],
  ];
  test.each(wrong)("%j is wrong", (flags, message) => {
    expect(() => chooseSiteOptions(flags, {})).toThrow(message);
  });
});
