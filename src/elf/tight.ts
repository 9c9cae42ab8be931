/**
 * The `tight` layout: the program header lies inside the ELF header, and code and data fill the fields that Linux does not read.
 *
 * What Linux reads (fs/binfmt_elf.c): the magic; the type, machine, entry and the program headers' offset, number and size; of
 * a program header its type, flags, offset, address and sizes; on riscv64 the class, on arm the flags, too. Class elsewhere,
 * byte order, version, section headers, sizes of headers, physical address and alignment are free. QEMU's user emulation reads
 * more and refuses such files; Linux runs them. So the two headers may overlap wherever their fields can agree:
 *
 * | overlap | bytes | how they agree |
 * |---|---|---|
 * | amd64, program header at 0x30 | 104 | type 1 is the flags (unused on this machine); flags are the header size 5 and the entry size 0x38 above it (their upper bits are ignored); offset 1 is the one program header, so the address ends in 1 too |
 * | amd64, at 0x18 | 80 | type 1 and flags 5 are the entry, 0x5_0000_0001; only for code that holds no 32-bit address |
 * | arm64 and riscv64, at 0x30 | 104 | as on amd64; both kernels ignore the flags |
 * | 386 and arm, at 0x04 | 45 | file and memory size are the version and the entry; flags are the program headers' offset 4, "read" |
 *
 * An entry at offset 1 executes "ELF": three REX prefixes, of which the last, 46, applies to the instruction behind
 * them, unless that does not look at the prefix. A `nop` before the others takes it from those that do.
 *
 * A 386 or arm program without PT_GNU_STACK may execute whatever it may read: that is what makes its overlap run, and the
 * stack is executable. Nothing is writable but the stack in either case: tight programs have no storage.
 *
 * On amd64 and 386 the text may be taken apart where `ObjectCode.cuts` says so; the parts are joined by short jumps. All orders
 * of the few free places are tried. On the others a jump takes half of such a place, and the text stays whole.
 */

import { type DataObject, dataSize } from "../base/data-object.ts";
import { assert } from "../base/errors.ts";
import {
  access,
  type FileHeader,
  fileType,
  type ProgramHeader,
  programHeaderBytes,
  readFileHeader,
  segmentType,
  type WordBytes,
  writeFileHeader,
  writeProgramHeader,
} from "./format.ts";
import type { Joint, Layout, MachineFacts, TextPiece } from "./layout.ts";
import type { ObjectCode } from "./object.ts";
import { alignUp } from "./place.ts";

export type TightResult =
  | { readonly kind: "layout"; readonly layout: Layout }
  /** Why there is none, as the end of a sentence. */
  | { readonly kind: "none"; readonly reason: string };

interface Gap {
  readonly at: number;
  readonly size: number;
}

/** One way to overlap the two headers. */
interface Overlap {
  readonly elfMachine: number;
  readonly word: WordBytes;
  /** Offset of the program header in the file. */
  readonly programHeader: number;
  /** Address of the file's first byte; undefined: as in the plain layout. */
  readonly base: number | undefined;
  /** Bytes that nothing reads. */
  readonly gaps: readonly Gap[];
  /** Instructions lie at multiples of this. */
  readonly codeAlignment: 1 | 2 | 4;
  /** Where the headers end and the rest begins. */
  readonly tail: number;
  /** The file may not be shorter: the kernel reads this much. */
  readonly minimum: number;
  /** Nor longer, because the segment does not map more. */
  readonly maximum: number;
  /** The entry is at file offset 1. */
  readonly entryInMagic: boolean;
  /** What the fields say where they overlap; the rest follows from these. */
  readonly flags: number;
  readonly segmentOffset: number;
  /** Unused, but where the ELF header has a field that is read. */
  readonly physicalAddress: number;
  /** Of the segment, in the file and in memory. */
  readonly sizes: (fileBytes: number, entry: number) => number;
}

