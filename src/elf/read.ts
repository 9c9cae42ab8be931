/**
 * Reads ELF files that others made, or that we overlapped: any bytes at all. Nothing is believed before it is checked
 * against the file's length; what is damaged is a UserError that says where.
 *
 * Linux goes by the machine, not by the class in the file's first bytes, so tight executables are read the same way.
 */

import { UserError } from "../base/errors.ts";
import {
  access,
  type FileHeader,
  fileHeaderBytes,
  identBytes,
  magic,
  programHeaderBytes,
  readFileHeader,
  readProgramHeader,
  readSectionHeader,
  readSymbol,
  type SectionHeader,
  sectionHeaderBytes,
  sectionType,
  segmentType,
  symbolBytes,
  type TableReference,
  type WordBytes,
} from "./format.ts";

export interface ElfFile {
  readonly wordBytes: WordBytes;
  readonly machine: number;
  readonly flags: number;
  /** 2 is an executable, 3 one that may lie anywhere, or a library. */
  readonly type: number;
  readonly entry: number;
  readonly segments: readonly ElfSegment[];
  /** Empty when there are none, or when their table is not one. */
  readonly sections: readonly ElfSection[];
  /** From the symbol table, when there is one. */
  readonly symbols: readonly ElfSymbol[];
}

export interface ElfSegment {
  readonly kind: "load" | "dynamic" | "interpreter" | "stack" | "other";
  readonly type: number;
  /** `r-x`, as in /proc/PID/maps. */
  readonly access: string;
  readonly address: number;
  readonly memorySize: number;
  readonly offset: number;
  readonly fileSize: number;
  readonly alignment: number;
}

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}

export interface ElfSymbol {
  readonly name: string;
  readonly address: number;
  readonly size: number;
}

/** Word size by machine: 386, arm; amd64, arm64. riscv64 shares its number with riscv32 and goes by the class. */
const wordByMachine: ReadonlyMap<number, WordBytes> = new Map<number, WordBytes>([
  [3, 4],
  [40, 4],
  [62, 8],
  [183, 8],
]);

const segmentKinds: ReadonlyMap<number, ElfSegment["kind"]> = new Map<number, ElfSegment["kind"]>([
  [segmentType.load, "load"],
  [segmentType.dynamic, "dynamic"],
  [segmentType.interpreter, "interpreter"],
  [segmentType.stack, "stack"],
]);

/** Whether the bytes begin as an ELF file does. */
export function isElf(bytes: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

/** `name` is for messages. Throws a UserError when the bytes are no ELF file, or a damaged one. */
export function readElf(bytes: Uint8Array, name: string): ElfFile {
  if (!isElf(bytes)) throw damaged(name, "does not begin with the ELF magic");
  const wordBytes = wordOf(bytes, name);
  const padded = paddedHeader(bytes, wordBytes, name);
  const header = readFileHeader(padded, wordBytes);
  const { machine, flags, type, entry, programHeaders } = header;
  if (!isTable(bytes, programHeaders, programHeaderBytes[wordBytes]))
    throw damaged(name, "is damaged: the program headers lie outside of the file");
  const segments = tableOffsets(programHeaders).map((at) => readSegment(bytes, at, wordBytes));
  const sections = readSections(bytes, header, wordBytes);
  return {
    wordBytes,
    machine,
    flags,
    type,
    entry,
    segments,
    sections: sections.map((section) => {
      const { type: kind, address, offset, size } = section;
      return {
        name: nameAt(bytes, sections[header.namesSection], section.name),
        type: kind,
        address,
        offset,
        size,
      };
    }),
    symbols: readSymbols(bytes, sections, wordBytes),
  };
}

function wordOf(bytes: Uint8Array, name: string): WordBytes {
  if (bytes.length < identBytes + 4) throw damaged(name, "ends inside the ELF header");
  const machine = (bytes[18] ?? 0) | ((bytes[19] ?? 0) << 8);
  const known = wordByMachine.get(machine);
  if (known !== undefined) return known;
  if (bytes[5] === 2) throw damaged(name, "is for a big-endian machine, which is not supported");
  if (bytes[4] === 1) return 4;
  if (bytes[4] === 2) return 8;
  throw damaged(name, `has the unknown class ${bytes[4]}`);
}

/** A tight file may end inside the header; Linux reads zeros behind the end. */
function paddedHeader(bytes: Uint8Array, word: WordBytes, name: string): Uint8Array {
  const needed = fileHeaderBytes[word];
  // Up to the number of program headers: all that is needed.
  const least = word === 4 ? 45 : 57;
  if (bytes.length < least) throw damaged(name, "ends inside the ELF header");
  const header = new Uint8Array(needed);
  header.set(bytes.subarray(0, needed));
  return header;
}

function isTable(bytes: Uint8Array, { offset, count, size }: TableReference, recordBytes: number): boolean {
  return count === 0 || (size >= recordBytes && offset + count * size <= bytes.length);
}

function tableOffsets({ offset, count, size }: TableReference): number[] {
  return Array.from({ length: count }, (_, index) => offset + index * size);
}

function readSegment(bytes: Uint8Array, at: number, word: WordBytes): ElfSegment {
  const { type, flags, ...place } = readProgramHeader(bytes, at, word);
  const letter = (bit: number, text: string): string => ((flags & bit) !== 0 ? text : "-");
  return {
    kind: segmentKinds.get(type) ?? "other",
    type,
    access: letter(access.read, "r") + letter(access.write, "w") + letter(access.execute, "x"),
    // Linux looks at nothing but the access of the stack (fs/binfmt_elf.c), and other bytes may lie there.
    ...(type === segmentType.stack
      ? { address: 0, memorySize: 0, offset: 0, fileSize: 0, alignment: 0 }
      : place),
  };
}

function readSections(bytes: Uint8Array, { sectionHeaders }: FileHeader, word: WordBytes): SectionHeader[] {
  if (!isTable(bytes, sectionHeaders, sectionHeaderBytes[word])) return [];
  return tableOffsets(sectionHeaders).map((at) => readSectionHeader(bytes, at, word));
}

function readSymbols(bytes: Uint8Array, sections: readonly SectionHeader[], word: WordBytes): ElfSymbol[] {
  const table = sections.find(({ type }) => type === sectionType.symbols);
  if (table === undefined || table.offset + table.size > bytes.length) return [];
  const count = Math.floor(table.size / symbolBytes[word]);
  const names = sections[table.link];
  return tableOffsets({ offset: table.offset, count, size: symbolBytes[word] })
    .map((at) => readSymbol(bytes, at, word))
    .filter(({ value, section }) => value !== 0 && section !== 0)
    .map(({ name, value, size }) => ({ name: nameAt(bytes, names, name), address: value, size }));
}

/** Names end in a zero byte; no name is longer than this, whatever the file says. */
const longestName = 4096;

function nameAt(bytes: Uint8Array, strings: SectionHeader | undefined, offset: number): string {
  if (strings === undefined || strings.type !== sectionType.strings || offset >= strings.size) return "";
  const start = strings.offset + offset;
  const end = Math.min(start + longestName, strings.offset + strings.size, bytes.length);
  if (start >= end) return "";
  const name = bytes.subarray(start, end);
  const zero = name.indexOf(0);
  return Buffer.from(zero < 0 ? name : name.subarray(0, zero)).toString();
}

function damaged(name: string, what: string): UserError {
  return new UserError(`${name} ${what}`, { exitCode: 1 });
}
