/**
 * riscv64: one instruction to bytes.
 *
 * What is odd about the machine:
 * - Instructions have four bytes, or two where a compressed form (the C extension) says the same. Those want the
 *   destination to be a source, small numbers, and mostly one of the eight *popular* registers x8 to x15; the encoder
 *   takes them whenever the operands allow.
 * - There are no flags: branches compare two registers. There are no addressing modes but a register and 12 signed bits, no
 *   rotation, no byte reversal, no counting of zeros, and no trap for a division by zero (the quotient is all ones).
 * - Numbers have 12 signed bits. `lui` gives the upper 20 of 32, rounded, because the lower 12 are signed.
 * - Operations on 32 bits (`addw`) leave a sign-extended result, whatever the type; so all 32-bit values are kept.
 * - Register 0 is zero. Any register can take the return address: `jal` names it.
 * - Loads and stores may be slow where they are not aligned.
 *
 * Operands come in the manual's order, a store's value first. Mnemonics are the manual's, `mv`, `li`, `ret` and
 * `j` its pseudo-instructions. The manual: https://github.com/riscv/riscv-isa-manual (volume I, chapters RV64I, M and C).
 */

import { assert, Bug } from "../../base/errors.ts";
import type { MachineInstruction, MemoryOperand } from "../../machine/machine.ts";
import type { Assembler } from "../assembler.ts";
import { immediate, memory, operand, register, targetOf } from "../operands.ts";
import { branchForms, callForms, jumpForms } from "./branches.ts";
import { constantSteps, fitsSigned } from "./constants.ts";
import {
  branches,
  fixed,
  immediates,
  loads,
  operations,
  shifts,
  short,
  shortAccesses,
  shortImmediates,
  shortOperations,
  stores,
  upper,
} from "./opcodes.ts";
import { isPopular, sp, zero } from "./registers.ts";

type Encoder = (instruction: MachineInstruction, assembler: Assembler) => void;

/**
 * Appends `instruction`, whose registers are physical, to the assembler.
 * Throws a Bug for an operation or a form of operands that the machine does not have.
 */
export function encode(instruction: MachineInstruction, assembler: Assembler): void {
  const encoder = encoders.get(instruction.op);
  if (encoder === undefined) throw new Bug(`riscv64 has no instruction ${instruction.op}`);
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
  ["mv", (i, a) => a.u16(short.mv | (named(i, 0) << 7) | (named(i, 1) << 2))],
  ["li", encodeLi],
  ["lui", encodeLui],
  ["c.lui", encodeShortLui],
  ["la", encodeAddress(encodeLui)],
  ["c.la", encodeAddress(encodeShortLui)],
  ...forEach(operations, operation),
  ...forEach(immediates, (_, op) => withImmediate(op)),
  ...forEach(shifts, shift),
  ...forEach(
    loads,
    (word, op): Encoder =>
      (i, a) =>
        load(word, op, i, a),
  ),
  ...forEach(
    stores,
    (word, op): Encoder =>
      (i, a) =>
        store(word, op, i, a),
  ),
  ...forEach(
    branches,
    (word): Encoder =>
      (i, a) =>
        a.branch(targetOf(operand(i, 2)), branchForms(word, physical(i, 0), physical(i, 1))),
  ),
  ["j", (i, a) => a.branch(targetOf(operand(i, 0)), jumpForms)],
  ["tail", (i, a) => a.branch(targetOf(operand(i, 0)), jumpForms)],
  ["jal", (i, a) => a.branch(targetOf(operand(i, 1)), callForms(physical(i, 0)))],
  ["ret", (i, a) => a.u16(short.jr | (named(i, 0) << 7))],
  ["ebreak", (_, a) => a.u16(short.ebreak)],
  ...forEach(
    fixed,
    (word): Encoder =>
      (_, a) =>
        a.u32(word),
  ),
]);

/** Any number. */
function encodeLi(instruction: MachineInstruction, assembler: Assembler): void {
  const to = named(instruction, 0);
  constantSteps(immediate(instruction, 1)).forEach(({ op, amount }, index) => {
    if (op === "lui") upperPart(assembler, to, amount);
    else if (op === "slli") shiftBy(assembler, "slli", to, to, amount);
    else number(assembler, op, to, index === 0 ? zero : to, amount);
  });
}

function upperPart(assembler: Assembler, to: number, amount: number): void {
  if (amount >= -32 && amount < 32 && to !== sp) assembler.u16(short.lui | (to << 7) | sixBits(amount));
  else assembler.u32(upper | (to << 7) | (amount << 12));
}