/** At 0x30, for machines with 64 bits. */
const atFlags: Omit<Overlap, "elfMachine" | "gaps" | "codeAlignment"> = {
  word: 8,
  programHeader: 0x30,
  base: undefined,
  tail: 0x60,
  minimum: 0x68,
  maximum: 2 ** 30,
  entryInMagic: false,
  flags: (programHeaderBytes[8] << 16) | access.read | access.execute,
  segmentOffset: 1,
  physicalAddress: 0,
  sizes: (fileBytes) => fileBytes - 1,
};
const atFlagsGaps: readonly Gap[] = [
  { at: 0x04, size: 12 },
  { at: 0x14, size: 4 },
  { at: 0x28, size: 8 },
  { at: 0x48, size: 8 },
];

/** At 0x04, for machines with 32 bits. */
const behindMagic: Omit<Overlap, "elfMachine" | "gaps" | "codeAlignment" | "physicalAddress"> = {
  word: 4,
  programHeader: 0x04,
  base: 0x1_0000,
  tail: 0x2e,
  minimum: 0x2d,
  // The size is the entry, and that is at least the base.
  maximum: 0x1_0000,
  entryInMagic: false,
  flags: access.read,
  segmentOffset: 0,
  sizes: (_, entry) => entry,
};

const overlaps: readonly Overlap[] = [
  {
    elfMachine: 62,
    word: 8,
    codeAlignment: 1,
    programHeader: 0x18,
    base: 0x5_0000_0000,
    gaps: [
      { at: 0x04, size: 12 },
      { at: 0x14, size: 4 },
      { at: 0x30, size: 6 },
      { at: 0x48, size: 8 },
    ],
    tail: 0x50,
    minimum: 0x50,
    maximum: 4096,
    entryInMagic: true,
    flags: access.read | access.execute,
    segmentOffset: 0x18,
    physicalAddress: programHeaderBytes[8] * 2 ** 48,
    // The number of program headers; the kernel maps the whole page.
    sizes: () => 1,
  },
  { ...atFlags, elfMachine: 62, codeAlignment: 1, gaps: atFlagsGaps },
  { ...atFlags, elfMachine: 183, codeAlignment: 4, gaps: atFlagsGaps },
  // The class and its neighbours are read.
  { ...atFlags, elfMachine: 243, codeAlignment: 2, gaps: [{ at: 0x08, size: 8 }, ...atFlagsGaps.slice(1)] },
  {
    ...behindMagic,
    elfMachine: 3,
    codeAlignment: 1,
    gaps: [{ at: 0x20, size: 10 }],
    physicalAddress: (3 << 16) | fileType.executable,
  },
  // The flags, at 0x24, are read.
  {
    ...behindMagic,
    elfMachine: 40,
    codeAlignment: 4,
    gaps: [
      { at: 0x20, size: 4 },
      { at: 0x28, size: 2 },
    ],
    physicalAddress: (40 << 16) | fileType.executable,
  },
];

/** `jmp` with one byte of displacement, on amd64 and 386. */
const jumpBytes = 2;
/** Offset behind the four bytes that say that this is ELF. */
const magicEnd = 0x04;

export function layOutTight(
  object: ObjectCode,
  data: readonly DataObject[],
  machine: MachineFacts,
): TightResult {
  if (object.storage.length > 0)
    return {
      kind: "none",
      reason: "the program has writable storage, which the tight layout has no room for",
    };
  const candidates = overlaps.filter(({ elfMachine }) => elfMachine === machine.elfMachine);
  if (candidates.length === 0) return { kind: "none", reason: "no tight layout is known for this machine" };
  const layouts = candidates
    .filter(({ entryInMagic }) => !entryInMagic || isIndependent(object, data))
    .flatMap((overlap) => allFillings(object, data, overlap).map((filling) => ({ overlap, filling })))
    .filter(({ overlap, filling }) => filling.fileBytes <= overlap.maximum)
    .sort(
      (a, b) =>
        a.filling.fileBytes - b.filling.fileBytes || a.filling.joints.length - b.filling.joints.length,
    );
  const best = layouts[0];
  if (best === undefined) return { kind: "none", reason: "the program is too large for the tight layout" };
  return { kind: "layout", layout: layoutOf(best.filling, best.overlap, machine) };
}

