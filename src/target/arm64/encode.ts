/**
 * arm64: one instruction to bytes.
 *
 * What is odd about the machine:
 * - Every instruction has four bytes, so size is a matter of how much one instruction does: an operand that is shifted or
 *   extended on its way in, an index scaled by the access, a bit field, a base register that moves along, two registers
 *   loaded at once, a branch on zero or on a single bit without a comparison.
 * - A constant of any size takes one to four instructions (constants.ts); an address one within a mebibyte, else two.
 * - Bit 31 of the word, `sf`, makes most operations 64 bits wide. Writing the low half of a register clears the upper.
 * - Register 31 is the stack pointer in additions with a constant and in addresses, and zero elsewhere.
 * - There are no divisions of memory, no flags unless asked for (`adds`, `subs`, `ands`), no trap for a division by
 *   zero (the result is zero), and no string instructions.
 * - A call leaves the return address in register 30; `ret` returns through any register.
 * - The stack pointer must be a multiple of 16 whenever memory is accessed through it.
 * - Loads and stores need no alignment, but offsets count in units of the access, unless they are small.
 *
 * Operands come in the manual's order. Mnemonics are the manual's; `cmp`, `mov` and other aliases are encoded as
 * what they stand for. The manual: https://developer.arm.com/documentation/ddi0487 (chapters C4 and C6).
 */

import { assert, Bug } from "../../base/errors.ts";
import type { MachineInstruction, MemoryOperand, RegisterOperand } from "../../machine/machine.ts";
import type { Assembler } from "../assembler.ts";
import { immediate, memory, operand, targetOf } from "../operands.ts";
import { bitForms, callForms, conditionalForms, jumpForms, zeroForms } from "./branches.ts";
import { constantSteps, constantWidth, encodeAddend, encodeMask } from "./constants.ts";
import {
  accesses,
  additions,
  aliases,
  bitFields,
  conditions,
  extendKinds,
  fixed,
  insertions,
  logicals,
  negated,
  oneSource,
  pairs,
  returns,
  selects,
  shiftKinds,
  threeSources,
  twoSources,
  wideMoves,
} from "./opcodes.ts";
import { link, sp, zero } from "./registers.ts";

type Encoder = (instruction: MachineInstruction, assembler: Assembler) => void;

/**
 * Appends `instruction`, whose registers are physical, to the assembler.
 * Throws a Bug for an operation or a form of operands that the machine does not have.
 */
export function encode(instruction: MachineInstruction, assembler: Assembler): void {
  const encoder = encoders.get(instruction.op);
  if (encoder === undefined) throw new Bug(`arm64 has no instruction ${instruction.op}`);
  encoder(instruction, assembler);
}

/** Every mnemonic that `encode` and `format` know. */
export function mnemonics(): readonly string[] {
  return [...encoders.keys()];
}

function forEach<Row>(
  table: Readonly<Record<string, Row>>,
  make: (row: Row, op: string) => Encoder,
): [string, Encoder][] {
  return Object.entries(table).map(([op, row]) => [op, make(row, op)]);
}

