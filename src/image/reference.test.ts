import { expect, test } from "vitest";
import { formatFamiliar, formatReference, parseReference } from "./reference.ts";

const hex = "0".repeat(64);

test.each([
  ["alpine", "docker.io/library/alpine:latest", "alpine:latest"],
  ["alpine:3.20", "docker.io/library/alpine:3.20", "alpine:3.20"],
  ["me/site", "docker.io/me/site:latest", "me/site:latest"],
  ["index.docker.io/me/site", "docker.io/me/site:latest", "me/site:latest"],
  ["localhost/site", "localhost/site:latest", "localhost/site:latest"],
  ["localhost:5000/a/b/c:v1", "localhost:5000/a/b/c:v1", "localhost:5000/a/b/c:v1"],
  ["[::1]:5000/a", "[::1]:5000/a:latest", "[::1]:5000/a:latest"],
  [`ghcr.io/a/b@sha256:${hex}`, `ghcr.io/a/b@sha256:${hex}`, `ghcr.io/a/b@sha256:${hex}`],
  [`a:b@sha256:${hex}`, `docker.io/library/a:b@sha256:${hex}`, `a:b@sha256:${hex}`],
  ["e/a--b__c.d", "docker.io/e/a--b__c.d:latest", "e/a--b__c.d:latest"],
])("%s", (text, full, familiar) => {
  const reference = parseReference(text);
  expect(formatReference(reference)).toBe(full);
  expect(formatFamiliar(reference)).toBe(familiar);
  expect(parseReference(full)).toEqual(reference);
});

test.each([
  ["", "not a repository component"],
  ["Site", "lower case"],
  ["a:", "not a tag"],
  ["a:b:c", "not a tag"],
  [`a:${"x".repeat(129)}`, "not a tag"],
  ["a@sha256:12", "64 hex digits"],
  ["a@b@c", "more than one @"],
  ["a//b", "not a repository component"],
  ["../a", "not a registry host"],
  ["-a.b/c", "not a registry host"],
  ["a b", "not a repository component"],
  ["a/", "not a repository component"],
  ["http://a/b", "not a registry host"],
  [`localhost/${"a".repeat(256)}`, "longer than 255"],
])("refuses %j", (text, reason) => {
  expect(() => parseReference(text)).toThrow(new RegExp(reason));
});