/** No 32-bit address anywhere, and an entry that comes first. */
function isIndependent(object: ObjectCode, data: readonly DataObject[]): boolean {
  const entry = object.functions.find(({ name }) => name === object.entry);
  return (
    entry?.offset === 0 &&
    object.relocations.every(({ kind }) => kind === "pc32") &&
    data.every(({ relocations }) => relocations.length === 0)
  );
}

/** push and pop of a register or number, mov of a number: their only register is in REX.B, which 46 leaves clear. */
function ignoresPrefix([first = 0]: Uint8Array): boolean {
  return (
    (first >= 0x50 && first <= 0x5f) || (first >= 0xb0 && first <= 0xbf) || first === 0x68 || first === 0x6a
  );
}

interface Filling {
  readonly fileBytes: number;
  readonly pieces: readonly TextPiece[];
  readonly joints: readonly Joint[];
  readonly data: readonly { readonly object: DataObject; readonly at: number }[];
}

/** The file for every order in which the code may run through some of the gaps. */
function allFillings(object: ObjectCode, data: readonly DataObject[], overlap: Overlap): Filling[] {
  const largestFirst = [...data].sort((a, b) => dataSize(b) - dataSize(a));
  const padsEntry = overlap.entryInMagic && !ignoresPrefix(object.text);
  return orders(overlap.gaps)
    .filter(([first]) => !overlap.entryInMagic || first?.at === magicEnd)
    .flatMap((order) => {
      const code = padsEntry ? layPaddedCode(object, order, overlap) : layCode(object, order, overlap);
      return code === undefined ? [] : [layData(code, largestFirst, overlap)];
    });
}

function orders(gaps: readonly Gap[]): Gap[][] {
  return [
    [],
    ...gaps.flatMap((gap) => orders(gaps.filter((other) => other !== gap)).map((rest) => [gap, ...rest])),
  ];
}

interface Code {
  readonly pieces: readonly TextPiece[];
  readonly joints: readonly Joint[];
}

/** With a nop before the first instruction. */
function layPaddedCode(
  object: ObjectCode,
  [first, ...others]: readonly Gap[],
  overlap: Overlap,
): Code | undefined {
  if (first === undefined) return undefined;
  const code = layCode(object, [{ at: first.at + 1, size: first.size - 1 }, ...others], overlap);
  const padding: Joint = { name: "nop behind the magic", at: first.at, bytes: [0x90] };
  return code === undefined ? undefined : { ...code, joints: [padding, ...code.joints] };
}

/** As much as fits into each gap in turn, the rest into the tail; undefined when nothing fits into one of them. */
function layCode(
  object: ObjectCode,
  gaps: readonly Gap[],
  { tail, codeAlignment }: Overlap,
): Code | undefined {
  const length = object.text.length;
  const cuts = codeAlignment === 1 ? object.cuts : [];
  const pieces: TextPiece[] = [];
  for (const gap of gaps) {
    const from = pieces.at(-1)?.to ?? 0;
    if (from === length) return undefined;
    const to =
      length - from <= gap.size
        ? length
        : cuts.findLast((cut) => cut > from && cut - from + jumpBytes <= gap.size);
    if (to === undefined) return undefined;
    pieces.push({ from, to, at: gap.at });
  }
  const from = pieces.at(-1)?.to ?? 0;
  // A program whose end is never reached may have no code at all.
  if (from < length || length === 0) pieces.push({ from, to: length, at: alignUp(tail, codeAlignment) });
  const joints: Joint[] = [];
  for (const [index, next] of pieces.slice(1).entries()) {
    const piece = pieces[index];
    assert(piece !== undefined, "a piece before the next");
    const at = piece.at + piece.to - piece.from;
    const displacement = next.at - (at + jumpBytes);
    assert(displacement >= -128 && displacement <= 127, "the headers are within reach of a short jump");
    joints.push({ name: "jump over a header", at, bytes: [0xeb, displacement & 0xff] });
  }
  return { pieces, joints };
}