const encoders: ReadonlyMap<string, Encoder> = new Map<string, Encoder>([
  ["mov", encodeMov],
  ["adr", encodeAdr],
  ...forEach(
    additions,
    (_, op): Encoder =>
      (i, a) =>
        addition(op, i, a),
  ),
  ...forEach(
    logicals,
    (word): Encoder =>
      (i, a) =>
        logical(word, i, a),
  ),
  ...forEach(aliases, alias),
  ...forEach(
    twoSources,
    (word): Encoder =>
      (i, a) =>
        a.u32(sized(word, i) | rm(i, 2) | rn(i, 1) | rd(i)),
  ),
  ...forEach(oneSource, encodeOneSource),
  ...forEach(
    threeSources,
    (word): Encoder =>
      (i, a) =>
        a.u32(sized(word, i) | rm(i, 2) | (plain(i, 3) << 10) | rn(i, 1) | rd(i)),
  ),
  ["mul", (i, a) => a.u32(sized(threeSources.madd ?? 0, i) | rm(i, 2) | (31 << 10) | rn(i, 1) | rd(i))],
  ["lsl", shiftLeft],
  ["lsr", (i, a) => shiftRight(bitFields.ubfx ?? 0, i, a)],
  ["asr", (i, a) => shiftRight(bitFields.sbfx ?? 0, i, a)],
  ["ror", encodeRor],
  ...forEach(
    bitFields,
    (word): Encoder =>
      (i, a) =>
        extract(word, i, a),
  ),
  ...forEach(
    insertions,
    (word): Encoder =>
      (i, a) =>
        insert(word, i, a),
  ),
  ["sxtw", (i, a) => a.u32(bitField(bitFields.sbfx ?? 0, i, 0, 31))],
  ...forEach(
    selects,
    (word): Encoder =>
      (i, a) =>
        a.u32(sized(word, i) | rm(i, 2) | (condition(i) << 12) | rn(i, 1) | rd(i)),
  ),
  ...forEach(
    accesses,
    (_, op): Encoder =>
      (i, a) =>
        access(op, i, a),
  ),
  ...forEach(
    accesses,
    (_, op): Encoder =>
      (i, a) =>
        movingAccess(op, 0x400, i, a),
  ).map(after("-post")),
  ...forEach(
    accesses,
    (_, op): Encoder =>
      (i, a) =>
        movingAccess(op, 0xc00, i, a),
  ).map(after("-pre")),
  ...forEach(
    pairs,
    (word): Encoder =>
      (i, a) =>
        pair(word, i, a),
  ),
  ["b", (i, a) => a.branch(targetOf(operand(i, 0)), jumpForms)],
  ["tail", (i, a) => a.branch(targetOf(operand(i, 0)), jumpForms)],
  ["bl", (i, a) => a.branch(targetOf(operand(i, 0)), callForms)],
  ["b.cond", (i, a) => a.branch(targetOf(operand(i, 0)), conditionalForms(0x5400_0000 | condition(i)))],
  ["cbz", (i, a) => a.branch(targetOf(operand(i, 1)), zeroForms(sized(0x3400_0000, i) | rd(i)))],
  ["cbnz", (i, a) => a.branch(targetOf(operand(i, 1)), zeroForms(sized(0x3500_0000, i) | rd(i)))],
  ["tbz", (i, a) => bitBranch(0x3600_0000, i, a)],
  ["tbnz", (i, a) => bitBranch(0x3700_0000, i, a)],
  ["ret", encodeRet],
  ...forEach(
    fixed,
    (word): Encoder =>
      (_, a) =>
        a.u32(word),
  ),
]);

function after(suffix: string): (row: [string, Encoder]) => [string, Encoder] {
  return ([op, encoder]) => [op + suffix, encoder];
}

/** A register, the stack pointer's number included, a constant, or the address of a symbol at any distance. */
function encodeMov(instruction: MachineInstruction, assembler: Assembler): void {
  const from = operand(instruction, 1);
  if (from.kind === "register") {
    const [to, source] = [plainOrStack(instruction, 0), plainOrStack(instruction, 1)];
    if (isStack(instruction, 0) || isStack(instruction, 1)) {
      assembler.u32(sized(0x1100_0000, instruction) | (source << 5) | to);
    } else assembler.u32(sized(logicals.orr ?? 0, instruction) | (source << 16) | (31 << 5) | to);
    return;
  }
  const to = rd(instruction);
  if (from.kind === "symbol") {
    assembler.relocation("arm64-abs-hi16", from.symbol, from.offset);
    assembler.u32(wideMoves.movz | (1 << 21) | to);
    assembler.relocation("arm64-abs-lo16", from.symbol, from.offset);
    assembler.u32(wideMoves.movk | to);
    return;
  }
  assert(from.kind === "immediate", "mov takes a register, a number or a symbol");
  const size = constantWidth(from.value, instruction.width) === 64 ? sizeBit : 0;
  for (const step of constantSteps(from.value, instruction.width)) {
    if (step.op === "orr") assembler.u32(size | 0x3200_0000 | (step.bits << 10) | (31 << 5) | to);
    else assembler.u32(size | wideMoves[step.op] | ((step.shift / 16) << 21) | (step.bits << 5) | to);
  }
}

