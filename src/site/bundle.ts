/**
 * A site as the virtual module `microlith:site`: routes, paths and representations as data objects.
 */

import { heldContent } from "../base/content.ts";
import type { DataObject, DataRelocation } from "../base/data-object.ts";
import { UserError } from "../base/errors.ts";
import type { SourceFile } from "../lang/source.ts";
import type { VirtualModule, VirtualValue } from "../lang/virtual-module.ts";
import type { CodedContents } from "./codings.ts";
import { createFieldTexts } from "./field-texts.ts";
import { packText } from "./forms.ts";
import { lastModifiedField, lastTwoDigitYear, packTime } from "./last-modified.ts";
import { type LiveRoute, liveForms } from "./live-routes.ts";
import { isReadInParts, multipart, partsField } from "./parts.ts";
import type { PatternPart } from "./path-pattern.ts";
import { planSite } from "./plan.ts";
import { type Represented, representSite } from "./represent.ts";
import type { Pattern, Route } from "./resolve-rules.ts";
import {
  contentRepresentation,
  entityTagBytes,
  fieldLines,
  type RepresentationPlace,
  statusBase,
} from "./respond.ts";
import { describeTarget } from "./routes.ts";
import { compareBytes, mostPaths, type Site } from "./scan.ts";
import { type Coding, defaultSiteOptions, type SiteOptions } from "./site-options.ts";
import { buildTable } from "./table.ts";
import { codingNames } from "./tokens.ts";

const routeBytes = 12;
const patternBytes = 8;
/** Bytes that the server sends of a batch in one turn: docs/architecture.md says why. */
export const mostAtOnce: number = 288 << 10;
const pathsName = "paths";
/** Up to here the code that puts fields in common into responses is larger than what their heads have in common. */
const fewFiles = 2;
/** The same of the fields that all responses share, which the server can write as a form when it has forms. */
const littleShared = 32;
/** In a pattern's text: its end, a segment, the rest of the path. */
const patternMarks = { end: 0, segment: 1, splat: 2 } as const;

export interface SiteChoice {
  readonly options?: SiteOptions;
  /** What `codeContents` made; nothing: content is stored as it is. */
  readonly coded?: CodedContents;
  /** The linker packs the tables: nothing in them needs to be short. */
  readonly hasPackedTables?: boolean;
}

/**
 * Reads the site's content. `declarations` is the text of runtime/modules/site.d.ts.
 * @throws DiagnosticError with what is wrong in the site's rules
 * @throws UserError (exit code 1)
 */
