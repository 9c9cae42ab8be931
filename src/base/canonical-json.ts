/**
 * JSON with one spelling per value, so that a value has one digest: keys sorted by code unit, no white space, fields that are
 * undefined left out. It is RFC 8785 restricted to integers, which is all that OCI documents hold.
 */

import { assert } from "./errors.ts";

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** The canonical text. @throws Bug for a number that is not a safe integer */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    assert(Number.isSafeInteger(value), `canonical JSON holds integers only, not ${value}`);
    return String(value);
  }
  if (isJsonArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(",")}}`;
}

/** The canonical text as UTF-8. */
export function canonicalJsonBytes(value: Json): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value));
}

function isJsonArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