/** The address of a symbol within a mebibyte. */
function encodeAdr(instruction: MachineInstruction, assembler: Assembler): void {
  const from = operand(instruction, 1);
  assert(from.kind === "symbol", "adr takes a symbol");
  assembler.relocation("arm64-adr", from.symbol, from.offset);
  assembler.u32(0x1000_0000 | rd(instruction));
}

/** Bits 31 to 23 of the forms: 00010001 with a constant, 00001011 with a register. */
function addition(op: string, instruction: MachineInstruction, assembler: Assembler): void {
  const third = operand(instruction, 2);
  if (third.kind === "immediate") {
    const constant = BigInt.asIntN(instruction.width, third.value);
    const straight = encodeAddend(constant);
    const bits = straight ?? encodeAddend(-constant);
    assert(bits !== undefined, `${op} of ${third.value}`);
    const word = (additions[straight === undefined ? (negated[op] ?? "") : op] ?? 0) ^ 0x1a00_0000;
    const setsFlags = (word & 0x2000_0000) !== 0;
    const to = setsFlags ? plain(instruction, 0) : plainOrStack(instruction, 0);
    assembler.u32(sized(word, instruction) | (bits << 10) | (plainOrStack(instruction, 1) << 5) | to);
    return;
  }
  assert(third.kind === "register", `${op} takes a register or a number`);
  const word =
    sized(additions[op] ?? 0, instruction) | rm(instruction, 2) | rn(instruction, 1) | rd(instruction);
  const { modifier } = third;
  if (modifier?.kind === "uxtw" || modifier?.kind === "sxtw") {
    assert(modifier.amount <= 4 && plain(instruction, 1) !== 31, `${op} with an extension`);
    const option = extendKinds[modifier.kind];
    assembler.u32(word | (1 << 21) | (option << 13) | (modifier.amount << 10));
  } else assembler.u32(word | shiftOf(third, instruction.width));
}

function logical(word: number, instruction: MachineInstruction, assembler: Assembler): void {
  const third = operand(instruction, 2);
  const fields = sized(word, instruction) | rn(instruction, 1) | rd(instruction);
  if (third.kind === "register") {
    assembler.u32(fields | rm(instruction, 2) | shiftOf(third, instruction.width));
    return;
  }
  assert(third.kind === "immediate" && (word & 0x0020_0000) === 0, "no form with a number");
  // But for `ands`, 31 means the stack pointer there.
  assert(word === logicals.ands || rd(instruction) !== 31, "zero where the stack pointer is meant");
  const mask = encodeMask(third.value, instruction.width);
  assert(mask !== undefined, `${third.value} is no bit mask`);
  assembler.u32((fields ^ 0x1800_0000) | (mask << 10));
}

/** Type and amount of a shifted register. */
function shiftOf({ modifier }: RegisterOperand, width: number): number {
  if (modifier === undefined) return 0;
  assert(modifier.kind !== "uxtw" && modifier.kind !== "sxtw", "an extension where a shift belongs");
  assert(modifier.amount >= 0 && modifier.amount < width, `shift by ${modifier.amount}`);
  return (shiftKinds[modifier.kind] << 22) | (modifier.amount << 10);
}

