import { expect, test } from "vitest";
import { formatPlatform, parsePlatform, platformMatches } from "./platform.ts";

test.each(["linux/amd64", "linux/arm/v6", "windows/amd64"])("%s is read and written alike", (text) => {
  expect(formatPlatform(parsePlatform(text))).toBe(text);
});

test.each(["", "linux", "linux/", "/amd64", "linux/arm/v6/x", "Linux/AMD64", "linux/arm/"])(
  "refuses %j",
  (text) => {
    expect(() => parsePlatform(text)).toThrow("is not a platform");
  },
);

test.each([
  ["linux/arm/v6", "linux/arm", true],
  ["linux/arm", "linux/arm/v7", true],
  ["linux/arm/v6", "linux/arm/v7", false],
  ["linux/arm64", "linux/arm", false],
])("an image for %s is meant by %s: %j", (offered, wanted, expected) => {
  expect(platformMatches(parsePlatform(offered), parsePlatform(wanted))).toBe(expected);
});
