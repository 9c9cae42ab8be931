/**
 * What `--debug` adds behind a plain executable: the symbol table and DWARF sections. Nothing loads them; debuggers and
 * profilers read them.
 *
 * ```
 *   symbols, DWARF, names, section headers
 * ```
 */

import { dataSize } from "../base/data-object.ts";
import { UserError } from "../base/errors.ts";
import { debugSections, type Unwinding } from "./dwarf.ts";
import { type Executable, fileOf, type Item } from "./executable.ts";
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

/** A section whose bytes are added here; the rest of its header follows from its place. */
interface AddedSection {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly header: Pick<SectionHeader, "type" | "link" | "info" | "entrySize">;
}

/** Sections by index; 0 is the one that stands for none. */
const codeSection = 1;
const namesOfSymbols = 3;
/** SHN_ABS: the value is an address and belongs to no section. */
const absolute = 0xfff1;

/** The same executable with section headers, a symbol for every function, data object and piece of storage, and DWARF. */
export function withDebugInformation(
  executable: Executable,
  object: ObjectCode,
  word: WordBytes,
  unwinding: Unwinding,
): Executable {
  if (executable.layout !== "plain")
    throw new UserError("a tight executable has no room for debug information", {
      help: "ask for one of the two",
    });
  const code = executable.items.filter(({ kind }) => kind === "code");
  const textAddress = code[0]?.address ?? 0;
  const { symbols, names } = symbolTable(executable, object, word);
  const plain = { type: sectionType.strings, link: 0, info: 0, entrySize: 0 };
  const added: AddedSection[] = [
    {
      name: ".symtab",
      bytes: symbols,
      // `info`: the first symbol that is not local.
      header: { type: sectionType.symbols, link: namesOfSymbols, info: 1, entrySize: symbolBytes[word] },
    },
    { name: ".strtab", bytes: names, header: plain },
    ...debugSections(object, { textAddress, word, unwinding }).map(({ name, bytes }) => {
      return { name, bytes, header: { ...plain, type: sectionType.code } };
    }),
  ];
  const sectionNames = stringTable([".text", ...added.map(({ name }) => name), ".shstrtab"]);
  const all = [...added, { name: ".shstrtab", bytes: sectionNames.bytes, header: plain }];

  const items: Item[] = [];
  const fileBytes = executable.file.size;
  let end = fileBytes;
  for (const { name, bytes } of all) {
    const offset = alignUp(end, word);
    if (offset > end) items.push(item("padding", "alignment", end, offset));
    items.push(item("debug", name, offset, offset + bytes.length));
    end = offset + bytes.length;
  }
  const headersAt = alignUp(end, word);
  if (headersAt > end) items.push(item("padding", "alignment", end, headersAt));
  const headersSize = sectionHeaderBytes[word] * (all.length + 2);
  items.push(item("debug", "section headers", headersAt, headersAt + headersSize));

  // All of it lies behind the bodies, which are not in memory.
  const held = executable.bytes.length - fileBytes;
  const bytes = new Uint8Array(held + headersAt + headersSize);
  bytes.set(executable.bytes);
  const textSize = code.reduce((sum, { size }) => sum + size, 0);
  const sections: Omit<SectionHeader, "name">[] = [
    {
      type: sectionType.code,
      // SHF_ALLOC and SHF_EXECINSTR.
      flags: 0b110,
      address: textAddress,
      offset: code[0]?.offset ?? 0,
      size: textSize,
      link: 0,
      info: 0,
      alignment: 1,
      entrySize: 0,
    },
  ];
  for (const { name, bytes: content, header } of all) {
    const offset = items.find((each) => each.kind === "debug" && each.name === name)?.offset ?? 0;
    bytes.set(content, held + offset);
    sections.push({ ...header, flags: 0, address: 0, offset, size: content.length, alignment: word });
  }
  sections.forEach((section, index) => {
    const name = sectionNames.offsets[index] ?? 0;
    const at = held + headersAt + sectionHeaderBytes[word] * (index + 1);
    writeSectionHeader(bytes, at, word, { ...section, name });
  });
  writeFileHeader(bytes, word, {
    ...readFileHeader(bytes, word),
    sectionHeaders: { offset: headersAt, count: sections.length + 1, size: sectionHeaderBytes[word] },
    namesSection: sections.length,
  });
  const file = fileOf(bytes, executable.bodies);
  return { ...executable, file, bytes, items: [...executable.items, ...items] };
}

function item(kind: "debug" | "padding", name: string, offset: number, end: number): Item {
  return { kind, name, offset, size: end - offset, address: undefined };
}

function symbolTable(
  executable: Executable,
  object: ObjectCode,
  word: WordBytes,
): { readonly symbols: Uint8Array; readonly names: Uint8Array } {
  const named = [
    ...object.functions.map((each) => ({ ...each, type: symbolType.code, section: codeSection })),
    ...object.data.map((each) => {
      return { name: each.name, size: dataSize(each), type: symbolType.data, section: absolute };
    }),
    ...object.storage.map(({ name, size }) => ({ name, size, type: symbolType.data, section: absolute })),
  ];
  const names = stringTable(named.map(({ name }) => name));
  const symbols = new Uint8Array(symbolBytes[word] * (named.length + 1));
  named.forEach(({ name, size, type, section }, index) => {
    // In the upper half: the binding, 1 for global.
    writeSymbol(symbols, symbolBytes[word] * (index + 1), word, {
      name: names.offsets[index] ?? 0,
      info: (1 << 4) | type,
      section,
      value: executable.addresses.get(name) ?? 0,
      size,
    });
  });
  return { symbols, names: names.bytes };
}

/** Names one after the other, each ending in a zero byte, after an empty one. */
function stringTable(names: readonly string[]): {
  readonly bytes: Uint8Array;
  readonly offsets: readonly number[];
} {
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
