/**
 * The records of an ELF file and their fields, for 32 and 64 bits. This is the one file that uses the specification's names
 * (`e_entry`, `p_vaddr`); the rest of the code reads and writes plain records through it.
 *
 * A record is a table of fields in file order, each with its size in bytes or `word`, which is 4 or 8. Everything is
 * little-endian. Specification: System V ABI, chapters 4 and 5 (https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html),
 * elf(5).
 */

import { Bug } from "../base/errors.ts";

export type WordBytes = 4 | 8;

type Field = readonly [name: string, size: 1 | 2 | 4 | "word"];
type Values = Readonly<Record<string, number>>;

export const magic: readonly number[] = [0x7f, 0x45, 0x4c, 0x46];
/** Bytes of `e_ident`, before the fields of the file header. */
export const identBytes = 16;

const fileHeaderFields: readonly Field[] = [
  ["e_type", 2],
  ["e_machine", 2],
  ["e_version", 4],
  ["e_entry", "word"],
  ["e_phoff", "word"],
  ["e_shoff", "word"],
  ["e_flags", 4],
  ["e_ehsize", 2],
  ["e_phentsize", 2],
  ["e_phnum", 2],
  ["e_shentsize", 2],
  ["e_shnum", 2],
  ["e_shstrndx", 2],
];

/** The flags moved when the words grew, to keep them aligned. */
const programHeaderFields: Readonly<Record<WordBytes, readonly Field[]>> = {
  4: fields("p_type:4 p_offset p_vaddr p_paddr p_filesz p_memsz p_flags:4 p_align"),
  8: fields("p_type:4 p_flags:4 p_offset p_vaddr p_paddr p_filesz p_memsz p_align"),
};

const sectionHeaderFields: readonly Field[] = fields(
  "sh_name:4 sh_type:4 sh_flags sh_addr sh_offset sh_size sh_link:4 sh_info:4 sh_addralign sh_entsize",
);

const symbolFields: Readonly<Record<WordBytes, readonly Field[]>> = {
  4: fields("st_name:4 st_value st_size st_info:1 st_other:1 st_shndx:2"),
  8: fields("st_name:4 st_info:1 st_other:1 st_shndx:2 st_value st_size"),
};

export const fileType = { executable: 2, shared: 3 } as const;
export const segmentType = { load: 1, dynamic: 2, interpreter: 3, stack: 0x6474e551 } as const;
export const sectionType = { code: 1, symbols: 2, strings: 3 } as const;
export const symbolType = { data: 1, code: 2 } as const;
export const access = { execute: 1, write: 2, read: 4 } as const;

/** Sizes of the records, in bytes. */
export const fileHeaderBytes: Readonly<Record<WordBytes, number>> = { 4: 52, 8: 64 };
export const programHeaderBytes: Readonly<Record<WordBytes, number>> = { 4: 32, 8: 56 };
export const sectionHeaderBytes: Readonly<Record<WordBytes, number>> = { 4: 40, 8: 64 };
export const symbolBytes: Readonly<Record<WordBytes, number>> = { 4: 16, 8: 24 };

export interface FileHeader {
  readonly type: number;
  readonly machine: number;
  readonly flags: number;
  readonly entry: number;
  readonly headerSize: number;
  /** Offset in the file, number and size of one. */
  readonly programHeaders: TableReference;
  readonly sectionHeaders: TableReference;
  /** The section with the sections' names. */
  readonly namesSection: number;
}

export interface TableReference {
  readonly offset: number;
  readonly count: number;
  readonly size: number;
}

export interface ProgramHeader {
  readonly type: number;
  /** Bits of `access`. */
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly alignment: number;
}

export interface SectionHeader {
  /** Offset of the name in the names section. */
  readonly name: number;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly alignment: number;
  readonly entrySize: number;
}

export interface SymbolRecord {
  readonly name: number;
  readonly info: number;
  readonly section: number;
  readonly value: number;
  readonly size: number;
}

/** Magic, class, byte order and version, then the fields. */
export function writeFileHeader(bytes: Uint8Array, word: WordBytes, header: FileHeader): void {
  bytes.set([...magic, word / 4, 1, 1]);
  writeRecord(bytes, identBytes, word, fileHeaderFields, {
    e_type: header.type,
    e_machine: header.machine,
    e_version: 1,
    e_entry: header.entry,
    e_phoff: header.programHeaders.offset,
    e_shoff: header.sectionHeaders.offset,
    e_flags: header.flags,
    e_ehsize: header.headerSize,
    e_phentsize: header.programHeaders.size,
    e_phnum: header.programHeaders.count,
    e_shentsize: header.sectionHeaders.size,
    e_shnum: header.sectionHeaders.count,
    e_shstrndx: header.namesSection,
  });
}

