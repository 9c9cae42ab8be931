/**
 * From bytes to documents: configs, manifests and indexes as others wrote them. Only what is relied on is checked, and everything else is kept; the
 * message says which field is wrong.
 */

import { isDigest } from "../base/digest.ts";
import { UserError } from "../base/errors.ts";
import type { Config } from "./config.ts";
import type { Descriptor } from "./descriptor.ts";
import type { Index, Manifest } from "./manifest.ts";

/** Larger documents are refused; registries do the same at 4 MiB. */
export const largestDocument: number = 4 << 20;
/** Layers of an image, entries of an index. */
const longestList = 10_000;
const deepestConfig = 100;

export function parseManifest(bytes: Uint8Array, what: string): Manifest {
  const value = parseObject(bytes, what);
  checkVersion(value, what);
  checkDescriptor(value.config, `${what}: config`);
  // Go's encoder writes null for a list without entries.
  const layers = value.layers === null ? [] : value.layers;
  checkDescriptors(layers, `${what}: layers`);
  if (value.subject !== undefined) checkDescriptor(value.subject, `${what}: subject`);
  checkAnnotations(value.annotations, what);
  return { ...value, layers } as unknown as Manifest;
}

export function parseIndex(bytes: Uint8Array, what: string): Index {
  const value = parseObject(bytes, what);
  checkVersion(value, what);
  const manifests = value.manifests === null ? [] : value.manifests;
  checkDescriptors(manifests, `${what}: manifests`);
  if (value.subject !== undefined) checkDescriptor(value.subject, `${what}: subject`);
  checkAnnotations(value.annotations, what);
  return { ...value, manifests } as unknown as Index;
}

export function parseConfig(bytes: Uint8Array, what: string): Config {
  const value = parseObject(bytes, what);
  for (const key of ["os", "architecture"]) {
    if (typeof value[key] !== "string") throw wrong(`${what}: ${key}`, "is not a string");
  }
  const { rootfs } = value;
  if (!isObject(rootfs) || !Array.isArray(rootfs.diff_ids) || rootfs.diff_ids.length > longestList) {
    throw wrong(`${what}: rootfs.diff_ids`, "is not a list");
  }
  if (!rootfs.diff_ids.every(isDigest))
    throw wrong(`${what}: rootfs.diff_ids`, "holds something that is not a digest");
  const config = checkedFields(value, configFields, what);
  if (!isObject(config.config)) return config as unknown as Config;
  const run = checkedFields(config.config, runFields, `${what}: config`);
  const check = isObject(run.Healthcheck)
    ? {
        Healthcheck: checkedFields(
          run.Healthcheck,
          { Test: "a list of strings" },
          `${what}: config.Healthcheck`,
        ),
      }
    : {};
  return { ...config, config: { ...run, ...check } } as unknown as Config;
}

const kinds = {
  "a string": isText,
  "a list of strings": (value: unknown): boolean => Array.isArray(value) && value.every(isText),
  "a map of strings": (value: unknown): boolean => isObject(value) && Object.values(value).every(isText),
  "a list of objects": (value: unknown): boolean => Array.isArray(value) && value.every(isObject),
  "an object": isObject,
} as const;

type Fields = Readonly<Record<string, keyof typeof kinds>>;

const configFields: Fields = {
  variant: "a string",
  created: "a string",
  author: "a string",
  config: "an object",
  history: "a list of objects",
};

const runFields: Fields = {
  User: "a string",
  ExposedPorts: "an object",
  Env: "a list of strings",
  Entrypoint: "a list of strings",
  Cmd: "a list of strings",
  WorkingDir: "a string",
  Labels: "a map of strings",
  StopSignal: "a string",
  Healthcheck: "an object",
};

/** The object without those fields that are null, as Go's encoder writes what is not there. */
function checkedFields(
  value: Record<string, unknown>,
  fields: Fields,
  what: string,
): Record<string, unknown> {
  const kept = { ...value };
  for (const [key, kind] of Object.entries(fields)) {
    if (kept[key] === null) delete kept[key];
    else if (kept[key] !== undefined && !kinds[kind](kept[key]))
      throw wrong(`${what}: ${key}`, `is not ${kind}`);
  }
  return kept;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** @throws UserError unless what we write again keeps what it says: whole numbers, and not nested without end */
export function checkRewritable(value: unknown, what: string, depth = 0): void {
  if (typeof value === "number" && !Number.isSafeInteger(value))
    throw wrong(what, `holds ${value}, which is no whole number`);
  if (typeof value !== "object" || value === null) return;
  if (depth > deepestConfig) throw wrong(what, `is nested deeper than ${deepestConfig}`);
  for (const part of Object.values(value)) checkRewritable(part, what, depth + 1);
}

/** A JSON object. @throws UserError */
export function parseObject(bytes: Uint8Array, what: string): Record<string, unknown> {
  const value = parseJson(bytes, what);
  if (!isObject(value)) throw wrong(what, "is not a JSON object");
  return value;
}

/** Any JSON. @throws UserError */
export function parseJson(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new UserError(`${what} is not JSON`, { exitCode: 1, cause });
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @throws UserError unless it is a list of descriptors */
export function checkDescriptors(value: unknown, what: string): asserts value is readonly Descriptor[] {
  if (!Array.isArray(value)) throw wrong(what, "is not a list");
  if (value.length > longestList) throw wrong(what, `has more than ${longestList} entries`);
  for (const [at, item] of value.entries()) checkDescriptor(item, `${what}[${at}]`);
}

function checkDescriptor(value: unknown, what: string): asserts value is Descriptor {
  if (!isObject(value)) throw wrong(what, "is not a descriptor");
  if (typeof value.mediaType !== "string") throw wrong(`${what}.mediaType`, "is not a string");
  if (!isDigest(value.digest)) throw wrong(`${what}.digest`, "is not a sha256 or sha512 digest");
  if (typeof value.size !== "number" || !Number.isSafeInteger(value.size) || value.size < 0) {
    throw wrong(`${what}.size`, "is not a number of bytes");
  }
  if (value.data !== undefined && typeof value.data !== "string")
    throw wrong(`${what}.data`, "is not a string");
  const { platform } = value;
  if (platform !== undefined && platform !== null) {
    if (!isObject(platform) || typeof platform.os !== "string" || typeof platform.architecture !== "string") {
      throw wrong(`${what}.platform`, "has no os and architecture");
    }
  }
  checkAnnotations(value.annotations, what);
}

function checkVersion(value: Record<string, unknown>, what: string): void {
  if (value.schemaVersion !== 2) {
    const help =
      value.schemaVersion === 1
        ? "Docker's schema 1 is read by no current engine; push the image anew"
        : undefined;
    throw wrong(`${what}: schemaVersion`, `is ${JSON.stringify(value.schemaVersion)}, not 2`, help);
  }
}

function checkAnnotations(value: unknown, what: string): void {
  if (value === undefined || value === null) return;
  if (!isObject(value) || Object.values(value).some((text) => typeof text !== "string")) {
    throw wrong(`${what}: annotations`, "is not a map of strings");
  }
}

function wrong(what: string, reason: string, help?: string): UserError {
  return new UserError(`${what} ${reason}`, { exitCode: 1, ...(help === undefined ? {} : { help }) });
}
