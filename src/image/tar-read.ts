/**
 * Reads tar as it comes: ustar, the older form without magic, GNU's long names and base-256 numbers, and PAX headers. The bytes are
 * foreign, so every length is checked before it is believed: a header for a name may not be larger than a mebibyte, and a
 * number may not be negative or beyond 2^53. Sparse files are refused; no image has them.
 *
 * POSIX.1-2001 pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".
 */

import { concatBytes } from "../base/byte-source.ts";
import { UserError } from "../base/errors.ts";

export interface TarFile {
  /** As written, less a leading `./` and a trailing `/`; it may be hostile. */
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink" | "link" | "other";
  /** Of the content, in bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly uid: number;
  readonly gid: number;
  /** Of a symlink or a hard link. */
  readonly target: string;
  /** Where the content starts in the tar. */
  readonly offset: number;
  /** To be read, if at all, before the next entry is asked for. */
  readonly content: AsyncIterable<Uint8Array>;
}

const blockBytes = 512;
const longestHeader = 1 << 20;
/** In a header: the name of its form. */
const magicAt = 257;
const magic = "ustar";
const kinds: Readonly<Record<string, TarFile["kind"]>> = {
  "\0": "file",
  "0": "file",
  "7": "file",
  "1": "link",
  "2": "symlink",
  "3": "other",
  "4": "other",
  "5": "directory",
  "6": "other",
};

