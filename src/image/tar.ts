/**
 * Writes tar (POSIX.1-1988 ustar), byte for byte the same on every machine: no owner names, no device numbers, no directory
 * entries unless asked for. Each header is what a strict reader wants and nothing more; every saved field shows in a
 * layer of 180 bytes. Names that ustar cannot hold get a PAX extended header (POSIX.1-2001).
 *
 * A tar is a ByteSource: its size is known before a byte of it is made, and it streams.
 */

import { type ByteSource, bytesSource, concatSources } from "../base/byte-source.ts";
import { assert, UserError } from "../base/errors.ts";

export interface TarEntry {
  /** Relative, with `/` between parts, no leading slash; a directory's has no trailing slash either. */
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink" | "link";
  /** Permission bits. */
  readonly mode: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** A file's bytes. */
  readonly content?: ByteSource;
  /** Where a symlink points, or the path of which a hard link is another name. */
  readonly target?: string;
}

const blockBytes = 512;
/** Two empty blocks end an archive. */
const endBytes = 2 * blockBytes;
const typeFlags = { file: "0", link: "1", symlink: "2", directory: "5", pax: "x" } as const;

/** The entries, in the order given, as one tar. @throws UserError for a size or name that tar cannot hold */
export function tarOf(entries: readonly TarEntry[]): ByteSource {
  const parts: ByteSource[] = [];
  for (const entry of entries) {
    parts.push(bytesSource(headersOf(entry)));
    const { content } = entry;
    if (entry.kind !== "file" || content === undefined) continue;
    parts.push(content);
    const padding = (blockBytes - (content.size % blockBytes)) % blockBytes;
    if (padding > 0) parts.push(bytesSource(new Uint8Array(padding)));
  }
  parts.push(bytesSource(new Uint8Array(endBytes)));
  return concatSources(parts);
}

/** The header block of an entry, after its PAX header when it needs one. */
function headersOf(entry: TarEntry): Uint8Array {
  const path = entry.kind === "directory" ? `${entry.path}/` : entry.path;
  const target = entry.target ?? "";
  const size = entry.kind === "file" ? (entry.content?.size ?? 0) : 0;
  if (size >= 8 ** 11) throw new UserError(`${entry.path}: ${size} bytes are more than tar can hold`);
  const name = splitName(path);
  const linkFits = byteLength(target) <= 100;
  const header = { mode: entry.mode, mtime: entry.mtime, type: typeFlags[entry.kind], size };
  if (name !== undefined && linkFits) return headerBlock({ ...header, ...name, target });

  const records =
    (name === undefined ? paxRecord("path", path) : "") + (linkFits ? "" : paxRecord("linkpath", target));
  const body = new TextEncoder().encode(records);
  const pax = headerBlock({
    name: "pax",
    prefix: "",
    target: "",
    mode: 0o644,
    mtime: entry.mtime,
    type: typeFlags.pax,
    size: body.length,
  });
  const short = headerBlock({ ...header, name: shortened(path), prefix: "", target: shortened(target) });
  const bytes = new Uint8Array(blockBytes * 2 + Math.ceil(body.length / blockBytes) * blockBytes);
  bytes.set(pax, 0);
  bytes.set(body, blockBytes);
  bytes.set(short, bytes.length - blockBytes);
  return bytes;
}

interface HeaderFields {
  readonly name: string;
  readonly prefix: string;
  readonly target: string;
  readonly mode: number;
  readonly mtime: number;
  readonly type: string;
  readonly size: number;
}

function headerBlock(fields: HeaderFields): Uint8Array {
  const block = new Uint8Array(blockBytes);
  const text = (at: number, value: string): void =>
    void new TextEncoder().encodeInto(value, block.subarray(at));
  const octal = (at: number, width: number, value: number): void => {
    assert(value >= 0 && value < 8 ** (width - 1), `${value} does not fit a tar field of ${width} bytes`);
    text(at, value.toString(8).padStart(width - 1, "0"));
  };
  text(0, fields.name);
  octal(100, 8, fields.mode);
  octal(108, 8, 0);
  octal(116, 8, 0);
  octal(124, 12, fields.size);
  octal(136, 12, fields.mtime);
  block.fill(0x20, 148, 156);
  text(156, fields.type);
  text(157, fields.target);
  text(257, "ustar\u000000");
  text(345, fields.prefix);
  const sum = block.reduce((total, byte) => total + byte, 0);
  text(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}

/** The path as ustar's name and prefix; undefined when it does not fit or is not ASCII. */
function splitName(path: string): { readonly name: string; readonly prefix: string } | undefined {
  if (!/^[\u0020-\u007e]*$/.test(path)) return undefined;
  if (path.length <= 100) return { name: path, prefix: "" };
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
    const name = path.slice(slash + 1);
    if (slash <= 155 && slash > 0 && name.length > 0 && name.length <= 100) {
      return { name, prefix: path.slice(0, slash) };
    }
  }
  return undefined;
}

/** `length key=value\n`, where length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length += 1;
  return `${length} ${key}=${value}\n`;
}

/** What a reader without PAX shows. */
function shortened(text: string): string {
  return text.replace(/[^\u0020-\u007e]/g, "_").slice(-100);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
