/**
 * The `plain` layout: a file as every loader, debugger and emulator expects it.
 *
 * ```
 *   ELF header, program headers, code, data        one segment, read and execute
 *   initial bytes of writable storage, zeros       one segment, read and write, only when there is storage
 * ```
 *
 * Of PT_GNU_STACK, the last program header, Linux reads the type and the flags (fs/binfmt_elf.c); the rest of it is not there: on
 * 64-bit machines the code begins behind the flags. On 32-bit ones, whose flags come late, it begins behind those, and
 * small data lie before them, or the first instructions and a jump, whatever leaves less behind.
 *
 * A page of the file may be mapped twice, once per segment; no address is ever writable and executable. A
 * segment of zeros only starts on a page and has no bytes in the file: older kernels do not map the rest of a page
 * that the file does not reach.
 *
 * The stack is not executable. Where there is writable storage, PT_GNU_STACK says so; without, a 64-bit program may
 * leave it out, because Linux's default there is a stack without execution since 5.8 (x86-64, arm64 and riscv64:
 * `elf_read_implies_exec`, "exec-none"). On 32-bit machines the default is executable, so the header is always there.
 */

import { type DataObject, dataSize } from "../base/data-object.ts";
import { UserError } from "../base/errors.ts";
import type { Segment } from "./executable.ts";
import {
  access,
  fileHeaderBytes,
  fileType,
  type ProgramHeader,
  programHeaderBytes,
  segmentType,
  type WordBytes,
  writeFileHeader,
  writeProgramHeader,
} from "./format.ts";
import type { Joint, Layout, MachineFacts } from "./layout.ts";
import type { ObjectCode, Storage } from "./object.ts";
import { alignUp, fillGap, orderData } from "./place.ts";
import { placeStorage } from "./storage.ts";

/** Every address is below this: see docs/architecture.md. */
export const addressLimit: number = 2 ** 31;

/** What lies behind all other data, and the bytes that it has at most: storage begins behind these, however many it takes. */
export interface LastData {
  readonly object: DataObject;
  readonly room: number;
}

/** Throws a UserError when the program does not fit below 2 GiB. */
export function layOutPlain(
  object: ObjectCode,
  data: readonly DataObject[],
  machine: MachineFacts,
  last?: LastData,
): Layout {
  const { base, wordBytes: word, pageBytes } = machine;
  const needsStackHeader = word === 4 || object.storage.length > 0;
  const headers = 1 + (object.storage.length > 0 ? 1 : 0) + (needsStackHeader ? 1 : 0);
  const headerEnd =
    fileHeaderBytes[word] + headers * programHeaderBytes[word] - (needsStackHeader ? unreadAtEnd[word] : 0);

  const { inside, cut, joints } = needsStackHeader
    ? fillStackHeader(object, data, headerEnd, machine)
    : emptyStackHeader;
  const textEnd = headerEnd + object.text.length - cut;
  const placed: { object: DataObject; at: number }[] = [...inside];
  let end = textEnd;
  const gone = new Set(inside.map(({ object: each }) => each));
  const rest = data.filter((each) => !gone.has(each));
  for (const each of orderData(rest, textEnd)) {
    const isAnywhere = machine.loadsUnaligned === true && each.kind === "content";
    const at = isAnywhere ? end : alignUp(end, each.alignment);
    placed.push({ object: each, at });
    end = at + dataSize(each);
  }
  const lastEnd = end + (last?.room ?? 0);
  if (last) {
    placed.push({ object: last.object, at: end });
    end += last.object.bytes.length;
  }
  // Linux reads all of the program headers from the file.
  end = Math.max(end, fileHeaderBytes[word] + headers * programHeaderBytes[word]);
  const storage = layOutStorage(object.storage, end, Math.max(end, lastEnd), machine);
  const fileBytes = end + (storage === undefined ? 0 : storage.fileEnd - end);
  const memoryEnd = storage === undefined ? base + end : storage.segment.address + storage.segment.memorySize;
  if (memoryEnd > addressLimit) throw tooLarge(memoryEnd - base);

  const loaded: Segment = { access: "r-x", address: base, memorySize: end, offset: 0, fileSize: end };
  const segments = storage === undefined ? [loaded] : [loaded, storage.segment];
  return {
    name: "plain",
    base,
    fileBytes,
    pieces: [
      ...(cut > 0 ? [{ from: 0, to: cut, at: headerEnd - usedBytes[word] }] : []),
      { from: cut, to: object.text.length, at: headerEnd },
    ],
    joints,
    data: placed,
    storage: storage?.placed ?? [],
    segments,
    entry: undefined,
    headerEnd,
    writeHeaders: (bytes, entry) => {
      writeFileHeader(bytes, word, {
        type: fileType.executable,
        machine: machine.elfMachine,
        flags: machine.elfFlags,
        entry,
        headerSize: fileHeaderBytes[word],
        programHeaders: { offset: fileHeaderBytes[word], count: headers, size: programHeaderBytes[word] },
        sectionHeaders: { offset: 0, count: 0, size: 0 },
        namesSection: 0,
      });
      const all = segments.map((segment) => loadHeader(segment, pageBytes));
      if (needsStackHeader) all.push(stackHeader);
      all.forEach((header, index) => {
        writeProgramHeader(bytes, fileHeaderBytes[word] + index * programHeaderBytes[word], word, header);
      });
    },
  };
}

