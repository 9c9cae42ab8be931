/**
 * An executable, as far as it tells: segments, sections and symbols; and, with the map that was written when it was built, the owner of every byte. Our
 * executables carry no names unless they are built with `--debug`, so the map is where their functions are known from.
 */

import { digestOf, digestOfSource } from "../base/digest.ts";
import { UserError } from "../base/errors.ts";
import type { Item, ItemKind } from "../elf/executable.ts";
import { type ElfSection, type ElfSegment, readElf } from "../elf/read.ts";
import { quote } from "./options.ts";
import type { ProductExecutable } from "./product.ts";

export interface ElfInspection {
  readonly kind: "executable";
  readonly path: string;
  readonly digest: string;
  readonly bytes: number;
  /** `linux/amd64`, or the machine's number for those that we do not make. */
  readonly platform: string;
  readonly type: "executable" | "position-independent" | "other";
  readonly entry: number;
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  /** From the symbol table, the largest first. */
  readonly symbols: readonly { readonly name: string; readonly address: number; readonly size: number }[];
  /** From the map: every byte of the file by its owner, the largest first within a kind. */
  readonly owners: readonly { readonly kind: ItemKind; readonly name: string; readonly bytes: number }[];
}

/** What `build --map` writes. */
export interface SizeMap {
  readonly kind: "microlith-map";
  readonly platform: string;
  /** Of the executable that it describes. */
  readonly digest: string;
  readonly bytes: number;
  /** They cover the file from the first byte to the last. */
  readonly items: readonly Item[];
}

/** The specification's numbers (e_machine). */
const platforms: ReadonlyMap<number, string> = new Map([
  [3, "linux/386"],
  [40, "linux/arm"],
  [62, "linux/amd64"],
  [183, "linux/arm64"],
  [243, "linux/riscv64"],
]);

/** @throws UserError when the bytes are no ELF file, or a damaged one, or the map is another file's */
export function inspectElf(bytes: Uint8Array, path: string, map: SizeMap | undefined): ElfInspection {
  const elf = readElf(bytes, path);
  const digest = digestOf(bytes);
  if (map !== undefined && map.digest !== digest) {
    throw new UserError(`the map is of another executable than ${quote(path)}`, {
      help: "Write both with one build: microlith build INPUT -o OUT --map FILE.",
    });
  }
  return {
    kind: "executable",
    path,
    digest,
    bytes: bytes.length,
    platform: map?.platform ?? platforms.get(elf.machine) ?? `machine ${elf.machine}`,
    type: elf.type === 2 ? "executable" : elf.type === 3 ? "position-independent" : "other",
    entry: elf.entry,
    segments: elf.segments,
    sections: elf.sections,
    symbols: elf.symbols
      .filter(({ name, size }) => name !== "" && size > 0)
      .sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1)),
    owners: map === undefined ? [] : ownersOf(map.items),
  };
}

export async function sizeMapOf(executable: ProductExecutable): Promise<SizeMap> {
  const { platform, file, items } = executable;
  return { kind: "microlith-map", platform, digest: await digestOfSource(file), bytes: file.size, items };
}

/** @throws UserError when it is not what `build --map` writes */
export function parseSizeMap(text: string, path: string): SizeMap {
  try {
    const value: unknown = JSON.parse(text);
    if (isSizeMap(value)) return value;
  } catch {
    // Said below.
  }
  throw new UserError(`${quote(path)} is not a map`, {
    help: "Maps are written by microlith build --map FILE.",
  });
}

function isSizeMap(value: unknown): value is SizeMap {
  if (typeof value !== "object" || value === null) return false;
  if (!("kind" in value) || value.kind !== "microlith-map") return false;
  if (!("digest" in value) || typeof value.digest !== "string") return false;
  if (!("platform" in value) || typeof value.platform !== "string") return false;
  return "items" in value && Array.isArray(value.items) && value.items.every(isItem);
}

function isItem(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (!("kind" in value && "name" in value && "size" in value)) return false;
  return typeof value.kind === "string" && typeof value.name === "string" && typeof value.size === "number";
}

/** A function that was taken apart is one owner. */
function ownersOf(items: readonly Item[]): ElfInspection["owners"] {
  const owners = new Map<string, ElfInspection["owners"][number]>();
  for (const { kind, name, size } of items) {
    const key = `${kind} ${name}`;
    owners.set(key, { kind, name, bytes: (owners.get(key)?.bytes ?? 0) + size });
  }
  return [...owners.values()].sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}
