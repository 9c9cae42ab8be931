/**
 * Paths whose content is made while the server runs: health, counters, the environment. They are routes like any other;
 * the server knows their representations by address and fills in or exchanges what they are (runtime/server/live.ts).
 *
 * What is filled in is a form (forms.ts), of which the server makes a representation in writable storage.
 */

import { UserError } from "../base/errors.ts";
import { type LiveForm, mark, packForms } from "./forms.ts";
import { emptyRepresentation, fieldLines, notStored, type RepresentationPlace } from "./respond.ts";
import type { ServerOptions } from "./server-options.ts";

export interface LiveRoute {
  /** The name under which `microlith:site` exports where it lies. */
  readonly name: string;
  readonly path: string;
  readonly place: RepresentationPlace;
}

/** The name of the object that holds the forms, under which `microlith:site` exports it. */
export const liveForms = "liveForms";
/** Of a variable's name, and of all names with what stands around them. */
const mostNameBytes = 255;
const mostNamesBytes = 8192;

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

/** `hasPackedTables`: forms are as long as they are, and packed with all other tables. */
export function liveRoutes(options: ServerOptions, hasPackedTables = false): readonly LiveRoute[] {
  const routes: LiveRoute[] = [];
  if (options.health !== undefined) {
    const place = { object: emptyRepresentation("healthy"), offset: 0 };
    routes.push({ name: "healthy", path: options.health, place });
  }
  const { environment, metrics } = options;
  const forms: (LiveForm & { readonly path: string })[] = [];
  if (metrics !== undefined) {
    const head = headOf("text/plain; version=0.0.4; charset=utf-8");
    forms.push({ name: "metrics", path: metrics, head, body: counterText() });
  }
  if (environment.length > 0) {
    requireRoom(environment);
    const object = configText(environment);
    forms.push(
      { name: "configJson", path: configPaths.json, head: headOf("application/json"), body: object },
      {
        name: "configScript",
        path: configPaths.script,
        head: headOf("text/javascript; charset=utf-8"),
        body: `window.config = ${object};\n`,
      },
    );
  }
  const { object, offsets } = packForms(liveForms, forms, hasPackedTables);
  for (const { name, path } of forms)
    routes.push({ name, path, place: { object, offset: offsets.get(name) ?? 0 } });
  for (const { path } of routes) requirePath(path);
  requireDistinct(routes);
  return routes;
}

function headOf(mediaType: string): string {
  return `${fieldLines([{ name: "Content-Type", value: mediaType }])}${notStored}\r\n`;
}

/** The storage has room for them besides the values, and a mark for the length of each. */
function requireRoom(names: readonly string[]): void {
  const long = names.find((name) => name.length > mostNameBytes);
  const wrong =
    long ?? (names.join("").length + names.length * 10 > mostNamesBytes ? names.join(",") : undefined);
  if (wrong === undefined) return;
  throw new UserError(`${wrong.length} bytes are too much for the names of variables`, {
    help: `A name has up to ${mostNameBytes}, and all have ${mostNamesBytes}.`,
  });
}

function requirePath(path: string): void {
  const hasDots = path.split("/").some((segment) => segment === "." || segment === "..");
  if (/^\/[\x21-\x7e]*$/.test(path) && !/[?#]/.test(path) && !hasDots) return;
  throw new UserError(`${JSON.stringify(path)} is not a path`, {
    help: "A path begins with a slash and has no spaces, control characters, queries or dot segments, for example /healthz.",
  });
}

function requireDistinct(routes: readonly LiveRoute[]): void {
  const paths = routes.map(({ path }) => path);
  const again = routes.find(({ path }, index) => paths.indexOf(path) < index);
  if (again === undefined) return;
  const first = routes.find(({ path }) => path === again.path);
  throw new UserError(
    `two of the server's own answers (${first?.name}, ${again.name}) both lead to ${again.path}`,
    { help: "Give one of them another path with --health or --metrics." },
  );
}

/** An object of strings, in JSON. */
function configText(names: readonly string[]): string {
  return `{${names.map((name) => `"${name}":${mark("variable", name.length)}`).join(",")}}`;
}

/** The text format of Prometheus, version 0.0.4. */
function counterText(): string {
  let number = 0;
  return counters
    .map(([name, type, labels]) => {
      const lines = labels.map((label) => `microlith_${name}${label} ${mark("counter", number++)}\n`);
      return `# TYPE microlith_${name} ${type}\n${lines.join("")}`;
    })
    .join("");
}