function loadHeader(segment: Segment, alignment: number): ProgramHeader {
  const { access: kind, offset, address, fileSize, memorySize } = segment;
  const flags = access.read | (kind === "r-x" ? access.execute : access.write);
  return { type: segmentType.load, flags, offset, address, fileSize, memorySize, alignment };
}

const stackHeader: ProgramHeader = {
  type: segmentType.stack,
  flags: access.read | access.write,
  offset: 0,
  address: 0,
  fileSize: 0,
  memorySize: 0,
  alignment: 16,
};

/** Bytes of PT_GNU_STACK that Linux does not read: behind the flags, and between type and flags. */
const unreadAtEnd: Readonly<Record<WordBytes, number>> = { 4: 4, 8: 48 };
const unreadBefore: Readonly<Record<WordBytes, number>> = { 4: 20, 8: 0 };
/** From where those before the flags begin to the end of the flags. */
const usedBytes: Readonly<Record<WordBytes, number>> = { 4: 24, 8: 4 };

/** What lies in the stack header. */
interface StackHeaderFilling {
  readonly inside: ReturnType<typeof fillGap>;
  /** The text before it does. */
  readonly cut: number;
  readonly joints: readonly Joint[];
}

const emptyStackHeader: StackHeaderFilling = { inside: [], cut: 0, joints: [] };

/** The filling that leaves the least to lie elsewhere. */
function fillStackHeader(
  { text, cuts }: ObjectCode,
  data: readonly DataObject[],
  headerEnd: number,
  { elfMachine, wordBytes: word }: MachineFacts,
): StackHeaderFilling {
  const start = headerEnd - usedBytes[word];
  const jump = jumps.get(elfMachine);
  let best: StackHeaderFilling = { ...emptyStackHeader, inside: fillGap(data, start, unreadBefore[word]) };
  let saved = best.inside.reduce((sum, { object }) => sum + dataSize(object), 0);
  for (const cut of jump === undefined ? [] : cuts) {
    const at = start + cut;
    const room = unreadBefore[word] - cut - (jump?.size ?? 0);
    if (room < 0 || cut >= text.length) break;
    const inside = fillGap(data, headerEnd - usedBytes[word] + unreadBefore[word] - room, room);
    const now = cut + inside.reduce((sum, { object }) => sum + dataSize(object), 0);
    if (jump === undefined || now <= saved) continue;
    saved = now;
    best = { inside, cut, joints: [{ name: "jump over a header", at, bytes: jump.encode(headerEnd - at) }] };
  }
  return best;
}

interface Jump {
  readonly size: number;
  /** To a place `distance` bytes from its start. */
  readonly encode: (distance: number) => number[];
}

/** By `e_machine`: of 386 and arm, whose instructions lie at multiples of its size. */
const jumps: ReadonlyMap<number, Jump> = new Map([
  [3, { size: 2, encode: (distance) => [0xeb, distance - 2] }],
  [40, { size: 4, encode: (distance) => [(distance - 8) / 4, 0, 0, 0xea] }],
]);

interface StorageLayout {
  readonly segment: Segment;
  readonly fileEnd: number;
  readonly placed: Layout["storage"];
}

/** Storage behind a file of `end` bytes, aligned for all of it. In memory it begins behind `room` bytes. */
function layOutStorage(
  storage: readonly Storage[],
  end: number,
  room: number,
  { base, pageBytes }: MachineFacts,
): StorageLayout | undefined {
  if (storage.length === 0) return undefined;
  const ordered = placeStorage(storage);
  const alignment = Math.max(...storage.map((each) => each.alignment));
  const initial = ordered.filter((each) => each.storage.bytes !== undefined).at(-1);
  const fileSize = initial === undefined ? 0 : initial.offset + initial.storage.size;
  const offset = fileSize === 0 ? 0 : alignUp(end, alignment);
  const address = alignUp(base + room, pageBytes) + (offset % pageBytes);
  const last = ordered.at(-1);
  return {
    segment: {
      access: "rw-",
      address,
      memorySize: last === undefined ? 0 : last.offset + last.storage.size,
      offset,
      fileSize,
    },
    fileEnd: fileSize === 0 ? end : offset + fileSize,
    placed: ordered.map((each) => ({
      storage: each.storage,
      address: address + each.offset,
      at: each.storage.bytes === undefined ? undefined : offset + each.offset,
    })),
  };
}

function tooLarge(bytes: number): UserError {
  return new UserError(`the program and its content need ${bytes} bytes of memory; the limit is 2 GiB`, {
    exitCode: 1,
    help: "leave large files out of the site, or make the program's storage smaller",
  });
}
