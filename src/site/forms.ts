/**
 * Forms: texts that the server writes at run time, with marks where something is filled in (runtime/server/form.ts).
 *
 * In a form a byte from 32 to 127, CR and LF are themselves. A mark is a byte below 10 and maybe a byte behind it. A byte from 128 on
 * is a length, less 128, and the byte behind it an offset in `base`: so much is copied from there. A zero ends the form.
 */

import type { DataObject } from "../base/data-object.ts";

/** What is filled in; the names of runtime/server/form.ts. */
export const formMarks = {
  /** The address of the client. */
  client: 1,
  /** Bytes of a response's content. */
  content: 2,
  /** What the client sent: the line of the request (0), or the value of a field, one more than its number in `keptFields`. */
  sent: 3,
  /** The counter of this number. */
  counter: 4,
  /** The value of the variable whose name stands before the mark, with `":` between; the byte is the name's length. */
  variable: 5,
} as const;

export type FormMark = keyof typeof formMarks;

const copyBit = 0x80;
const mostCopied = 0x7f;
const mostOffset = 0xff;
/** A copy takes two bytes. */
const leastCopied = 3;

/** A mark and, if it has one, the byte behind it. */
export function mark(name: FormMark, value?: number): string {
  return String.fromCharCode(formMarks[name], ...(value === undefined ? [] : [value]));
}

/** `length` bytes of `base` from `offset` on. */
export function copied(offset: number, length: number): string {
  return String.fromCharCode(copyBit + length, offset);
}

export interface PackedForms {
  readonly object: DataObject;
  /** By name. Each form begins with a byte that is the length of its head. */
  readonly offsets: ReadonlyMap<string, number>;
}

export interface LiveForm {
  readonly name: string;
  readonly head: string;
  /** With marks. */
  readonly body: string;
}

/** Forms that share one object, which is their base: what a form has in common with those before it is copied from them. */
export function packForms(name: string, forms: readonly LiveForm[]): PackedForms {
  const offsets = new Map<string, number>();
  let bytes = "";
  for (const { name: form, head, body } of forms) {
    offsets.set(form, bytes.length);
    bytes += String.fromCharCode(head.length);
    const text = head + body;
    for (let at = 0; at < text.length; ) {
      const marked = markLength(text, at);
      const found = marked > 0 ? undefined : longestCopy(bytes, text, at);
      bytes +=
        found === undefined ? text.slice(at, at + Math.max(1, marked)) : copied(found.offset, found.length);
      at += found?.length ?? Math.max(1, marked);
    }
    bytes += "\0";
  }
  return {
    object: {
      name,
      kind: "table",
      bytes: Uint8Array.from(Buffer.from(bytes, "latin1")),
      alignment: 1,
      relocations: [],
    },
    offsets,
  };
}

/** Of the mark at `at`; 0: it is text. */
function markLength(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 10) return 0;
  return code === formMarks.client || code === formMarks.content ? 1 : 2;
}

/** The longest text from `at` on that stands in `bytes`, where a copy can reach it. */
function longestCopy(
  bytes: string,
  text: string,
  at: number,
): { readonly offset: number; readonly length: number } | undefined {
  let end = at;
  while (end < text.length && markLength(text, end) === 0 && end - at < mostCopied) end++;
  for (let length = end - at; length >= leastCopied; length--) {
    const offset = bytes.indexOf(text.slice(at, at + length));
    if (offset >= 0 && offset <= mostOffset) return { offset, length };
  }
  return undefined;
}