function encodeLui(instruction: MachineInstruction, assembler: Assembler): void {
  const from = operand(instruction, 1);
  assert(from.kind === "symbol", "lui takes a symbol");
  assembler.relocation("riscv64-hi20", from.symbol, from.offset);
  assembler.u32(upper | (named(instruction, 0) << 7));
}

/** For symbols below 0x1f800. */
function encodeShortLui(instruction: MachineInstruction, assembler: Assembler): void {
  const from = operand(instruction, 1);
  const to = named(instruction, 0);
  assert(from.kind === "symbol" && to !== sp, "c.lui takes a symbol");
  assembler.relocation("riscv64-rvc-lui", from.symbol, from.offset);
  assembler.u16(short.lui | (to << 7));
}

/** A symbol's whole address: the upper part, then the lower. */
function encodeAddress(encodeUpper: Encoder): Encoder {
  return (instruction, assembler) => {
    encodeUpper(instruction, assembler);
    const to = named(instruction, 0);
    const from = operand(instruction, 1);
    assert(from.kind === "symbol", "la takes a symbol");
    assembler.relocation("riscv64-lo12-i", from.symbol, from.offset);
    assembler.u32((immediates.addi ?? 0) | (to << 7) | (to << 15));
  };
}

function operation(word: number, op: string): Encoder {
  const shortWord = shortOperations[op];
  const commutes = ["add", "addw", "and", "or", "xor"].includes(op);
  return (instruction, assembler) => {
    const [to, first, second] = [
      physical(instruction, 0),
      physical(instruction, 1),
      physical(instruction, 2),
    ];
    const [same, other] = commutes && to === second ? [second, first] : [first, second];
    if (op === "add" && to !== zero && first === zero && second !== zero) {
      assembler.u16(short.mv | (to << 7) | (second << 2));
    } else if (op === "add" && to === same && to !== zero && other !== zero) {
      assembler.u16(short.add | (to << 7) | (other << 2));
    } else if (shortWord !== undefined && to === same && isPopular(to) && isPopular(other)) {
      assembler.u16(shortWord | ((to - 8) << 7) | ((other - 8) << 2));
    } else assembler.u32(word | (to << 7) | (first << 15) | (second << 20));
  };
}

function withImmediate(op: string): Encoder {
  return (instruction, assembler) => {
    const [to, from] = [physical(instruction, 0), physical(instruction, 1)];
    number(assembler, op, to, from, Number(immediate(instruction, 2)));
  };
}

function number(assembler: Assembler, op: string, to: number, from: number, amount: number): void {
  assert(Number.isInteger(amount) && amount >= -2048 && amount < 2048, `${op}: ${amount} does not fit`);
  const isSmall = amount >= -32 && amount < 32;
  if (op === "addi" && to !== zero) {
    if (from === zero && isSmall) return assembler.u16(short.li | (to << 7) | sixBits(amount));
    if (from !== zero && amount === 0) return assembler.u16(short.mv | (to << 7) | (from << 2));
    if (to === from && isSmall) return assembler.u16(short.addi | (to << 7) | sixBits(amount));
    if (to === sp && from === sp && amount % 16 === 0 && amount >= -512 && amount < 512) {
      return assembler.u16(short.addi16sp | stackStep(amount));
    }
  }
  if (op === "addiw" && to === from && to !== zero && isSmall) {
    return assembler.u16(short.addiw | (to << 7) | sixBits(amount));
  }
  if (op === "andi" && to === from && isPopular(to) && isSmall) {
    return assembler.u16((shortImmediates.andi ?? 0) | ((to - 8) << 7) | sixBits(amount));
  }
  assembler.u32((immediates[op] ?? 0) | (to << 7) | (from << 15) | (amount << 20));
}

/** imm[5] in bit 12, imm[4:0] in 6..2 */
function sixBits(amount: number): number {
  return (((amount >> 5) & 1) << 12) | ((amount & 0x1f) << 2);
}

/** imm[9] in bit 12, imm[4|6|8:7|5] in 6..2 */
function stackStep(amount: number): number {
  const bit = (from: number, to: number): number => ((amount >> from) & 1) << to;
  return bit(9, 12) | bit(4, 6) | bit(6, 5) | (((amount >> 7) & 3) << 3) | bit(5, 2);
}

function shift({ bits }: { readonly bits: number }, op: string): Encoder {
  return (instruction, assembler) => {
    const amount = Number(immediate(instruction, 2));
    assert(amount >= 0 && amount < 1 << bits, `${op} by ${amount}`);
    shiftBy(assembler, op, physical(instruction, 0), physical(instruction, 1), amount);
  };
}

