import { describe, expect, test } from "vitest";
import {
  chooseFormat,
  parseChoice,
  parseHost,
  parsePlatforms,
  parsePort,
  parseSourceDate,
} from "./options.ts";

const known = ["linux/amd64", "linux/arm64", "linux/arm/v6"];

describe("a port", () => {
  test.each([
    ["1", 1],
    ["8080", 8080],
    ["65535", 65535],
  ])("%s", (text, port) => {
    expect(parsePort(text, 1)).toBe(port);
  });
  test.each(["", "0", "65536", "-1", "80a", "1e3", " 80", "8080.0", "99999999"])("is not %j", (text) => {
    expect(() => parsePort(text, 1)).toThrow(`--port ${JSON.stringify(text)} is not a port`);
  });
  test("is 0 where any free one will do", () => {
    expect(parsePort("0", 0)).toBe(0);
  });
});

test.each([
  ["127.0.0.1", "127.0.0.1"],
  ["localhost", "127.0.0.1"],
  ["[::1]", "::1"],
  ["::", "::"],
])("the host %s is %s", (text, address) => {
  expect(parseHost(text)).toBe(address);
});

test.each(["", "example.org", "1.2.3", "256.1.1.1", "[::1", ":::"])("%j is no host", (text) => {
  expect(() => parseHost(text)).toThrow("is not an IP address");
});

describe("platforms", () => {
  test("come once each, in the order of the targets", () => {
    expect(parsePlatforms("linux/arm/v6,linux/amd64, linux/amd64", known)).toEqual([
      "linux/amd64",
      "linux/arm/v6",
    ]);
    expect(parsePlatforms("all", known)).toEqual(known);
  });
  test.each(["", "linux", "amd64", "linux/amd64,", "linux/s390x", "windows/amd64"])("are not %j", (text) => {
    expect(() => parsePlatforms(text, known)).toThrow("is not one that microlith makes");
  });
});

test("the format follows the output's name unless it is given", () => {
  expect(chooseFormat(undefined, "site.tar")).toBe("oci");
  expect(chooseFormat(undefined, "site")).toBe("elf");
  expect(chooseFormat("elf", "site.tar")).toBe("elf");
  expect(() => chooseFormat("zip", "site.zip")).toThrow('--format "zip" is not known');
});

test("a choice is one of its values", () => {
  expect(parseChoice("--layout", "tight", ["plain", "tight"])).toBe("tight");
  expect(() => parseChoice("--layout", "constructor", ["plain", "tight"])).toThrow("is not known");
});

test("SOURCE_DATE_EPOCH is a number of seconds", () => {
  expect(parseSourceDate(undefined)).toBeUndefined();
  expect(parseSourceDate("1700000000")).toBe(1_700_000_000);
  expect(parseSourceDate("8589934591")).toBe(8 ** 11 - 1);
  for (const text of ["yesterday", "-1", "8589934592"]) {
    expect(() => parseSourceDate(text)).toThrow("is not a time");
  }
});
