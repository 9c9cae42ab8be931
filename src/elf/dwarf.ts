/**
 * DWARF 4 (https://dwarfstd.org/doc/DWARF4.pdf) for debuggers: which line every instruction comes from, where functions begin
 * and end, and how to find a function's caller.
 *
 * There is one compilation unit for the whole program. Paths are written as the compiler shows them, without a folder to start
 * from, so that the same program gives the same bytes everywhere; debuggers look from where they are run.
 */

import type { WordBytes } from "./format.ts";
import type { FrameEntry, FunctionSymbol, LineEntry, ObjectCode, Place } from "./object.ts";

/** How a machine's calls use the stack, in DWARF's numbers of registers. */
export interface Unwinding {
  readonly stackPointer: number;
  /** The column that stands for the return address. */
  readonly returnAddress: number;
  /** What a call puts on the stack. */
  readonly callBytes: number;
}

export interface DebugSection {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where the text lies, and what its machine is. */
export interface DebugFacts {
  readonly textAddress: number;
  readonly word: WordBytes;
  readonly unwinding: Unwinding;
}

export function debugSections(object: ObjectCode, facts: DebugFacts): readonly DebugSection[] {
  return [
    { name: ".debug_abbrev", bytes: abbreviations() },
    { name: ".debug_info", bytes: information(object, facts) },
    { name: ".debug_line", bytes: lineProgram(object, facts) },
    { name: ".debug_frame", bytes: frameSection(object, facts) },
  ];
}

/** Section 7.5.3: tags, attributes and forms. */
const tag = { compileUnit: 0x11, subprogram: 0x2e } as const;
const attribute = {
  name: 0x03,
  statementList: 0x10,
  lowAddress: 0x11,
  highAddress: 0x12,
  language: 0x13,
  producer: 0x25,
  external: 0x3f,
} as const;
const form = { address: 0x01, data2: 0x05, data4: 0x06, string: 0x08, offset: 0x17, present: 0x19 } as const;
/** DW_LANG_C99: debuggers know no language that is nearer. */
const language = 0x0c;

function abbreviations(): Uint8Array {
  const out = new Writer();
  const { name, lowAddress, highAddress } = attribute;
  const describe = (code: number, kind: number, children: 0 | 1, pairs: readonly number[]): void => {
    out.numbers(code, kind);
    out.byte(children);
    out.numbers(...pairs, 0, 0);
  };
  describe(1, tag.compileUnit, 1, [
    ...[attribute.producer, form.string, attribute.language, form.data2, name, form.string],
    ...[lowAddress, form.address, highAddress, form.data4, attribute.statementList, form.offset],
  ]);
  describe(2, tag.subprogram, 0, [
    ...[
      name,
      form.string,
      lowAddress,
      form.address,
      highAddress,
      form.data4,
      attribute.external,
      form.present,
    ],
  ]);
  out.number(0);
  return out.bytes();
}

/** The unit and its functions. A `highAddress` of a constant form is a size. */
function information(object: ObjectCode, { textAddress, word }: DebugFacts): Uint8Array {
  const body = new Writer();
  body.u16(4);
  body.u32(0);
  body.byte(word);
  body.number(1);
  body.text("microlith");
  body.u16(language);
  body.text(object.lines[0]?.path ?? "");
  body.address(textAddress, word);
  body.u32(object.text.length);
  body.u32(0);
  for (const { name, offset, size } of object.functions) {
    body.number(2);
    body.text(name);
    body.address(textAddress + offset, word);
    body.u32(size);
  }
  body.number(0);
  return withLength(body);
}

/** Section 6.2. Special opcodes advance the line by -5 to 8 and the address by a little. */
const lineBase = -5;
const lineRange = 14;
const operandCounts: readonly number[] = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
const opcodeBase: number = operandCounts.length + 1;
const op = { advanceAddress: 2, advanceLine: 3, setFile: 4, setColumn: 5, copy: 1 } as const;
const extended = { endSequence: 1, setAddress: 2 } as const;

function lineProgram(object: ObjectCode, { textAddress, word }: DebugFacts): Uint8Array {
  const files = [...new Set(object.lines.map(({ path }) => path))];
  const header = new Writer();
  header.append([1, 1, 1, lineBase & 0xff, lineRange, opcodeBase, ...operandCounts]);
  // No folders.
  header.byte(0);
  for (const file of files) {
    header.text(file);
    header.numbers(0, 0, 0);
  }
  header.byte(0);

  const body = new Writer();
  body.u16(4);
  body.u32(header.length);
  body.append(header.bytes());
  body.append([0, word + 1, extended.setAddress]);
  body.address(textAddress, word);
  writeRows(body, object.lines, files);
  const last = object.lines.at(-1)?.offset ?? 0;
  body.append([op.advanceAddress]);
  body.number(object.text.length - last);
  body.append([0, 1, extended.endSequence]);
  return withLength(body);
}

function writeRows(out: Writer, lines: readonly LineEntry[], files: readonly string[]): void {
  let at = { offset: 0, file: 1, line: 1, column: 0 };
  for (const { offset, path, line, column } of lines) {
    const file = files.indexOf(path) + 1;
    if (file !== at.file) out.numbers(op.setFile, file);
    if (column !== at.column) out.numbers(op.setColumn, column);
    const forward = line - at.line;
    const special = forward - lineBase + lineRange * (offset - at.offset) + opcodeBase;
    if (forward >= lineBase && forward < lineBase + lineRange && special <= 255) {
      out.byte(special);
    } else {
      out.numbers(op.advanceAddress, offset - at.offset);
      out.byte(op.advanceLine);
      out.signed(forward);
      out.byte(op.copy);
    }
    at = { offset, file, line, column };
  }
}

/** Section 6.4.2. */
const frameOp = {
  advance1: 0x02,
  advance2: 0x03,
  advance4: 0x04,
  offsetOfAny: 0x05,
  undefined: 0x07,
  sameValue: 0x08,
  register: 0x09,
  define: 0x0c,
  setOffset: 0x0e,
} as const;

/**
 * For each function, wherever it changes: the distance from the stack pointer to the caller's stack, and where the return address
 * and the caller's registers are.
 */
function frameSection(object: ObjectCode, { word, textAddress, unwinding }: DebugFacts): Uint8Array {
  const { stackPointer, returnAddress, callBytes } = unwinding;
  const out = new Writer();
  const common = new Writer();
  common.u32(0xffff_ffff);
  common.append([4, 0, word, 0]);
  common.number(1);
  common.signed(-word);
  common.number(returnAddress);
  common.byte(frameOp.define);
  common.numbers(stackPointer, callBytes);
  out.append(entry(common, word));
  for (const fn of object.functions) {
    const each = new Writer();
    each.u32(0);
    each.address(textAddress + fn.offset, word);
    each.address(fn.size, word);
    writeFrames(each, object, fn, word, unwinding);
    out.append(entry(each, word));
  }
  return out.bytes();
}

function writeFrames(
  out: Writer,
  { frames, entry: start }: ObjectCode,
  fn: FunctionSymbol,
  word: WordBytes,
  unwinding: Unwinding,
): void {
  let before: FrameEntry = { offset: fn.offset, bytes: 0, address: undefined, saved: [] };
  let isFirst = true;
  for (const frame of frames) {
    if (frame.offset < fn.offset || frame.offset >= fn.offset + fn.size) continue;
    advance(out, frame.offset - before.offset);
    if (frame.bytes !== before.bytes) {
      out.byte(frameOp.setOffset);
      out.number(frame.bytes + unwinding.callBytes);
    }
    // Nobody called the program's start.
    const address = fn.name === start ? undefined : frame.address;
    if (isFirst || !isSamePlace(address, before.address))
      writeRule(out, unwinding.returnAddress, address, word, unwinding);
    for (const { register, at } of frame.saved) {
      if (!before.saved.some((saved) => saved.register === register))
        writeRule(out, register, { kind: "stack", at }, word, unwinding);
    }
    for (const { register } of before.saved) {
      if (!frame.saved.some((saved) => saved.register === register)) out.numbers(frameOp.sameValue, register);
    }
    before = { ...frame, address };
    isFirst = false;
  }
}

function advance(out: Writer, bytes: number): void {
  if (bytes >= 0x1_0000) {
    out.byte(frameOp.advance4);
    out.u32(bytes);
  } else if (bytes >= 0x100) {
    out.byte(frameOp.advance2);
    out.u16(bytes);
  } else if (bytes > 0) {
    out.append([frameOp.advance1, bytes]);
  }
}

/** Where the caller's value of `column` is. */
function writeRule(
  out: Writer,
  column: number,
  place: Place | undefined,
  word: WordBytes,
  { callBytes }: Unwinding,
): void {
  if (place === undefined) out.numbers(frameOp.undefined, column);
  else if (place.kind === "stack") out.numbers(frameOp.offsetOfAny, column, (callBytes - place.at) / word);
  else if (place.register === column) out.numbers(frameOp.sameValue, column);
  else out.numbers(frameOp.register, column, place.register);
}

function isSamePlace(a: Place | undefined, b: Place | undefined): boolean {
  if (a?.kind === "stack") return b?.kind === "stack" && a.at === b.at;
  return a?.kind === b?.kind && a?.register === (b?.kind === "register" ? b.register : undefined);
}

/** An entry of the frame section, filled up with instructions that do nothing. */
function entry(content: Writer, word: WordBytes): Uint8Array {
  while ((content.length + 4) % word !== 0) content.byte(0);
  return withLength(content);
}

function withLength(content: Writer): Uint8Array {
  const out = new Writer();
  out.u32(content.length);
  out.append(content.bytes());
  return out.bytes();
}

/** Bytes in the order in which they are written. */
class Writer {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  byte(value: number): void {
    this.#bytes.push(value & 0xff);
  }

  append(values: Iterable<number>): void {
    for (const value of values) this.#bytes.push(value);
  }

  u16(value: number): void {
    this.append([value & 0xff, (value >> 8) & 0xff]);
  }

  u32(value: number): void {
    this.u16(value);
    this.u16(value >>> 16);
  }

  address(value: number, word: WordBytes): void {
    this.u32(value);
    if (word === 8) this.u32(Math.floor(value / 2 ** 32));
  }

  /** LEB128 (section 7.6). */
  number(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) this.byte(rest | 0x80);
    this.byte(rest);
  }

  numbers(...values: readonly number[]): void {
    for (const value of values) this.number(value);
  }

  signed(value: number): void {
    let rest = value;
    for (; rest < -64 || rest > 63; rest >>= 7) this.byte(rest | 0x80);
    this.byte(rest & 0x7f);
  }

  /** With a zero byte behind it. */
  text(value: string): void {
    this.append(Buffer.from(`${value}\0`));
  }
}