/** Each object, in the order given, into the smallest room that is left and large enough; the others behind. */
function layData(code: Code, data: readonly DataObject[], overlap: Overlap): Filling {
  const used = [
    ...code.pieces.map(({ from, to, at }) => ({ at, end: at + to - from })),
    ...code.joints.map(({ at, bytes }) => ({ at, end: at + bytes.length })),
  ];
  let rooms = overlap.gaps.map(({ at, size }) => {
    const end = at + size;
    return {
      at: Math.max(at, ...used.filter((each) => each.at >= at && each.at < end).map((each) => each.end)),
      end,
    };
  });
  let fileBytes = Math.max(overlap.tail, ...used.map(({ end }) => end));
  const placed: { object: DataObject; at: number }[] = [];
  for (const object of data) {
    // The headers are written as one, so no body may lie among them.
    const fits = (room: { at: number; end: number }): boolean =>
      object.body === undefined && alignUp(room.at, object.alignment) + object.bytes.length <= room.end;
    const room = rooms.filter(fits).sort((a, b) => a.end - a.at - (b.end - b.at))[0];
    const at = alignUp(room?.at ?? fileBytes, object.alignment);
    const end = at + dataSize(object);
    placed.push({ object, at });
    if (room === undefined) fileBytes = end;
    else rooms = rooms.map((other) => (other === room ? { at: end, end: room.end } : other));
  }
  // An empty tail need not be there.
  if (fileBytes === overlap.tail) fileBytes = overlap.minimum;
  // As they lie in the file.
  placed.sort((a, b) => a.at - b.at);
  return { ...code, data: placed, fileBytes: Math.max(fileBytes, overlap.minimum) };
}

function layoutOf(filling: Filling, overlap: Overlap, machine: MachineFacts): Layout {
  const base = overlap.base ?? machine.base;
  const { fileBytes, pieces, joints, data } = filling;
  return {
    name: "tight",
    base,
    fileBytes,
    pieces,
    joints,
    data,
    storage: [],
    segments: [{ access: "r-x", address: base, memorySize: fileBytes, offset: 0, fileSize: fileBytes }],
    entry: overlap.entryInMagic ? base + 1 : undefined,
    headerEnd: Math.max(overlap.tail, overlap.minimum),
    writeHeaders: (bytes, entry) =>
      writeHeaders(bytes, entry, base, overlap.sizes(fileBytes, entry), overlap, machine),
  };
}

/** The program header over the ELF header; then what Linux reads of the latter must still be there. */
function writeHeaders(
  bytes: Uint8Array,
  entry: number,
  base: number,
  size: number,
  overlap: Overlap,
  machine: MachineFacts,
): void {
  const { word, programHeader, flags, segmentOffset, physicalAddress } = overlap;
  const file: FileHeader = {
    type: fileType.executable,
    machine: machine.elfMachine,
    flags: machine.elfFlags,
    entry,
    headerSize: 0,
    programHeaders: { offset: programHeader, count: 1, size: programHeaderBytes[word] },
    sectionHeaders: { offset: 0, count: 0, size: 0 },
    namesSection: 0,
  };
  const program: ProgramHeader = {
    type: segmentType.load,
    flags,
    offset: segmentOffset,
    address: base + segmentOffset,
    fileSize: size,
    memorySize: size,
    alignment: 0,
  };
  const scratch = new Uint8Array(128);
  writeFileHeader(scratch, word, file);
  writeProgramHeader(scratch, programHeader, word, program, physicalAddress);
  bytes.set(scratch.subarray(0, Math.min(bytes.length, overlap.tail)));

  const written = readFileHeader(scratch, word);
  const kept = ({ type, machine, entry, programHeaders }: FileHeader): string =>
    JSON.stringify({ type, machine, entry, programHeaders });
  assert(kept(written) === kept(file), "the program header damages the ELF header");
}
