/**
 * Representations: for each file, redirect or error page the object that the server sends from, as
 * runtime/modules/site.d.ts lays it out. Fields, empty line and content stand in one row, so that a response is one slice of them.
 *
 * The order of fields is the server's cutting plan: first what a 304 leaves out, last what it repeats, the entity-tag at a fixed
 * distance from the end. Where there are many heads, what they have in common is not in them, but in field-texts.ts.
 */

import { concatBytes } from "../base/byte-source.ts";
import type { Content } from "../base/content.ts";
import type { DataObject, DataRelocation } from "../base/data-object.ts";
import { type Digest, splitDigest } from "../base/digest.ts";
import { assert, UserError } from "../base/errors.ts";
import type { StoredCoding } from "./encoders.ts";
import { addRepeated, addType, type FieldTexts } from "./field-texts.ts";
import type { HeaderField } from "./headers.ts";
import type { LocationPiece, RedirectTarget } from "./routes.ts";

/** Characters of an entity-tag between its quotes: 48 bits of the content's SHA-256. */
const tagCharacters = 8;
export const entityTagBytes: number = tagCharacters + 2;

/** What status codes are counted from. With this one most of them are a signed byte, which code is short for, and 304 is zero, shorter still. */
export const statusBase = 304;

const structBytes = 12;
const emptyLine = "\r\n";
const mostHeadBytes = 0xffff;
export const notStored = "Cache-Control: no-store\r\n";

/** The kinds of a representation: content as it is, content in a coding, a redirect. */
export const kinds = { identity: 0, br: 2, gzip: 3, zstd: 4, redirect: 8 } as const;

/** What a 304 repeats besides the entity-tag (RFC 9110, section 15.4.5). */
const repeated: readonly string[] = [
  "vary",
  "cache-control",
  "access-control-allow-origin",
  "expires",
  "content-location",
];

export interface ContentInput {
  /** For the size map. */
  readonly name: string;
  readonly status: number;
  readonly fields: readonly HeaderField[];
  readonly content: Content;
  /** The content is the user's, not ours, which is held. */
  readonly isContent: boolean;
  /** Of content in a coding: which, and where the server finds the next best; without one there is no other. */
  readonly coded?: { readonly coding: StoredCoding; readonly next: RepresentationPlace | undefined };
  /** Where heads have something in common. */
  readonly texts?: FieldTexts | undefined;
}

/** Where a representation lies: what is in a coding has the address of the next best in front of it. */
export interface RepresentationPlace {
  readonly object: DataObject;
  readonly offset: number;
}

/** A representation with a body. Only those of status 200 have an entity-tag: 304 is for them. */
export function contentRepresentation(input: ContentInput): RepresentationPlace {
  const { name, status, content, coded, texts } = input;
  const hasTag = status === 200;
  const isRepeated = repeatedFields(input);
  const encoding = coded === undefined ? "" : `Content-Encoding: ${coded.coding}\r\n`;
  const front = input.fields.filter((field) => !isRepeated.includes(field));
  const [type, others] = partition(front, ({ name }) => name.toLowerCase() === "content-type");
  const typeEnd = texts === undefined ? 0 : addType(texts, type);
  const repeatedEnd = hasTag && texts !== undefined ? addRepeated(texts, isRepeated) : undefined;
  const head = (texts === undefined ? fieldLines(type) : "") + encoding + fieldLines(others);
  const repeated = repeatedEnd === undefined ? fieldLines(isRepeated) : "";
  const validators = `${repeated}${hasTag ? entityTagLine(content.digest) : ""}${emptyLine}`;
  const start = layOut({
    name,
    status,
    head: head + validators,
    bodyLength: content.size,
    repeated: hasTag ? (repeatedEnd ?? validators.length) : 0,
    type: typeEnd,
    kind: kinds[coded?.coding ?? "identity"],
  });
  const offset = coded === undefined ? 0 : 4;
  const room = coded === undefined ? [] : [new Uint8Array(offset)];
  const next = coded?.next;
  const link: readonly DataRelocation[] =
    next === undefined ? [] : [{ offset: 0, target: next.object.name, addend: next.offset }];
  const object: DataObject = {
    name,
    kind: input.isContent ? "content" : "table",
    bytes: concatBytes([...room, start, ...(input.isContent ? [] : [heldBytes(content)])]),
    alignment: 4,
    relocations: link,
    ...(input.isContent ? { body: content } : {}),
  };
  return { object, offset };
}

function partition<T>(
  values: readonly T[],
  isFirst: (value: T) => boolean,
): readonly [readonly T[], readonly T[]] {
  return [values.filter(isFirst), values.filter((value) => !isFirst(value))];
}

