/**
 * Forms: texts that the server writes at run time, with marks where something is filled in (runtime/server/form.ts).
 *
 * In a form a byte from 32 to 127, CR and LF are themselves. A mark is a byte below 10 and maybe a byte behind it. From 128 on the
 * low six bits are a length, and so much is copied: up to 191 from `base`, in which the byte behind it is an offset; from 192 on from
 * the text that has been written, so many bytes back. A zero ends the form.
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

const copyMark = 0x80;
const repeatMark = 0xc0;
const mostCopied = 0x3f;
const mostOffset = 0xff;
/** Of a counter: what runtime/server/counters.ts leaves for it. */
const counterCharacters = 20;
/** In the text that a form makes, what only the server knows. */
const unknown = "\uffff";
/** A copy takes two bytes. */
const leastCopied = 3;

/** A mark and, if it has one, the byte behind it. */
export function mark(name: FormMark, value?: number): string {
  return String.fromCharCode(formMarks[name], ...(value === undefined ? [] : [value]));
}

/** `length` bytes of `base` from `offset` on. */
export function copied(offset: number, length: number): string {
  return String.fromCharCode(copyMark + length, offset);
}

export interface PackedForms {
  readonly object: DataObject;
  /** By name. Each form begins with its number and the length of its head, a byte each. */
  readonly offsets: ReadonlyMap<string, number>;
}

export interface LiveForm {
  readonly name: string;
  readonly head: string;
  /** With marks. */
  readonly body: string;
}

/**
 * Forms that share one object, which is their base: what a form has in common with those before it is copied from them, and what it
 * repeats from the text that it has made. `isPlain`: nothing is copied, because the object is packed as a whole.
 */
export function packForms(name: string, forms: readonly LiveForm[], isPlain = false): PackedForms {
  const offsets = new Map<string, number>();
  let bytes = "";
  for (const [number, { name: form, head, body }] of forms.entries()) {
    offsets.set(form, bytes.length);
    const before = bytes + String.fromCharCode(number, head.length);
    bytes = isPlain ? `${before}${head}${body}\0` : pack(before, head + body);
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

/** The text as a form that is its own base, which it may be when it has neither marks nor bytes that a form has for them. */
export function packText(text: string): Uint8Array | undefined {
  return /^[\n\r\x20-\x7f]*$/.test(text) ? Buffer.from(pack("", text), "latin1") : undefined;
}

/** `before`, and a form of `text` behind it. */
function pack(before: string, text: string): string {
  let bytes = before;
  let written = "";
  for (let at = 0; at < text.length; ) {
    const marked = markLength(text, at);
    if (marked > 0) {
      bytes += text.slice(at, at + marked);
      written = text.charCodeAt(at) === formMarks.counter ? written + unknown.repeat(counterCharacters) : "";
      at += marked;
      continue;
    }
    const { packed, length } = longestCopy(bytes, written, text, at) ?? { packed: text[at], length: 1 };
    bytes += packed;
    written += text.slice(at, at + length);
    at += length;
  }
  return `${bytes}\0`;
}

/** Of the mark at `at`; 0: it is text. */
function markLength(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 10) return 0;
  return code === formMarks.client || code === formMarks.content ? 1 : 2;
}

/** The longest text from `at` on that stands in `bytes` or in what has been written, where a copy can reach it. */
function longestCopy(
  bytes: string,
  written: string,
  text: string,
  at: number,
): { readonly packed: string; readonly length: number } | undefined {
  let end = at;
  while (end < text.length && markLength(text, end) === 0 && end - at < mostCopied) end++;
  for (let length = end - at; length >= leastCopied; length--) {
    const wanted = text.slice(at, at + length);
    const distance = written.length - written.lastIndexOf(wanted);
    if (distance <= Math.min(written.length, mostOffset))
      return { packed: String.fromCharCode(repeatMark + length, distance), length };
    const offset = bytes.indexOf(wanted);
    if (offset >= 0 && offset <= mostOffset) return { packed: copied(offset, length), length };
  }
  return undefined;
}
