/**
 * Paths whose content is made while the server runs: health, counters, the environment. They are routes like any other;
 * the server knows their representations by address and fills in or exchanges what they are (runtime/server/live.ts).
 *
 * A representation that is filled in is a pattern, of which the server makes one in writable storage.
 */

import type { DataObject } from "../base/data-object.ts";
import { UserError } from "../base/errors.ts";
import { emptyRepresentation, markedRepresentation, patternRepresentation } from "./respond.ts";
import type { ServerOptions } from "./server-options.ts";

export interface LiveRoute {
  /** The name under which `microlith:site` exports the representation. */
  readonly name: string;
  readonly path: string;
  readonly object: DataObject;
}

export const configPaths = { json: "/config.json", script: "/config.js" } as const;
/** The names of the counters in the order of `enum Counter` (runtime/server/counters.ts). */
const counters: readonly (readonly [name: string, type: "counter" | "gauge", labels: readonly string[]])[] = [
  ["requests_total", "counter", ["2", "3", "4", "5"].map((digit) => `{status="${digit}xx"}`)],
  ["sent_bytes_total", "counter", [""]],
  ["connections", "gauge", [""]],
  ["connections_total", "counter", [""]],
  ["connections_dropped_total", "counter", [""]],
  ["log_lines_dropped_total", "counter", [""]],
];

/** Digits of a counter, at most. */
const counterDigits = 20;

export function liveRoutes(options: ServerOptions): readonly LiveRoute[] {
  const routes: LiveRoute[] = [];
  if (options.health !== undefined) {
    routes.push({ name: "healthy", path: options.health, object: emptyRepresentation("healthy") });
  }
  if (options.metrics !== undefined) {
    const { text, expandedBytes } = counterText();
    const object = markedRepresentation(
      "metrics",
      "text/plain; version=0.0.4; charset=utf-8",
      text,
      expandedBytes,
    );
    routes.push({ name: "metrics", path: options.metrics, object });
  }
  if (options.environment.length > 0) {
    routes.push(configRoute("configJson", configPaths.json, "application/json"));
    routes.push(configRoute("configScript", configPaths.script, "text/javascript; charset=utf-8"));
  }
  for (const { path } of routes) requirePath(path);
  return routes;
}

function requirePath(path: string): void {
  if (/^\/[\x21-\x7e]*$/.test(path)) return;
  throw new UserError(`${JSON.stringify(path)} is not a path`, {
    help: "A path begins with a slash and has neither spaces nor control characters, for example /healthz.",
  });
}

function configRoute(name: string, path: string, mediaType: string): LiveRoute {
  return { name, path, object: patternRepresentation(name, mediaType) };
}

/** Bytes that stand for what is often in the text; runtime/server/counters.ts replaces them. */
const marks: Readonly<Record<string, string>> = {
  "\x01": "# TYPE ",
  "\x02": "microlith_",
  "\x03": " counter\n",
  "\x04": `${" ".repeat(counterDigits)}\n`,
};

/** The text format of Prometheus, version 0.0.4, with room for the values, and with marks. A zero ends it. */
function counterText(): { readonly text: Buffer; readonly expandedBytes: number } {
  const text = counters
    .map(([name, type, labels]) => {
      const typeLine = `\x01\x02${name}${type === "counter" ? "\x03" : ` ${type}\n`}`;
      return typeLine + labels.map((label) => `\x02${name}${label} \x04`).join("");
    })
    .join("");
  const expanded = [...text].map((character) => marks[character] ?? character).join("");
  return { text: Buffer.from(`${text}\0`, "latin1"), expandedBytes: expanded.length };
}
