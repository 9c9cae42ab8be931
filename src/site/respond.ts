/**
 * Representations: for each file, redirect or error page the object that the server sends from, as
 * runtime/modules/site.d.ts lays it out. Fields, empty line and content stand in one row, so that a response is one slice of them.
 *
 * The order of fields is the server's cutting plan: Content-Length first, because a partial response has its own;
 * then what a 304 leaves out; last what it repeats, the entity-tag at a fixed distance from the end.
 */

import { createHash } from "node:crypto";
import type { DataObject, DataRelocation } from "../base/data-object.ts";
import { type StatusCode, statusText } from "./status.ts";

/** Characters of an entity-tag between its quotes: 48 bits of the content's SHA-256. */
const tagCharacters = 8;
export const entityTagBytes: number = tagCharacters + 2;

const structBytes = 12;
const emptyLine = "\r\n";
const notStored = "Cache-Control: no-store\r\n";

export interface RepresentationInput {
  /** For the size map. */
  readonly name: string;
  readonly status: StatusCode;
  /** Absent: a line of text that speaks for itself. */
  readonly mediaType?: string;
  readonly content: Uint8Array;
  /** The content is the user's, not ours. */
  readonly isContent: boolean;
}

/** A representation with a body. Only those of status 200 have an entity-tag: 304 is for them. */
export function contentRepresentation(input: RepresentationInput): DataObject {
  const { name, status, mediaType, content } = input;
  const validators = status === 200 ? `ETag: ${entityTagOf(content)}\r\n${emptyLine}` : "";
  const type = mediaType === undefined ? "" : `Content-Type: ${mediaType}\r\n`;
  const head = `Content-Length: ${content.length}\r\n${type}${validators || emptyLine}`;
  const start = layOut({ head, bodyLength: content.length, validatorLength: validators.length });
  const bytes = new Uint8Array(start.length + content.length);
  bytes.set(start);
  bytes.set(content, start.length);
  return {
    name,
    kind: input.isContent ? "content" : "table",
    bytes,
    alignment: 4,
    relocations: relocationsOf(status),
    ...(input.isContent ? { tableBytes: start.length } : {}),
  };
}

/** A redirect to a path. Its head is the status line and Location without its line end: the client's query goes on there. */
export function redirectRepresentation(name: string, status: StatusCode, location: string): DataObject {
  const head = `${statusText(status)}Location: ${location}`;
  const bytes = layOut({ head, bodyLength: 0, validatorLength: 0, isRedirect: true });
  return { name, kind: "table", bytes, alignment: 4, relocations: [] };
}

/** Nothing but its status, which is true for the moment only. */
export function emptyRepresentation(name: string): DataObject {
  const bytes = layOut({
    head: `Content-Length: 0\r\n${notStored}${emptyLine}`,
    bodyLength: 0,
    validatorLength: 0,
  });
  return { name, kind: "table", bytes, alignment: 4, relocations: relocationsOf(200) };
}

/** What the server makes a representation of: it puts the length before the rest of the head, and the body behind it. */
export function patternRepresentation(name: string, mediaType: string): DataObject {
  const head = `\r\nContent-Type: ${mediaType}\r\n${notStored}${emptyLine}`;
  const bytes = layOut({ head, bodyLength: 0, validatorLength: 0 });
  return { name, kind: "table", bytes, alignment: 4, relocations: relocationsOf(200) };
}

/** What the server makes a representation of: `text` stands for a body of `bodyLength` bytes. */
export function markedRepresentation(
  name: string,
  mediaType: string,
  text: Uint8Array,
  bodyLength: number,
): DataObject {
  const head = `Content-Length: ${bodyLength}\r\nContent-Type: ${mediaType}\r\n${notStored}${emptyLine}`;
  const start = layOut({ head, bodyLength, validatorLength: 0 });
  const bytes = Uint8Array.of(...start, ...text);
  return { name, kind: "table", bytes, alignment: 4, relocations: relocationsOf(200) };
}

/** Strong: equal tags mean equal bytes (RFC 9110, section 8.8.3). With its quotes. */
export function entityTagOf(content: Uint8Array): string {
  return `"${createHash("sha256").update(content).digest("base64url").slice(0, tagCharacters)}"`;
}

interface Start {
  readonly head: string;
  readonly bodyLength: number;
  readonly validatorLength: number;
  readonly isRedirect?: boolean;
}

/** `class Representation` and the head behind it. */
function layOut({ head, bodyLength, validatorLength, isRedirect = false }: Start): Uint8Array {
  const text = Buffer.from(head, "latin1");
  const bytes = new Uint8Array(structBytes + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, bodyLength, true);
  view.setUint16(8, text.length, true);
  view.setUint8(10, validatorLength);
  view.setUint8(11, isRedirect ? 1 : 0);
  bytes.set(text, structBytes);
  return bytes;
}

/** The first field is the address of the status line. */
function relocationsOf(status: StatusCode): readonly DataRelocation[] {
  return [{ offset: 0, target: `status ${status}`, addend: 0 }];
}
