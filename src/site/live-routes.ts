/**
 * Paths whose content is made while the server runs: health, counters, the environment. They are routes like any other;
 * the server knows their representations by address and fills in or exchanges what they are (runtime/server/live.ts).
 *
 * A representation that is filled in is a pattern, of which the server makes one in writable storage.
 */

import type { DataObject } from "../base/data-object.ts";
import { UserError } from "../base/errors.ts";
import { contentRepresentation, patternRepresentation } from "./respond.ts";
import type { ServerOptions } from "./server-options.ts";

export interface LiveRoute {
  /** The name under which `microlith:site` exports the representation. */
  readonly name: string;
  /** Absent: it takes another's place and has no path of its own. */
  readonly path: string | undefined;
  readonly object: DataObject;
}

export const configPaths = { json: "/config.json", script: "/config.js" } as const;
/** The names of the counters in the order of `enum Counter` (runtime/server/counters.ts). */
const counters: readonly (readonly [name: string, type: "counter" | "gauge", labels: readonly string[]])[] = [
  ["microlith_requests_total", "counter", ["2", "3", "4", "5"].map((digit) => `{status="${digit}xx"}`)],
  ["microlith_sent_bytes_total", "counter", [""]],
  ["microlith_connections", "gauge", [""]],
  ["microlith_connections_total", "counter", [""]],
  ["microlith_connections_dropped_total", "counter", [""]],
  ["microlith_log_lines_dropped_total", "counter", [""]],
];

/** Digits of a counter, at most. */
const counterDigits = 20;

export function liveRoutes(options: ServerOptions): readonly LiveRoute[] {
  const routes: LiveRoute[] = [];
  if (options.health !== undefined) {
    routes.push({ name: "healthy", path: options.health, object: shortAnswer("healthy", 200, "OK\n") });
    routes.push({ name: "draining", path: undefined, object: shortAnswer("draining", 503, "Draining\n") });
  }
  if (options.metrics !== undefined) {
    const content = Buffer.from(counterText(), "latin1");
    routes.push({
      name: "metrics",
      path: options.metrics,
      object: contentRepresentation({
        name: "metrics",
        status: 200,
        mediaType: "text/plain; version=0.0.4; charset=utf-8",
        content,
        isContent: false,
        isLive: true,
      }),
    });
  }
  if (options.environment.length > 0) {
    routes.push(configRoute("configJson", configPaths.json, "application/json"));
    routes.push(configRoute("configScript", configPaths.script, "text/javascript; charset=utf-8"));
  }
  for (const { path } of routes) requirePath(path);
  return routes;
}

function requirePath(path: string | undefined): void {
  if (path === undefined || /^\/[\x21-\x7e]*$/.test(path)) return;
  throw new UserError(`${JSON.stringify(path)} is not a path`, {
    help: "A path begins with a slash and has neither spaces nor control characters, for example /healthz.",
  });
}

function shortAnswer(name: string, status: 200 | 503, text: string): DataObject {
  const content = Buffer.from(text, "latin1");
  return contentRepresentation({
    name,
    status,
    mediaType: "text/plain",
    content,
    isContent: false,
    isLive: true,
  });
}

function configRoute(name: string, path: string, mediaType: string): LiveRoute {
  return { name, path, object: patternRepresentation(name, mediaType) };
}

/** The text format of Prometheus, version 0.0.4, with room for the values. */
function counterText(): string {
  const room = " ".repeat(counterDigits);
  return counters
    .map(([name, type, labels]) =>
      [`# TYPE ${name} ${type}\n`, ...labels.map((label) => `${name}${label} ${room}\n`)].join(""),
    )
    .join("");
}
