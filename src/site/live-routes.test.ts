import { expect, test } from "vitest";
import { liveRoutes } from "./live-routes.ts";
import { defaultServerOptions, type ServerOptions } from "./server-options.ts";

const routesOf = (options: Partial<ServerOptions>): readonly string[] =>
  liveRoutes({ ...defaultServerOptions, ...options }).map(({ path }) => path);

test("each of the server's own answers has its path", () => {
  const paths = ["/up", "/metrics", "/config.json", "/config.js"];
  expect(routesOf({ health: "/up", metrics: "/metrics", environment: ["A"] })).toEqual(paths);
});

test.each<[Partial<ServerOptions>, string]>([
  [{ health: "/x", metrics: "/x" }, "(healthy, metrics) both lead to /x"],
  [{ metrics: "/config.json", environment: ["A"] }, "(metrics, configJson) both lead to /config.json"],
])("two for one path are refused: %j", (options, message) => {
  expect(() => routesOf(options)).toThrow(message);
});

test.each(["", "up", "/a b", "/a\n", "/ä", "/a?b", "/a#b", "/a/../b", "/."])("%j is not a path", (health) => {
  expect(() => routesOf({ health })).toThrow(`${JSON.stringify(health)} is not a path`);
});