export function siteModule(
  site: Site,
  declarations: SourceFile,
  live: readonly LiveRoute[] = [],
  choice: SiteChoice = {},
): VirtualModule {
  const { options = defaultSiteOptions, coded = new Map(), hasPackedTables = false } = choice;
  const plan = planSite(site, options);
  const { patterns } = plan.routes;
  const hasParts = isReadInParts(site);
  const ofContent = (hasParts ? partsField : "") + lastModifiedField(options.lastModified);
  let fieldTexts = ofContent !== "" || site.files.length > fewFiles ? createFieldTexts(ofContent) : undefined;
  let represented = representSite(plan, coded, options, fieldTexts);
  if (fieldTexts?.repeated.isFull) {
    fieldTexts = createFieldTexts(ofContent, false);
    represented = representSite(plan, coded, options, fieldTexts);
  }
  const forms = live.filter(({ place }) => place.object.name === liveForms);
  const routes = withLive(plan.routes.routes, represented.routes, live);
  const objects = new Map<string, DataObject>();
  const add = (object: DataObject): DataObject => {
    objects.set(object.name, object);
    return object;
  };
  const values = new Map<string, VirtualValue>();
  const integer = (name: string, value: number): void => {
    values.set(name, { kind: "integer", value: BigInt(value) });
  };
  const boolean = (name: string, value: boolean): void => {
    values.set(name, { kind: "boolean", value });
  };
  const data = (name: string, object: DataObject, offset = 0): void => {
    values.set(name, { kind: "data", object, offset });
  };
  for (const object of represented.objects) add(object);

  const encoder = new TextEncoder();
  const keys = routes.map(({ path }) => encoder.encode(path));
  const table = buildTable(keys);
  const paths = packPaths(keys);
  add(paths.object);
  const rows = [...table.slots].map((index) => rowOf(keys, paths.offsets, routes, index));
  data("routes", add(routeTable(rows)));
  integer("routeCount", rows.length);
  const bits = Math.log2(rows.length);
  integer("routeShift", Number.isInteger(bits) && bits > 0 ? 32 - bits : 0);
  integer("hashStart", table.start);
  integer("hashMultiplier", table.multiplier);
  boolean("hasDisplacements", table.displacements.length > 0);
  integer("displacementShift", 32 - Math.log2(Math.max(2, table.displacements.length)));
  data("displacements", add(displacementTable(table.displacements)));

  boolean("hasPatterns", patterns.length > 0);
  integer("patternCount", patterns.length);
  integer("mostParts", Math.max(0, ...patterns.map(({ parts }) => partCount(parts))));
  const texts = patternTexts(patterns);
  add(texts.object);
  data("patterns", add(patternTable(texts.offsets, represented.patterns)));
  boolean("hasRedirects", represented.pieceSlices > 0);
  integer("pieceSlices", represented.pieceSlices);
  addCodings(represented, options.codings);

  integer("mostAtOnce", mostAtOnce);
  const isLong = site.files.some(({ size }) => size > mostAtOnce);
  boolean("hasLongContent", isLong);
  integer("statusBase", statusBase);
  integer("entityTagBytes", entityTagBytes);
  addTime(options.lastModified);
  addFieldTexts();
  addMultipart();
  const common = fieldLines(plan.common);
  addSharedFields(common);
  const answer = allowance(options, common);
  data("allowance", add(answer));
  integer("allowanceBytes", answer.bytes.length);
  data("notFound", represented.notFound.object, represented.notFound.offset);
  for (const { name, place } of live) data(name, add(place.object), place.offset);
  for (const { place } of forms) data(liveForms, place.object);
  integer("liveFormBytes", forms[0]?.place.object.bytes.length ?? 0);
  integer("liveFormCount", forms.length);
  return { declarations, values, objects };

  function addTime(known: Date | undefined): void {
    boolean("hasLastModified", known !== undefined);
    const time = known ?? new Date(0);
    values.set("siteTime", { kind: "integer", value: packTime(time) });
    const { century, pivot } = lastTwoDigitYear(time);
    integer("twoDigitCentury", century);
    integer("twoDigitPivot", pivot);
  }

  function addFieldTexts(): void {
    boolean("hasFieldTexts", fieldTexts !== undefined);
    boolean("hasRepeatedTexts", fieldTexts?.hasRepeated === true);
    const { types, repeated } = fieldTexts ?? createFieldTexts("");
    data("typeTexts", add(types.object("types")));
    const fields = add(repeated.object("fields of content"));
    data("repeatedTexts", fields);
    data("contentFields", fields, repeated.add(ofContent));
    integer("mostTypeBytes", types.mostBytes);
    integer("mostFieldBytes", types.mostBytes + repeated.mostBytes);
  }

  function addSharedFields(common: string): void {
    const plain = sharedFields(common);
    const isForm = forms.length > 0 && !hasPackedTables;
    const packed = isForm ? packText(Buffer.from(plain.bytes).toString("latin1")) : undefined;
    const isPacked = packed !== undefined && packed.length + littleShared < plain.bytes.length;
    boolean("hasPackedFields", isPacked);
    data("sharedFields", add(isPacked ? { ...plain, bytes: packed } : plain));
    integer("commonBytes", common.length);
  }

  function addMultipart(): void {
    boolean("hasMultipart", hasParts);
    const { object, fieldEnd, delimiterOffset, delimiterBytes } = multipart(represented);
    data("multipart", add(object), fieldEnd);
    data("delimiter", object, delimiterOffset);
    integer("delimiterBytes", delimiterBytes);
  }

  function addCodings({ codings }: Represented, stored: readonly Coding[]): void {
    boolean("hasCodings", codings.size > 0);
    boolean("hasIdentity", stored.includes("identity"));
    data("codingNames", add(codingNames()));
    data("notAcceptable", add(notAcceptable().object));
  }
}

interface PlacedRoute {
  readonly path: string;
  readonly place: RepresentationPlace;
}

/** The site's routes and the server's own, sorted. @throws UserError when one of the server's is a file's too */
function withLive(
  routes: readonly Route[],
  places: readonly RepresentationPlace[],
  live: readonly LiveRoute[],
): readonly PlacedRoute[] {
  const all = routes.flatMap(({ path }, index): PlacedRoute[] => {
    const place = places[index];
    return place === undefined ? [] : [{ path, place }];
  });
  if (all.length + live.length > mostPaths) {
    throw new UserError(`the site has ${all.length + live.length} paths, and ${mostPaths} are the most`, {
      exitCode: 1,
      help: "Each file is a path, a folder with an index two more, and a page one more unless --clean-urls is off.",
    });
  }
  if (live.length === 0) return all;
  for (const { name, path, place } of live) {
    const other = routes.find((route) => route.path === path);
    if (other !== undefined) {
      throw new UserError(
        `${describeTarget(other.target)} and the server's own answer (${name}) both lead to ${path}`,
        {
          exitCode: 1,
          help: "Rename one of them.",
        },
      );
    }
    all.push({ path, place });
  }
  return all.sort((a, b) => compareBytes(a.path, b.path));
}

