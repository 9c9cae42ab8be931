/**
 * The names that the server tells apart, as three lists that it searches in order: methods, fields, values of
 * fields. What most requests have stands first.
 *
 * The code of a name is a set of bits. For fields below `keptCode` they are what the parser remembers, and of a list's members it
 * remembers those whose bits the field has: so `close` means something in Connection and nothing in Transfer-Encoding.
 */

import type { DataObject } from "../base/data-object.ts";

/** The constants that `microlith:options` exports. */
export const tokenCodes = {
  getCode: 1,
  headCode: 2,
  optionsCode: 3,
  framingBit: 0x01,
  continueBit: 0x02,
  closeBit: 0x04,
  keepAliveBit: 0x08,
  hostBit: 0x10,
  chunkedBit: 0x20,
  codedBit: 0x40,
  /** More than the bits of any field together, and with the number of any other still a signed byte. */
  keptCode: 0x70,
  /** No bit of a field. */
  bytesCode: 0x80,
} as const;

/**
 * Fields whose values are kept, by what is added to `keptCode`. `other` stands for all that mean nothing here; what follows
 * it is seldom asked for.
 */
export const keptFields = {
  ifNoneMatch: 0,
  ifMatch: 1,
  range: 2,
  ifRange: 3,
  acceptEncoding: 4,
  other: 5,
  ifUnmodifiedSince: 6,
  ifModifiedSince: 7,
  referer: 8,
  userAgent: 9,
  forwarded: 10,
} as const;

const {
  getCode,
  headCode,
  optionsCode,
  keptCode,
  bytesCode,
  hostBit,
  framingBit,
  codedBit,
  chunkedBit,
  continueBit,
  closeBit,
  keepAliveBit,
} = tokenCodes;
/** Known, but nothing that a static site supports: 405 instead of 501. */
const otherCode = 4;

type Names = Readonly<Record<string, number>>;

const methods: Names = {
  GET: getCode,
  HEAD: headCode,
  OPTIONS: optionsCode,
  POST: otherCode,
  PUT: otherCode,
  DELETE: otherCode,
  PATCH: otherCode,
  TRACE: otherCode,
  CONNECT: otherCode,
};

const fieldNames: Names = {
  host: hostBit,
  connection: closeBit | keepAliveBit,
  "if-none-match": keptCode + keptFields.ifNoneMatch,
  range: keptCode + keptFields.range,
  "if-range": keptCode + keptFields.ifRange,
  "if-match": keptCode + keptFields.ifMatch,
  "content-length": framingBit,
  "transfer-encoding": framingBit | codedBit | chunkedBit,
  expect: continueBit,
};

/** What asks for names beyond those that every server knows. */
export interface TokenOptions {
  readonly hasCodings: boolean;
  /** The site has a time. */
  readonly hasLastModified: boolean;
}

const codingFields: Names = { "accept-encoding": keptCode + keptFields.acceptEncoding };
const loggedFields: Names = {
  referer: keptCode + keptFields.referer,
  "user-agent": keptCode + keptFields.userAgent,
};

const dateFields: Names = {
  "if-modified-since": keptCode + keptFields.ifModifiedSince,
  "if-unmodified-since": keptCode + keptFields.ifUnmodifiedSince,
};

const fieldValues: Names = {
  "keep-alive": keepAliveBit,
  close: closeBit,
  chunked: chunkedBit,
  "100-continue": continueBit,
  bytes: bytesCode,
};

/** What a server looks at. */
export interface TokenChoice extends TokenOptions {
  readonly hasLog: boolean;
  /** The header of trusted proxies, if there are any. */
  readonly forwarded: string | undefined;
}

/** By the names under which `microlith:options` exports them. */
export function makeTokenLists({
  hasCodings,
  hasLastModified,
  hasLog,
  forwarded,
}: TokenChoice): Readonly<Record<"methods" | "fieldNames" | "fieldValues", DataObject>> {
  const names: Names = {
    ...fieldNames,
    ...(hasCodings ? codingFields : {}),
    ...(hasLastModified ? dateFields : {}),
    ...(hasLog ? loggedFields : {}),
    ...(forwarded === undefined ? {} : { [forwarded]: keptCode + keptFields.forwarded }),
  };
  return {
    methods: listOf("methods", methods),
    fieldNames: listOf("field names", names, keptCode + keptFields.other),
    fieldValues: listOf("field values", fieldValues),
  };
}

/** How many values are kept. */
export function keptCount({ hasLastModified, hasLog, forwarded }: TokenChoice): number {
  const last = forwarded !== undefined ? "forwarded" : hasLog ? "userAgent" : "ifModifiedSince";
  return 1 + keptFields[hasLastModified || hasLog ? last : "other"];
}

/** What Accept-Encoding can name; the codes are one more than the kinds of representations. */
export function codingNames(): DataObject {
  return listOf("coding names", { identity: 1, "*": 2, br: 3, gzip: 4, zstd: 5 });
}

/** For each name its length, its code and its characters; at the end a zero and the code of all others. */
function listOf(name: string, names: Names, others = 0): DataObject {
  const rows = Object.entries(names).flatMap(([text, code]) => [
    text.length,
    code,
    ...Buffer.from(text, "latin1"),
  ]);
  return { name, kind: "table", bytes: Uint8Array.of(...rows, 0, others), alignment: 1, relocations: [] };
}
