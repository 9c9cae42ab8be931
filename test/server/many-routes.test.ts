/**
 * A site of many files: each path leads to its own file, and names that are close to one lead nowhere.
 */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exchange, parseResponses } from "../support/http.ts";
import { type Server, startServer } from "../support/server.ts";

const count = 5000;
const pathOf = (index: number): string => `/section-${index % 71}/page-${index}.txt`;
const files = Object.fromEntries(
  Array.from({ length: count }, (_, index) => [pathOf(index), `page ${index}`]),
);

describe("a site of many files", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(files);
  });
  afterAll(() => server.stop());

  const ask = async (targets: readonly string[]): Promise<readonly string[]> => {
    const text = targets.map((target) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`).join("");
    return parseResponses(await exchange(server, [text])).map(({ status, body }) => `${status} ${body}`);
  };

  it("answers each path with its file", async () => {
    const indices = Array.from({ length: count }, (_, index) => index);
    expect(await ask(indices.map(pathOf))).toEqual(indices.map((index) => `200 page ${index}`));
  });

  it("answers other paths with 404", async () => {
    const targets = Array.from(
      { length: count },
      (_, index) => `/section-${(index + 1) % 71}/page-${index}.txt`,
    );
    expect(new Set(await ask(targets))).toEqual(new Set(["404 Not found\n"]));
  });
});