function notAcceptable(): RepresentationPlace {
  const vary = { name: "Vary", value: "Accept-Encoding" };
  const content = heldContent(new Uint8Array(0));
  return contentRepresentation({
    name: "not acceptable",
    status: 406,
    fields: [vary],
    content,
    isContent: false,
  });
}

/** What runtime/server/clock.ts keeps up to date: two forms of Connection, and between them what every response has. Zeros stand where digits belong. */
function sharedFields(common: string): DataObject {
  const date = "Date: Thu, 00 Jan 0000 00:00:00 GMT\r\n";
  return textTable("shared fields", `\r\nConnection: keep-alive\r\n${date}${common}Connection: close\r\n`);
}

/** What OPTIONS is told, and every method that is not allowed. Browsers that ask before a request of another site want to know more. */
function allowance({ cors }: SiteOptions, common: string): DataObject {
  const origin = `Access-Control-Allow-Origin: ${cors}\r\n`;
  const forOthers =
    cors === undefined
      ? ""
      : `${common.includes(origin) ? "" : origin}Access-Control-Allow-Headers: *\r\nAccess-Control-Max-Age: 86400\r\n`;
  return textTable("allowance", `Allow: GET, HEAD, OPTIONS\r\n${forOthers}\r\n`);
}

function textTable(name: string, text: string): DataObject {
  const bytes = Uint8Array.from(Buffer.from(text, "latin1"));
  return { name, kind: "table", bytes, alignment: 1, relocations: [] };
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
  readonly place: RepresentationPlace | undefined;
}

function rowOf(
  keys: readonly Uint8Array[],
  offsets: readonly number[],
  routes: readonly PlacedRoute[],
  index: number,
): Row {
  return {
    pathOffset: offsets[index] ?? 0,
    pathLength: keys[index]?.length ?? 0,
    place: routes[index]?.place,
  };
}

function routeTable(rows: readonly Row[]): DataObject {
  const bytes = new Uint8Array(rows.length * routeBytes);
  const view = new DataView(bytes.buffer);
  const relocations: DataRelocation[] = [];
  for (const [index, { pathOffset, pathLength, place }] of rows.entries()) {
    if (place === undefined) continue;
    const at = index * routeBytes;
    relocations.push({ offset: at, target: pathsName, addend: pathOffset });
    relocations.push(placeRelocation(at + 4, place));
    view.setUint32(at + 8, pathLength, true);
  }
  return { name: "routes", kind: "table", bytes, alignment: 4, relocations };
}

function placeRelocation(offset: number, place: RepresentationPlace): DataRelocation {
  return { offset, target: place.object.name, addend: place.offset };
}

function partCount(parts: readonly PatternPart[]): number {
  return parts.filter(({ kind }) => kind !== "text").length;
}

/** What the server matches paths with, one behind the other. */
function patternTexts(patterns: readonly Pattern[]): {
  readonly object: DataObject;
  readonly offsets: readonly number[];
} {
  const offsets: number[] = [];
  const bytes: number[] = [];
  for (const { parts } of patterns) {
    offsets.push(bytes.length);
    for (const part of parts) {
      if (part.kind === "text") bytes.push(...Buffer.from(part.text, "utf8"));
      else bytes.push(patternMarks[part.kind]);
    }
    bytes.push(patternMarks.end);
  }
  const object: DataObject = {
    name: "pattern texts",
    kind: "table",
    bytes: Uint8Array.from(bytes),
    alignment: 1,
    relocations: [],
  };
  return { object, offsets };
}

/** One `class Pattern` each. */
function patternTable(offsets: readonly number[], places: readonly RepresentationPlace[]): DataObject {
  const relocations = places.flatMap((place, index): DataRelocation[] => [
    { offset: index * patternBytes, target: "pattern texts", addend: offsets[index] ?? 0 },
    placeRelocation(index * patternBytes + 4, place),
  ]);
  const bytes = new Uint8Array(places.length * patternBytes);
  return { name: "patterns", kind: "table", bytes, alignment: 4, relocations };
}

function displacementTable(displacements: Uint16Array): DataObject {
  const bytes = new Uint8Array(displacements.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of displacements.entries()) view.setUint16(index * 2, value, true);
  return { name: "displacements", kind: "table", bytes, alignment: 2, relocations: [] };
}