function alias({ op, zero: place }: { readonly op: string; readonly zero: string }): Encoder {
  const zeroOperand: RegisterOperand = { kind: "register", register: zero };
  return (instruction, assembler) => {
    const [first, ...rest] = instruction.operands;
    if (first === undefined) throw new Bug(`${instruction.op} without operands`);
    const operands = place === "destination" ? [zeroOperand, first, ...rest] : [first, zeroOperand, ...rest];
    encode({ ...instruction, op, operands }, assembler);
  };
}

function encodeOneSource(word: number, op: string): Encoder {
  return (instruction, assembler) => {
    const wideReverse = op === "rev" && instruction.width === 64 ? 0x400 : 0;
    assembler.u32(sized(word, instruction) | wideReverse | rn(instruction, 1) | rd(instruction));
  };
}

/** `immr` and `imms` say which bits move where; `N` repeats the width. */
function bitField(word: number, instruction: MachineInstruction, immr: number, imms: number): number {
  const { width } = instruction;
  assert(immr >= 0 && immr < width && imms >= 0 && imms < width, `${instruction.op}: no such bits`);
  const n = width === 64 ? 1 << 22 : 0;
  return sized(word, instruction) | n | (immr << 16) | (imms << 10) | rn(instruction, 1) | rd(instruction);
}

function shiftLeft(instruction: MachineInstruction, assembler: Assembler): void {
  const { width } = instruction;
  const amount = Number(immediate(instruction, 2));
  assert(amount >= 0 && amount < width, `shift by ${amount}`);
  assembler.u32(bitField(bitFields.ubfx ?? 0, instruction, (width - amount) % width, width - 1 - amount));
}

function shiftRight(word: number, instruction: MachineInstruction, assembler: Assembler): void {
  assembler.u32(bitField(word, instruction, Number(immediate(instruction, 2)), instruction.width - 1));
}

/** `extr` of a register with itself. */
function encodeRor(instruction: MachineInstruction, assembler: Assembler): void {
  const amount = Number(immediate(instruction, 2));
  assert(amount >= 0 && amount < instruction.width, `rotation by ${amount}`);
  const n = instruction.width === 64 ? 1 << 22 : 0;
  const source = plain(instruction, 1);
  assembler.u32(
    sized(0x1380_0000, instruction) | n | (source << 16) | (amount << 10) | (source << 5) | rd(instruction),
  );
}

function extract(word: number, instruction: MachineInstruction, assembler: Assembler): void {
  const [low, bits] = [Number(immediate(instruction, 2)), Number(immediate(instruction, 3))];
  assembler.u32(bitField(word, instruction, low, low + bits - 1));
}

function insert(word: number, instruction: MachineInstruction, assembler: Assembler): void {
  const [low, bits] = [Number(immediate(instruction, 2)), Number(immediate(instruction, 3))];
  const { width } = instruction;
  assert(low >= 0 && bits >= 1 && low + bits <= width, `${instruction.op}: no such bits`);
  assembler.u32(bitField(word, instruction, (width - low) % width, bits - 1));
}

/** Word and log2 of the bytes of a load or store. */
function accessOf(op: string, width: number): { readonly word: number; readonly scale: number } {
  const row = accesses[op];
  assert(row !== undefined, `no access ${op}`);
  if (width !== 64 || row.wide === undefined) return row;
  return { word: row.wide, scale: op === "ldr" || op === "str" ? 3 : row.scale };
}

/** An offset in units of the access, any small offset, or an index. */
function access(op: string, instruction: MachineInstruction, assembler: Assembler): void {
  const { word, scale } = accessOf(op, instruction.width);
  const place = memory(instruction, 1);
  const fields = word | (baseOf(place) << 5) | rd(instruction);
  if (place.index !== undefined) {
    assert(place.displacement === 0, "an index or a displacement");
    assert(place.scale === 1 || place.scale === 1 << scale, "an index counts bytes or elements");
    const scaled = place.scale === 1 ? 0 : 1 << 12;
    assembler.u32(fields | 0x0020_6800 | (field(place.index) << 16) | scaled);
    return;
  }
  const units = place.displacement / (1 << scale);
  if (Number.isInteger(units) && units >= 0 && units < 0x1000) {
    assembler.u32(fields | 0x0100_0000 | (units << 10));
  } else assembler.u32(fields | unscaled(place.displacement));
}