function shiftBy(assembler: Assembler, op: string, to: number, from: number, amount: number): void {
  const shortWord = shortImmediates[op];
  if (op === "slli" && to === from && to !== zero && amount > 0) {
    assembler.u16(short.slli | (to << 7) | sixBits(amount));
  } else if (shortWord !== undefined && to === from && isPopular(to) && amount > 0) {
    assembler.u16(shortWord | ((to - 8) << 7) | sixBits(amount));
  } else assembler.u32((shifts[op]?.word ?? 0) | (to << 7) | (from << 15) | (amount << 20));
}

function load(word: number, op: string, instruction: MachineInstruction, assembler: Assembler): void {
  const to = physical(instruction, 0);
  const place = memory(instruction, 1);
  const base = baseOf(place);
  if (place.symbol !== undefined) {
    assembler.relocation("riscv64-lo12-i", place.symbol, place.displacement);
    assembler.u32(word | (to << 7) | (base << 15));
    return;
  }
  const compressed = to === zero && base === sp ? undefined : shortAccess(op, to, place, 7);
  if (compressed !== undefined) assembler.u16(compressed);
  else assembler.u32(word | (to << 7) | (base << 15) | (offsetOf(place) << 20));
}

function store(word: number, op: string, instruction: MachineInstruction, assembler: Assembler): void {
  const value = physical(instruction, 0);
  const place = memory(instruction, 1);
  const registers = (value << 20) | (baseOf(place) << 15);
  if (place.symbol !== undefined) {
    assembler.relocation("riscv64-lo12-s", place.symbol, place.displacement);
    assembler.u32(word | registers);
    return;
  }
  const compressed = shortAccess(op, value, place, 2);
  if (compressed !== undefined) {
    assembler.u16(compressed);
    return;
  }
  const offset = offsetOf(place);
  assembler.u32(word | registers | (((offset >> 5) & 0x7f) << 25) | ((offset & 0x1f) << 7));
}

/** The compressed access of `value` at `place`; through the stack pointer the register lies at bit `stackPlace`. */
function shortAccess(op: string, value: number, place: MemoryOperand, stackPlace: 2 | 7): number | undefined {
  const row = shortAccesses[op];
  const { base, displacement } = place;
  if (row === undefined || displacement < 0 || displacement % row.bytes !== 0) return undefined;
  if (base === sp && displacement < 64 * row.bytes) {
    return row.stackWord | (value << stackPlace) | stackOffset(displacement, row.bytes, stackPlace);
  }
  if (base === undefined || !isPopular(base) || !isPopular(value) || displacement >= 32 * row.bytes)
    return undefined;
  const middle = ((displacement >> 3) & 7) << 10;
  const ends =
    row.bytes === 8
      ? ((displacement >> 6) & 3) << 5
      : (((displacement >> 2) & 1) << 6) | (((displacement >> 6) & 1) << 5);
  return row.word | middle | ends | ((base - 8) << 7) | ((value - 8) << 2);
}

/** Of a load (register at bit 7): uimm[5] in bit 12, the rest in 6..2; of a store: all in 12..7. Upper bits come last. */
function stackOffset(displacement: number, bytes: 4 | 8, place: 2 | 7): number {
  const log = bytes === 8 ? 3 : 2;
  const high = (displacement >> 6) & (bytes === 8 ? 7 : 3);
  const low = (displacement >> log) & ((1 << (6 - log)) - 1);
  const highBits = bytes === 8 ? 3 : 2;
  const field = (low << highBits) | high;
  if (place === 2) return field << 7;
  return ((field >> 5) << 12) | ((field & 0x1f) << 2);
}

function offsetOf({ displacement }: MemoryOperand): number {
  assert(fitsSigned(BigInt(displacement), 12), `displacement ${displacement} does not fit`);
  return displacement;
}

function baseOf({ base, index }: MemoryOperand): number {
  assert(base !== undefined && base >= 0 && base < 32, "memory has a base register");
  assert(index === undefined, "there are no indexes");
  return base;
}

function physical(instruction: MachineInstruction, index: number): number {
  const number = register(instruction, index);
  assert(number >= 0 && number < 32, `register ${number} is not allocated`);
  return number;
}

/** A register other than zero. */
function named(instruction: MachineInstruction, index: number): number {
  const number = physical(instruction, index);
  assert(number !== zero, `${instruction.op} with the zero register`);
  return number;
}
