/**
 * Fields that hold for a site rather than for a file: who may read it, what its pages may do, what else `_headers` says of
 * everything. Those that all files have are stored once, with the fields that every response shares (runtime/server/clock.ts), and
 * so redirects, errors and the server's own answers have them too.
 */

import type { HeaderField } from "./headers.ts";

/** The others describe a file, or how long it may be kept. */
const ofSites =
  /^(x-.*|(access-control|cross-origin|content-security-policy|permissions-policy|referrer-policy)\b.*|strict-transport-security|server|alt-svc|nel|report-to|reporting-endpoints|timing-allow-origin|origin-agent-cluster)$/i;

/** Those that all have, in the order of the first. */
export function commonFields(ofFiles: Iterable<readonly HeaderField[]>): readonly HeaderField[] {
  let common: readonly HeaderField[] | undefined;
  for (const fields of ofFiles) {
    common = (common ?? fields).filter((field) => ofSites.test(field.name) && isIn(field, fields));
    if (common.length === 0) break;
  }
  return common ?? [];
}

/** The fields without those of `others`. */
export function withoutFields(
  fields: readonly HeaderField[],
  others: readonly HeaderField[],
): readonly HeaderField[] {
  return others.length === 0 ? fields : fields.filter((field) => !isIn(field, others));
}

function isIn({ name, value }: HeaderField, fields: readonly HeaderField[]): boolean {
  return fields.some((other) => other.name === name && other.value === value);
}