/** The entries of a tar. @throws UserError when it is cut or damaged; `what` names it */
export async function* readTar(chunks: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<TarFile> {
  const cursor = new TarCursor(chunks, what);
  try {
    yield* entriesAt(cursor);
  } finally {
    // The end of a tar is not the end of what it is read from, which may be a file or a connection.
    await cursor.close();
  }
}

async function* entriesAt(cursor: TarCursor): AsyncGenerator<TarFile> {
  let global: ReadonlyMap<string, string> = new Map();
  let local: ReadonlyMap<string, string> = new Map();
  for (;;) {
    const block = await cursor.block();
    if (block === undefined || block.every((byte) => byte === 0)) return;
    const at = cursor.at - blockBytes;
    if (!hasChecksum(block)) throw cursor.damaged(`there is no header at byte ${at}`);
    const type = String.fromCharCode(block[156] ?? 0);
    const size = number(block, 124, 12);
    if (size === undefined) throw cursor.damaged(`the size at byte ${at} is not a number`);

    if (type === "x" || type === "g" || type === "L" || type === "K") {
      if (size > longestHeader) throw cursor.damaged(`the extended header at byte ${at} has ${size} bytes`);
      const body = await cursor.take(size);
      await cursor.skip(padding(size));
      if (type === "g") global = new Map([...global, ...paxRecords(body, cursor)]);
      else if (type === "x") local = new Map([...local, ...paxRecords(body, cursor)]);
      else local = new Map([...local, [type === "L" ? "path" : "linkpath", text(body, 0, size)]]);
      continue;
    }
    const records = new Map([...global, ...local]);
    local = new Map();
    const kind = kinds[type];
    if (kind === undefined || [...records.keys()].some((key) => key.startsWith("GNU.sparse."))) {
      throw cursor.damaged(
        `the entry at byte ${at} is of a kind that images do not have (${JSON.stringify(type)})`,
      );
    }
    const name = records.get("path") ?? ustarName(block);
    const written = records.get("size");
    const stored = written === undefined ? size : Number(written);
    if (!Number.isSafeInteger(stored) || stored < 0) throw cursor.damaged(`"${written}" is not a size`);
    const contentSize = kind === "file" ? stored : 0;
    const offset = cursor.at;
    yield {
      path: name.replace(/^(?:\.\/+)+/, "").replace(/\/+$/, ""),
      kind: kind === "file" && name.endsWith("/") ? "directory" : kind,
      size: contentSize,
      mode: (number(block, 100, 8) ?? 0) & 0o7777,
      mtime: Number(records.get("mtime") ?? number(block, 136, 12) ?? 0),
      uid: Number(records.get("uid") ?? number(block, 108, 8) ?? 0),
      gid: Number(records.get("gid") ?? number(block, 116, 8) ?? 0),
      target: records.get("linkpath") ?? text(block, 157, 100),
      offset,
      content: cursor.upTo(offset + contentSize),
    };
    await cursor.skip(offset + contentSize - cursor.at);
    await cursor.skipPadding(padding(contentSize));
  }
}

/** A position in a stream of chunks. */
class TarCursor {
  at = 0;
  private pending: Uint8Array = new Uint8Array(0);
  private readonly chunks: AsyncIterator<Uint8Array>;
  private readonly what: string;

  constructor(chunks: AsyncIterable<Uint8Array>, what: string) {
    this.chunks = chunks[Symbol.asyncIterator]();
    this.what = what;
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  damaged(reason: string): UserError {
    return new UserError(`${this.what} is damaged or not a tar archive: ${reason}`, { exitCode: 1 });
  }

  /** The next header block; undefined at the end, where some writers leave out the empty blocks. */
  async block(): Promise<Uint8Array | undefined> {
    if (this.pending.length === 0 && !(await this.refill())) return undefined;
    return this.take(blockBytes);
  }

  async take(count: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for await (const part of this.upTo(this.at + count)) parts.push(part);
    return concatBytes(parts);
  }

  async skip(count: number): Promise<void> {
    for await (const _ of this.upTo(this.at + count));
  }

  /** Some writers (umoci 0.4) leave out the padding of the last entry. */
  async skipPadding(count: number): Promise<void> {
    const end = this.at + count;
    while (this.at < end && (this.pending.length > 0 || (await this.refill()))) {
      const part = Math.min(this.pending.length, end - this.at);
      this.pending = this.pending.subarray(part);
      this.at += part;
    }
  }

  /** Passes on what lies before byte `end`. */
  async *upTo(end: number): AsyncGenerator<Uint8Array> {
    while (this.at < end) {
      if (this.pending.length === 0 && !(await this.refill())) {
        throw this.damaged(`it ends at byte ${this.at}, in the middle of an entry`);
      }
      const part = this.pending.subarray(0, end - this.at);
      this.pending = this.pending.subarray(part.length);
      this.at += part.length;
      yield part;
    }
  }

  private async refill(): Promise<boolean> {
    while (this.pending.length === 0) {
      const next = await this.chunks.next();
      if (next.done === true) return false;
      this.pending = next.value;
    }
    return true;
  }
}

function padding(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}

/** The sum of the header's bytes, its own field taken as blanks; old writers summed signed bytes. */
function hasChecksum(block: Uint8Array): boolean {
  const expected = number(block, 148, 8);
  let unsigned = 0;
  let signed = 0;
  for (const [at, byte] of block.entries()) {
    const value = at >= 148 && at < 156 ? 0x20 : byte;
    unsigned += value;
    signed += value < 128 ? value : value - 256;
  }
  return expected === unsigned || expected === signed;
}

/** Octal digits among blanks and zeros, or base-256 when the first bit is set; an empty field is 0. */
function number(block: Uint8Array, at: number, length: number): number | undefined {
  const field = block.subarray(at, at + length);
  const first = field[0] ?? 0;
  if (first & 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, first & 0x7f);
    return first === 0xff || !Number.isSafeInteger(value) ? undefined : value;
  }
  const digits = text(block, at, length).trim();
  if (!/^[0-7]*$/.test(digits)) return undefined;
  return digits === "" ? 0 : Number.parseInt(digits, 8);
}

function text(block: Uint8Array, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

/** Whether a file that begins so is a tar of POSIX's or GNU's form. */
export function isTar(start: Uint8Array): boolean {
  return text(start, magicAt, magic.length) === magic;
}

function ustarName(block: Uint8Array): string {
  const name = text(block, 0, 100);
  // GNU's old form keeps times where POSIX keeps the prefix.
  const posix = text(block, magicAt, 8) === magic;
  const prefix = posix ? text(block, 345, 155) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** `length key=value\n`, again and again. */
function paxRecords(body: Uint8Array, cursor: TarCursor): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < body.length; ) {
    const blank = body.indexOf(0x20, at);
    const digits = blank < 0 ? "" : new TextDecoder().decode(body.subarray(at, blank));
    const end = at + Number(digits);
    if (!/^[1-9][0-9]{0,7}$/.test(digits) || end <= blank + 1 || end > body.length) {
      throw cursor.damaged("an extended header is malformed");
    }
    const record = new TextDecoder().decode(body.subarray(blank + 1, end - 1));
    const equals = record.indexOf("=");
    if (equals < 1) throw cursor.damaged("an extended header is malformed");
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at = end;
  }
  return records;
}