function heldBytes({ bytes }: Content): Uint8Array {
  assert(bytes !== undefined, "what is not the user's is in memory");
  return bytes;
}

/** Those that a 304 repeats, in this order. */
function repeatedFields({ status, fields }: ContentInput): readonly HeaderField[] {
  if (status !== 200) return [];
  return repeated.flatMap((name) => fields.filter((field) => field.name.toLowerCase() === name));
}

export function fieldLines(fields: readonly HeaderField[]): string {
  return fields.map(({ name, value }) => `${name}: ${value}\r\n`).join("");
}

function entityTagLine(digest: Digest): string {
  return `ETag: ${entityTagOf(digest)}\r\n`;
}

/**
 * A redirect. Where something of the request is in its location, its head is Location up to there, and the body is the pieces
 * that follow, unless the query is all that does in the whole site; the rest of the head is the server's.
 */
export function redirectRepresentation(name: string, target: RedirectTarget, hasPieces: boolean): DataObject {
  const { status, location, fragment } = target;
  const pieces = redirectPieces(target);
  const first = `Location: ${firstText(location)}`;
  const isWhole = pieces.length === 0;
  const start = layOut({
    name,
    status,
    head: isWhole ? `${first}${fragment}\r\n${emptyLine}` : first,
    bodyLength: 0,
    repeated: 0,
    type: 0,
    kind: isWhole ? kinds.identity : kinds.redirect,
  });
  const body = pieces.flatMap(({ part, text }) => [part, text.length, ...Buffer.from(text, "latin1")]);
  const bytes = Uint8Array.from([...start, ...(hasPieces ? [...body, piecesEnd] : [])]);
  return { name, kind: "table", bytes, alignment: 4, relocations: [] };
}

/** Behind the last piece. */
const piecesEnd = 0xff;

export interface RedirectPiece {
  /** Of the request's path, counted from 1; 0: the query. */
  readonly part: number;
  /** At most 255 characters. */
  readonly text: string;
}

/** What follows the location's first text; none when nothing of the request is in it. */
export function redirectPieces({ location, fragment, keepsQuery }: RedirectTarget): readonly RedirectPiece[] {
  const rest: readonly LocationPiece[] = [
    ...location.slice(textCount(location)),
    ...(keepsQuery ? [0] : []),
    fragment,
  ];
  const pieces: RedirectPiece[] = [];
  for (const piece of rest) {
    const last = pieces.at(-1);
    if (typeof piece === "number") pieces.push({ part: piece, text: "" });
    else if (last !== undefined) pieces[pieces.length - 1] = { part: last.part, text: last.text + piece };
  }
  return pieces;
}

/** What the location begins with: texts, until something of the request comes. */
function firstText(location: readonly LocationPiece[]): string {
  return location.slice(0, textCount(location)).join("");
}

function textCount(location: readonly LocationPiece[]): number {
  const first = location.findIndex((piece) => typeof piece === "number");
  return first < 0 ? location.length : first;
}

/** Nothing but its status, which is true for the moment only. */
export function emptyRepresentation(name: string): DataObject {
  const head = `${notStored}${emptyLine}`;
  const kind = kinds.identity;
  const bytes = layOut({ name, status: 200, head, bodyLength: 0, repeated: 0, type: 0, kind });
  return { name, kind: "table", bytes, alignment: 4, relocations: [] };
}

/** Strong: equal tags mean equal bytes (RFC 9110, section 8.8.3). With its quotes. */
export function entityTagOf(digest: Digest): string {
  const tag = Buffer.from(splitDigest(digest).hex, "hex").toString("base64url");
  return `"${tag.slice(0, tagCharacters)}"`;
}

interface Start {
  readonly name: string;
  readonly status: number;
  readonly head: string;
  readonly bodyLength: number;
  readonly repeated: number;
  readonly type: number;
  readonly kind: number;
}

/** `class Representation` and the head behind it. */
function layOut({ name, status, head, bodyLength, repeated, type, kind }: Start): Uint8Array {
  const text = Buffer.from(head, "latin1");
  if (text.length > mostHeadBytes) {
    throw new UserError(`the fields of ${name} have ${text.length} bytes`, {
      exitCode: 1,
      help: `The server sends up to ${mostHeadBytes}; clients take a few thousand.`,
    });
  }
  // From Buffer's pool, because there may be 200,000, and an array with memory of its own costs twice what is in it.
  const bytes = Buffer.allocUnsafe(structBytes + text.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(0, bodyLength, true);
  view.setUint16(4, text.length, true);
  view.setUint16(6, repeated, true);
  view.setUint16(8, type, true);
  view.setInt8(10, status - statusBase);
  view.setUint8(11, kind);
  bytes.set(text, structBytes);
  return bytes;
}
