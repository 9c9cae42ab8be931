/**
 * A site as the virtual module `microlith:site`: routes, paths and representations as data objects.
 */

import { createHash } from "node:crypto";
import type { DataObject, DataRelocation } from "../base/data-object.ts";
import type { SourceFile } from "../lang/source.ts";
import type { VirtualModule, VirtualValue } from "../lang/virtual-module.ts";
import type { LiveRoute } from "./live-routes.ts";
import { mediaTypeOf } from "./media-types.ts";
import { contentRepresentation, entityTagBytes, redirectRepresentation } from "./respond.ts";
import { type Route, type Routes, routeSite } from "./routes.ts";
import { readContent, type Site, type SiteFile } from "./scan.ts";
import { exportedStatuses, type StatusCode, statusLine } from "./status.ts";
import { buildTable } from "./table.ts";

const routeBytes = 12;
const pathsName = "paths";

/** Reads the site's content. `declarations` is the text of runtime/modules/site.d.ts. @throws UserError (exit code 1) */
export function siteModule(
  site: Site,
  declarations: SourceFile,
  live: readonly LiveRoute[] = [],
): VirtualModule {
  const routed = routeSite(
    site,
    live.map(({ path, object }) => ({ kind: "live", path, object: object.name })),
  );
  const objects = new Map<string, DataObject>();
  const add = (object: DataObject): DataObject => {
    objects.set(object.name, object);
    return object;
  };
  const values = new Map<string, VirtualValue>();
  const integer = (name: string, value: number): void => {
    values.set(name, { kind: "integer", value: BigInt(value) });
  };
  const data = (name: string, object: DataObject): void => {
    values.set(name, { kind: "data", object });
  };

  const representations = representRoutes(routed, add);
  const encoder = new TextEncoder();
  const keys = routed.routes.map(({ path }) => encoder.encode(path));
  const table = buildTable(keys);
  const paths = packPaths(keys);
  add(paths.object);
  const rows = [...table.slots].map((index) =>
    rowOf(routed.routes, keys, paths.offsets, representations, index),
  );
  data("routes", add(routeTable(rows)));
  integer("routeCount", rows.length);
  const bits = Math.log2(rows.length);
  integer("routeShift", Number.isInteger(bits) && bits > 0 ? 32 - bits : 0);
  integer("hashStart", table.start);
  integer("hashMultiplier", table.multiplier);
  values.set("hasDisplacements", { kind: "boolean", value: table.displacements.length > 0 });
  integer("displacementShift", 32 - Math.log2(Math.max(2, table.displacements.length)));
  data("displacements", add(displacementTable(table.displacements)));

  values.set("hasRedirects", {
    kind: "boolean",
    value: routed.routes.some(({ kind }) => kind === "redirect"),
  });
  integer("entityTagBytes", entityTagBytes);
  data("notFound", add(notFoundRepresentation(routed.notFound)));
  for (const { name, object } of live) data(name, add(object));
  const statuses = new Map<StatusCode, DataObject>();
  for (const code of [200, 404] as const) statuses.set(code, add(statusLine(code)));
  for (const [name, code] of Object.entries(exportedStatuses)) {
    data(name, statuses.get(code) ?? add(statusLine(code)));
  }
  return { declarations, values, objects };
}

/** The name of each route's representation. Equal content of equal type is stored once. */
function representRoutes(
  { routes }: Routes,
  add: (object: DataObject) => DataObject,
): ReadonlyMap<Route, string> {
  const names = new Map<Route, string>();
  const byFile = new Map<SiteFile, string>();
  const byContent = new Map<string, string>();
  for (const route of routes) {
    if (route.kind === "redirect") {
      names.set(route, add(redirectRepresentation(`redirect ${route.path}`, 301, route.location)).name);
      continue;
    }
    if (route.kind === "live") {
      names.set(route, route.object);
      continue;
    }
    const known = byFile.get(route.file);
    const name = known ?? representFile(route.file);
    byFile.set(route.file, name);
    names.set(route, name);
  }
  return names;

  function representFile(file: SiteFile): string {
    const content = readContent(file);
    const mediaType = mediaTypeOf(file.path);
    const identity = `${mediaType} ${createHash("sha256").update(content).digest("hex")}`;
    const name = byContent.get(identity) ?? `content ${file.path}`;
    if (!byContent.has(identity)) {
      add(contentRepresentation({ name, status: 200, mediaType, content, isContent: true }));
      byContent.set(identity, name);
    }
    return name;
  }
}

function notFoundRepresentation(file: SiteFile | undefined): DataObject {
  return contentRepresentation({
    name: file === undefined ? "not found" : `content ${file.path}`,
    status: 404,
    ...(file === undefined ? {} : { mediaType: mediaTypeOf(file.path) }),
    content: file === undefined ? Buffer.from("Not found\n") : readContent(file),
    isContent: file !== undefined,
  });
}

/** All paths in one row. A path that begins the next one is stored within it. */
function packPaths(keys: readonly Uint8Array[]): {
  readonly object: DataObject;
  readonly offsets: readonly number[];
} {
  const offsets: number[] = new Array(keys.length).fill(0);
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const [index, key] of keys.entries()) {
    const next = keys[index + 1];
    if (next !== undefined && startsWith(next, key)) {
      offsets[index] = end;
      continue;
    }
    offsets[index] = end;
    parts.push(key);
    end += key.length;
  }
  const bytes = Uint8Array.from(Buffer.concat(parts));
  return { object: { name: pathsName, kind: "table", bytes, alignment: 1, relocations: [] }, offsets };
}

function startsWith(text: Uint8Array, start: Uint8Array): boolean {
  return text.length >= start.length && Buffer.compare(text.subarray(0, start.length), start) === 0;
}

/** One `class Route`. */
interface Row {
  readonly pathOffset: number;
  readonly pathLength: number;
  /** Absent: an empty slot. */
  readonly representation: string | undefined;
}

function rowOf(
  routes: readonly Route[],
  keys: readonly Uint8Array[],
  offsets: readonly number[],
  representations: ReadonlyMap<Route, string>,
  index: number,
): Row {
  const route = routes[index];
  if (route === undefined) return { pathOffset: 0, pathLength: 0, representation: undefined };
  return {
    pathOffset: offsets[index] ?? 0,
    pathLength: keys[index]?.length ?? 0,
    representation: representations.get(route),
  };
}

function routeTable(rows: readonly Row[]): DataObject {
  const bytes = new Uint8Array(rows.length * routeBytes);
  const view = new DataView(bytes.buffer);
  const relocations: DataRelocation[] = [];
  for (const [index, { pathOffset, pathLength, representation }] of rows.entries()) {
    if (representation === undefined) continue;
    const at = index * routeBytes;
    relocations.push({ offset: at, target: pathsName, addend: pathOffset });
    relocations.push({ offset: at + 4, target: representation, addend: 0 });
    view.setUint32(at + 8, pathLength, true);
  }
  return { name: "routes", kind: "table", bytes, alignment: 4, relocations };
}

function displacementTable(displacements: Uint16Array): DataObject {
  const bytes = new Uint8Array(displacements.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of displacements.entries()) view.setUint16(index * 2, value, true);
  return { name: "displacements", kind: "table", bytes, alignment: 2, relocations: [] };
}