/** The fields after `e_ident`. The caller has checked that the record lies inside `bytes`. */
export function readFileHeader(bytes: Uint8Array, word: WordBytes): FileHeader {
  const get = readRecord(bytes, identBytes, word, fileHeaderFields);
  return {
    type: get("e_type"),
    machine: get("e_machine"),
    flags: get("e_flags"),
    entry: get("e_entry"),
    headerSize: get("e_ehsize"),
    programHeaders: { offset: get("e_phoff"), count: get("e_phnum"), size: get("e_phentsize") },
    sectionHeaders: { offset: get("e_shoff"), count: get("e_shnum"), size: get("e_shentsize") },
    namesSection: get("e_shstrndx"),
  };
}

export function writeProgramHeader(
  bytes: Uint8Array,
  at: number,
  word: WordBytes,
  header: ProgramHeader,
  physicalAddress: number = header.address,
): void {
  writeRecord(bytes, at, word, programHeaderFields[word], {
    p_type: header.type,
    p_flags: header.flags,
    p_offset: header.offset,
    p_vaddr: header.address,
    p_paddr: physicalAddress,
    p_filesz: header.fileSize,
    p_memsz: header.memorySize,
    p_align: header.alignment,
  });
}

export function readProgramHeader(bytes: Uint8Array, at: number, word: WordBytes): ProgramHeader {
  const get = readRecord(bytes, at, word, programHeaderFields[word]);
  return {
    type: get("p_type"),
    flags: get("p_flags"),
    offset: get("p_offset"),
    address: get("p_vaddr"),
    fileSize: get("p_filesz"),
    memorySize: get("p_memsz"),
    alignment: get("p_align"),
  };
}

export function writeSectionHeader(
  bytes: Uint8Array,
  at: number,
  word: WordBytes,
  header: SectionHeader,
): void {
  writeRecord(bytes, at, word, sectionHeaderFields, {
    sh_name: header.name,
    sh_type: header.type,
    sh_flags: header.flags,
    sh_addr: header.address,
    sh_offset: header.offset,
    sh_size: header.size,
    sh_link: header.link,
    sh_info: header.info,
    sh_addralign: header.alignment,
    sh_entsize: header.entrySize,
  });
}

export function readSectionHeader(bytes: Uint8Array, at: number, word: WordBytes): SectionHeader {
  const get = readRecord(bytes, at, word, sectionHeaderFields);
  return {
    name: get("sh_name"),
    type: get("sh_type"),
    flags: get("sh_flags"),
    address: get("sh_addr"),
    offset: get("sh_offset"),
    size: get("sh_size"),
    link: get("sh_link"),
    info: get("sh_info"),
    alignment: get("sh_addralign"),
    entrySize: get("sh_entsize"),
  };
}

export function writeSymbol(bytes: Uint8Array, at: number, word: WordBytes, symbol: SymbolRecord): void {
  writeRecord(bytes, at, word, symbolFields[word], {
    st_name: symbol.name,
    st_info: symbol.info,
    st_other: 0,
    st_shndx: symbol.section,
    st_value: symbol.value,
    st_size: symbol.size,
  });
}

export function readSymbol(bytes: Uint8Array, at: number, word: WordBytes): SymbolRecord {
  const get = readRecord(bytes, at, word, symbolFields[word]);
  return {
    name: get("st_name"),
    info: get("st_info"),
    section: get("st_shndx"),
    value: get("st_value"),
    size: get("st_size"),
  };
}

function fields(text: string): Field[] {
  return text.split(" ").map((field) => {
    const [name = "", size] = field.split(":");
    return [name, size === undefined ? "word" : (Number(size) as 1 | 2 | 4)];
  });
}

function writeRecord(
  bytes: Uint8Array,
  at: number,
  word: WordBytes,
  record: readonly Field[],
  values: Values,
): void {
  let offset = at;
  for (const [name, size] of record) {
    const value = values[name] ?? 0;
    const length = size === "word" ? word : size;
    // Division, because shifts stop at 32 bits.
    for (let i = 0; i < length; i++) bytes[offset + i] = Math.floor(value / 2 ** (8 * i)) % 256;
    offset += length;
  }
}

/** Words beyond 2^53 lose their low bits, which no check of ours depends on: they are too large anyway. */
function readRecord(
  bytes: Uint8Array,
  at: number,
  word: WordBytes,
  record: readonly Field[],
): (name: string) => number {
  const values = new Map<string, number>();
  let offset = at;
  for (const [name, size] of record) {
    const length = size === "word" ? word : size;
    let value = 0;
    for (let i = length - 1; i >= 0; i--) value = value * 256 + (bytes[offset + i] ?? 0);
    values.set(name, value);
    offset += length;
  }
  return (name) => {
    const value = values.get(name);
    if (value === undefined) throw new Bug(`no field ${name}`);
    return value;
  };
}