/** The base moves, after the access (`form` 0x400) or before it (0xc00). */
function movingAccess(op: string, form: number, instruction: MachineInstruction, assembler: Assembler): void {
  const { word } = accessOf(op, instruction.width);
  const place = memory(instruction, 1);
  assert(place.index === undefined, "a moving base has no index");
  assembler.u32(word | form | unscaled(place.displacement) | (baseOf(place) << 5) | rd(instruction));
}

function unscaled(displacement: number): number {
  assert(displacement >= -256 && displacement < 256, `displacement ${displacement} does not fit`);
  return (displacement & 0x1ff) << 12;
}

function pair(word: number, instruction: MachineInstruction, assembler: Assembler): void {
  const place = memory(instruction, 2);
  const wide = instruction.width === 64;
  const units = place.displacement / (wide ? 8 : 4);
  assert(Number.isInteger(units) && units >= -64 && units < 64 && place.index === undefined, "no pair there");
  const fields =
    ((units & 0x7f) << 15) | (plain(instruction, 1) << 10) | (baseOf(place) << 5) | rd(instruction);
  assembler.u32(word | (wide ? sizeBit : 0) | fields);
}

function baseOf({ base, symbol }: MemoryOperand): number {
  assert(base !== undefined && symbol === undefined, "memory has a base register");
  return base === sp ? 31 : field(base);
}

function bitBranch(word: number, instruction: MachineInstruction, assembler: Assembler): void {
  const bit = Number(immediate(instruction, 1));
  assert(bit >= 0 && bit < 64, `no bit ${bit}`);
  const fields = (bit >= 32 ? sizeBit : 0) | ((bit & 31) << 19) | rd(instruction);
  assembler.branch(targetOf(operand(instruction, 2)), bitForms(word | fields));
}

/** Through the first operand; the result, if any, comes second and is only there for the allocator. */
function encodeRet(instruction: MachineInstruction, assembler: Assembler): void {
  assembler.u32(returns | ((instruction.operands.length > 0 ? plain(instruction, 0) : link) << 5));
}

const sizeBit = 0x8000_0000 | 0;

function sized(word: number, { width }: MachineInstruction): number {
  return width === 64 ? word | sizeBit : word;
}

function condition(instruction: MachineInstruction): number {
  const number = conditions[instruction.condition ?? ""];
  if (number === undefined) throw new Bug(`${instruction.op}: no condition ${instruction.condition}`);
  return number;
}

function rd(instruction: MachineInstruction): number {
  return plain(instruction, 0);
}

function rn(instruction: MachineInstruction, index: number): number {
  return plain(instruction, index) << 5;
}

function rm(instruction: MachineInstruction, index: number): number {
  return plain(instruction, index) << 16;
}

/** The field of a general register or zero. */
function plain(instruction: MachineInstruction, index: number): number {
  const found = operand(instruction, index);
  if (found.kind !== "register") throw new Bug(`${instruction.op}: operand ${index + 1} is no register`);
  return field(found.register);
}

function field(register: number): number {
  assert(register >= 0 && register <= zero && register !== sp, `register ${register} has no place here`);
  return register === zero ? 31 : register;
}

function isStack(instruction: MachineInstruction, index: number): boolean {
  const found = operand(instruction, index);
  return found.kind === "register" && found.register === sp;
}

/** The field of a general register or the stack pointer. */
function plainOrStack(instruction: MachineInstruction, index: number): number {
  if (isStack(instruction, index)) return 31;
  const number = plain(instruction, index);
  assert(number !== 31 || instruction.op === "mov", "zero where the stack pointer is meant");
  return number;
}
