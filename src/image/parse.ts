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

export function parseManifest(bytes: Uint8Array, what: string): Manifest {
  const value = parseObject(bytes, what);
  checkVersion(value, what);
  checkDescriptor(value.config, `${what}: config`);
  checkDescriptors(value.layers, `${what}: layers`);
  if (value.subject !== undefined) checkDescriptor(value.subject, `${what}: subject`);
  checkAnnotations(value.annotations, what);
  return value as unknown as Manifest;
}

export function parseIndex(bytes: Uint8Array, what: string): Index {
  const value = parseObject(bytes, what);
  checkVersion(value, what);
  checkDescriptors(value.manifests, `${what}: manifests`);
  if (value.subject !== undefined) checkDescriptor(value.subject, `${what}: subject`);
  checkAnnotations(value.annotations, what);
  return value as unknown as Index;
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
  if (value.config !== undefined && value.config !== null && !isObject(value.config)) {
    throw wrong(`${what}: config`, "is not an object");
  }
  return value as unknown as Config;
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
