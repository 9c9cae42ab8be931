/**
 * The symbol table that `--debug` adds behind a plain executable: nothing loads it, debuggers and profilers read it.
 *
 * ```
 *   symbols, their names, the sections' names, section headers
 * ```
 */

import { UserError } from "../base/errors.ts";
import type { Executable, Item } from "./executable.ts";
import {
  readFileHeader,
  type SectionHeader,
  sectionHeaderBytes,
  sectionType,
  symbolBytes,
  symbolType,
  type WordBytes,
  writeFileHeader,
  writeSectionHeader,
  writeSymbol,
} from "./format.ts";
import type { ObjectCode } from "./object.ts";
import { alignUp } from "./place.ts";

/** Sections by index; 0 is the one that stands for none. */
const codeSection = 1;
const namesOfSymbols = 3;
const namesOfSections = 4;
/** SHN_ABS: the value is an address and belongs to no section. */
const absolute = 0xfff1;

/** The same executable with section headers and a symbol for every function, data object and piece of storage. */
export function withSymbols(executable: Executable, object: ObjectCode, word: WordBytes): Executable {
  if (executable.layout !== "plain")
    throw new UserError("a tight executable has no room for debug information", {
      help: "ask for one of the two",
    });
  const named = [
    ...object.functions.map(({ name, size }) => ({
      name,
      size,
      type: symbolType.code,
      section: codeSection,
    })),
    ...object.data.map(({ name, bytes }) => ({
      name,
      size: bytes.length,
      type: symbolType.data,
      section: absolute,
    })),
    ...object.storage.map(({ name, size }) => ({ name, size, type: symbolType.data, section: absolute })),
  ];
  const names = stringTable(named.map(({ name }) => name));
  const sectionNames = stringTable([".text", ".symtab", ".strtab", ".shstrtab"]);

  const symbolsAt = alignUp(executable.bytes.length, word);
  const symbolsSize = symbolBytes[word] * (named.length + 1);
  const namesAt = symbolsAt + symbolsSize;
  const sectionNamesAt = namesAt + names.bytes.length;
  const headersAt = alignUp(sectionNamesAt + sectionNames.bytes.length, word);
  const headersSize = sectionHeaderBytes[word] * (namesOfSections + 1);

  const bytes = new Uint8Array(headersAt + headersSize);
  bytes.set(executable.bytes);
  named.forEach(({ name, size, type, section }, index) => {
    // In the upper half: the binding, 1 for global.
    writeSymbol(bytes, symbolsAt + symbolBytes[word] * (index + 1), word, {
      name: names.offsets[index] ?? 0,
      info: (1 << 4) | type,
      section,
      value: executable.addresses.get(name) ?? 0,
      size,
    });
  });
  bytes.set(names.bytes, namesAt);
  bytes.set(sectionNames.bytes, sectionNamesAt);

  const code = executable.items.filter(({ kind }) => kind === "code");
  const codeAt = code[0]?.offset ?? 0;
  const nothing = { flags: 0, address: 0, link: 0, info: 0, alignment: 1, entrySize: 0 };
  const sections: Omit<SectionHeader, "name">[] = [
    {
      ...nothing,
      type: sectionType.code,
      // SHF_ALLOC and SHF_EXECINSTR.
      flags: 0b110,
      address: code[0]?.address ?? 0,
      offset: codeAt,
      size: code.reduce((sum, { size }) => sum + size, 0),
    },
    {
      ...nothing,
      type: sectionType.symbols,
      offset: symbolsAt,
      size: symbolsSize,
      link: namesOfSymbols,
      // The first that is not local.
      info: 1,
      alignment: word,
      entrySize: symbolBytes[word],
    },
    { ...nothing, type: sectionType.strings, offset: namesAt, size: names.bytes.length },
    { ...nothing, type: sectionType.strings, offset: sectionNamesAt, size: sectionNames.bytes.length },
  ];
  sections.forEach((section, index) => {
    const name = sectionNames.offsets[index] ?? 0;
    writeSectionHeader(bytes, headersAt + sectionHeaderBytes[word] * (index + 1), word, { ...section, name });
  });
  writeFileHeader(bytes, word, {
    ...readFileHeader(bytes, word),
    sectionHeaders: { offset: headersAt, count: sections.length + 1, size: sectionHeaderBytes[word] },
    namesSection: namesOfSections,
  });
  return { ...executable, bytes, items: [...executable.items, ...added(executable.bytes.length)] };

  function added(from: number): Item[] {
    const item = (name: string, offset: number, end: number): Item => {
      return { kind: "header", name, offset, size: end - offset, address: undefined };
    };
    return [
      item("symbol table", from, headersAt),
      item("section headers", headersAt, headersAt + headersSize),
    ];
  }
}

/** Names one after the other, each ending in a zero byte, after an empty one. */
function stringTable(names: readonly string[]): { bytes: Uint8Array; offsets: readonly number[] } {
  const chunks: Buffer[] = [Buffer.of(0)];
  const offsets: number[] = [];
  let end = 1;
  for (const name of names) {
    const chunk = Buffer.from(`${name}\0`);
    chunks.push(chunk);
    offsets.push(end);
    end += chunk.length;
  }
  return { bytes: Buffer.concat(chunks), offsets };
}
