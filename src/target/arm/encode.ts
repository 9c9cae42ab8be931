/**
 * arm: one instruction to bytes.
 *
 * What is odd about the machine, which here is ARMv6 in its A32 state (every Raspberry Pi runs it; Thumb-2 came later):
 * - Every instruction has four bytes and starts with a condition: most can be done or left undone without a branch.
 * - The last operand of arithmetic is a constant of eight bits rotated by an even number, or a register that is shifted on its
 *   way in, by a number or by another register. There are no shift instructions but `mov` with such an operand.
 * - There is no move of 16 bits (`movw` is younger), so other constants, and addresses, are two instructions or a word in the
 *   text near by, loaded relative to the program counter: see literals.ts.
 * - The program counter is register 15 and reads as the instruction's address plus eight.
 * - There is no division. Products may have 64 bits, and be accumulated.
 * - Loads and stores of words and unsigned bytes have 12 bits of displacement either way and shift their index; those of halfwords and
 *   signed bytes are younger, with 8 bits and no shift.
 * - Flags are set only where an instruction says so (`adds`); after a subtraction the carry means "no borrow".
 * - A call leaves the return address in register 14. `bx` returns; so does a load of the program counter.
 *
 * Operands come in the manual's order, mnemonics are those of the unified syntax. The manual: https://developer.arm.com/documentation/ddi0406
 * (chapter A8; ARMv6 is what it marks so).
 */

import { assert, Bug } from "../../base/errors.ts";
import type { MachineInstruction, MemoryOperand, RegisterOperand } from "../../machine/machine.ts";
import { type Assembler, type BranchForm, fallThrough } from "../assembler.ts";
import { immediate, memory, operand, register, targetOf } from "../operands.ts";
import { constantSteps, encodeConstant } from "./constants.ts";
import {
  accesses,
  always,
  arithmetic,
  compares,
  conditions,
  fixed,
  lists,
  longMultiplications,
  moves,
  multiplications,
  oneSource,
  shiftKinds,
  smallAccesses,
} from "./opcodes.ts";
import { pc } from "./registers.ts";

type Encoder = (instruction: MachineInstruction, assembler: Assembler) => void;

/**
 * Appends `instruction`, whose registers are physical, to the assembler.
 * Throws a Bug for an operation or a form of operands that the machine does not have.
 */
export function encode(instruction: MachineInstruction, assembler: Assembler): void {
  const encoder = encoders.get(instruction.op);
  if (encoder === undefined) throw new Bug(`arm has no instruction ${instruction.op}`);
  encoder(instruction, assembler);
}

/** Every mnemonic that `encode` and `format` know. */
export function mnemonics(): readonly string[] {
  return [...encoders.keys()];
}

/** The word under the instruction's condition. */
function emit(assembler: Assembler, instruction: MachineInstruction, word: number): void {
  assembler.u32(((conditionOf(instruction) << 28) | word) >>> 0);
}

function conditionOf({ op, condition }: MachineInstruction): number {
  if (condition === undefined) return always;
  const number = conditions[condition];
  if (number === undefined) throw new Bug(`${op}: no condition ${condition}`);
  return number;
}

function rowsOf(
  table: Readonly<Record<string, number>>,
  make: (row: number, op: string) => Encoder,
): [string, Encoder][] {
  return Object.entries(table).map(([op, row]) => [op, make(row, op)]);
}

const setFlags = 1 << 20;

const encoders: ReadonlyMap<string, Encoder> = new Map<string, Encoder>([
  ...rowsOf(
    arithmetic,
    (opcode): Encoder =>
      (i, a) =>
        emit(a, i, threeOperands(opcode, i)),
  ),
  ...rowsOf(
    arithmetic,
    (opcode): Encoder =>
      (i, a) =>
        emit(a, i, setFlags | threeOperands(opcode, i)),
  ).map(([op, encoder]): [string, Encoder] => [`${op}s`, encoder]),
  ...rowsOf(
    compares,
    (opcode): Encoder =>
      (i, a) =>
        emit(a, i, (opcode << 21) | setFlags | (field(i, 0) << 16) | flexible(i, 1)),
  ),
  ["mov", encodeMov],
  ["movs", (i, a) => emit(a, i, ((moves.mov ?? 0) << 21) | setFlags | (field(i, 0) << 12) | flexible(i, 1))],
  ["mvn", (i, a) => emit(a, i, ((moves.mvn ?? 0) << 21) | (field(i, 0) << 12) | flexible(i, 1))],
  ...rowsOf(
    shiftKinds,
    (kind): Encoder =>
      (i, a) =>
        emit(a, i, ((moves.mov ?? 0) << 21) | (field(i, 0) << 12) | shifted(i, kind)),
  ),
  ...rowsOf(
    oneSource,
    (word): Encoder =>
      (i, a) =>
        emit(a, i, word | (field(i, 0) << 12) | field(i, 1)),
  ),
  ...rowsOf(
    multiplications,
    (word): Encoder =>
      (i, a) => {
        const sum = i.operands.length > 3 ? field(i, 3) << 12 : 0;
        emit(a, i, word | (field(i, 0) << 16) | sum | (field(i, 2) << 8) | field(i, 1));
      },
  ),
  ...rowsOf(
    longMultiplications,
    (word): Encoder =>
      (i, a) => {
        assert(field(i, 0) !== field(i, 1), "the halves of a product are different registers");
        emit(a, i, word | (field(i, 1) << 16) | (field(i, 0) << 12) | (field(i, 3) << 8) | field(i, 2));
      },
  ),
  ...rowsOf(accesses, accessWith),
  ...rowsOf(smallAccesses, smallAccessWith),
  ...[...rowsOf(accesses, accessWith), ...rowsOf(smallAccesses, smallAccessWith)].flatMap(
    ([op, encoder]): [string, Encoder][] => [
      [`${op}-post`, encoder],
      [`${op}-pre`, encoder],
    ],
  ),
  ["b", encodeJump],
  ["tail", encodeJump],
  ["bl", (i, a) => a.branch(targetOf(operand(i, 0)), [direct((conditionOf(i) << 28) | 0x0b00_0000)])],
  ["ret", (i, a) => emit(a, i, 0x012f_ff10 | field(i, 0))],
  ["ldr-literal", (i, a) => a.branch(targetOf(operand(i, 1)), [literalForm(i)])],
  ["literal", encodeLiteral],
  ["adr", encodeAdr],
  ...rowsOf(
    lists,
    (word): Encoder =>
      (i, a) =>
        emit(a, i, word | Number(immediate(i, 0))),
  ),
  ...rowsOf(
    fixed,
    (word): Encoder =>
      (i, a) =>
        emit(a, i, word),
  ),
]);

function encodeJump(instruction: MachineInstruction, assembler: Assembler): void {
  assembler.branch(targetOf(operand(instruction, 0)), [
    fallThrough,
    direct((conditionOf(instruction) << 28) | 0x0a00_0000),
  ]);
}

/** 24 bits of displacement in words, from two instructions ahead. */
function direct(word: number): BranchForm {
  return {
    size: 4,
    minimum: -(2 ** 25) + 8,
    maximum: 2 ** 25 + 4,
    write: (text, at, displacement) => {
      const words = ((displacement - 8) / 4) & 0x00ff_ffff;
      new DataView(text.buffer, text.byteOffset).setUint32(at, (word | words) >>> 0, true);
    },
  };
}

/** A load relative to the program counter. */
function literalForm(instruction: MachineInstruction): BranchForm {
  const word = (conditionOf(instruction) << 28) | 0x051f_0000 | (field(instruction, 0) << 12);
  return {
    size: 4,
    minimum: -4095 + 8,
    maximum: 4095 + 8,
    write: (text, at, displacement) => {
      const distance = displacement - 8;
      const bits = distance < 0 ? -distance : (1 << 23) | distance;
      new DataView(text.buffer, text.byteOffset).setUint32(at, (word | bits) >>> 0, true);
    },
  };
}

/** A word of the text that is no instruction. */
function encodeLiteral(instruction: MachineInstruction, assembler: Assembler): void {
  const value = operand(instruction, 0);
  if (value.kind === "immediate") assembler.u32(Number(BigInt.asUintN(32, value.value)));
  else {
    assert(value.kind === "symbol", "a literal is a number or an address");
    assembler.relocation("abs32", value.symbol, value.offset);
    assembler.u32(0);
  }
}

/** The linker completes it: see `arm-adr` in relocate.ts. */
function encodeAdr(instruction: MachineInstruction, assembler: Assembler): void {
  const from = operand(instruction, 1);
  assert(from.kind === "symbol", "adr takes an address");
  assembler.relocation("arm-adr", from.symbol, from.offset);
  emit(assembler, instruction, 0x028f_0000 | (field(instruction, 0) << 12));
}

/** A register, or a constant in one or two instructions. */
function encodeMov(instruction: MachineInstruction, assembler: Assembler): void {
  const from = operand(instruction, 1);
  const to = field(instruction, 0);
  if (from.kind !== "immediate") {
    emit(assembler, instruction, ((moves.mov ?? 0) << 21) | (to << 12) | flexible(instruction, 1));
    return;
  }
  const steps = constantSteps(from.value);
  assert(steps !== undefined, `${from.value} is for a literal`);
  for (const { op, value } of steps) {
    const opcode =
      op === "orr" || op === "bic" ? ((arithmetic[op] ?? 0) << 21) | (to << 16) : (moves[op] ?? 0) << 21;
    emit(assembler, instruction, opcode | (to << 12) | constantField(value));
  }
}

function threeOperands(opcode: number, instruction: MachineInstruction): number {
  return (
    (opcode << 21) | (field(instruction, 1) << 16) | (field(instruction, 0) << 12) | flexible(instruction, 2)
  );
}

/** The last operand: bit 25 and the low 12 bits. */
function flexible(instruction: MachineInstruction, index: number): number {
  const last = operand(instruction, index);
  if (last.kind === "immediate") return constantField(last.value);
  assert(last.kind === "register", `${instruction.op} takes a register or a number`);
  return shiftOf(last) | field(instruction, index);
}

function constantField(value: bigint): number {
  const bits = encodeConstant(value);
  assert(bits !== undefined, `${value} does not fit an instruction`);
  return (1 << 25) | bits;
}

/** Amount and kind. A shift to the right by 32 would be written as 0; nobody needs it. */
function shiftOf({ modifier }: RegisterOperand): number {
  if (modifier === undefined) return 0;
  const kind = shiftKinds[modifier.kind];
  assert(
    kind !== undefined && modifier.amount >= 0 && modifier.amount < 32,
    `${modifier.kind} #${modifier.amount}`,
  );
  assert(modifier.amount > 0 || kind === 0, "by nothing only to the left");
  return (modifier.amount << 7) | (kind << 5);
}

/** `lsl` and its kin, by a number or by the lowest byte of a register. */
function shifted(instruction: MachineInstruction, kind: number): number {
  const amount = operand(instruction, 2);
  if (amount.kind === "register")
    return (field(instruction, 2) << 8) | (kind << 5) | (1 << 4) | field(instruction, 1);
  assert(amount.kind === "immediate" && amount.value >= 0n && amount.value < 32n, "a shift by 0 to 31");
  const count = Number(amount.value);
  return (count << 7) | ((count === 0 ? 0 : kind) << 5) | field(instruction, 1);
}

/** Bit 24: the displacement counts for the access; 23: it is added; 21: the base moves. */
function addressing(op: string, added: boolean): number {
  const isPost = op.endsWith("-post");
  return (isPost ? 0 : 1 << 24) | (added ? 1 << 23 : 0) | (op.endsWith("-pre") ? 1 << 21 : 0);
}

function accessWith(word: number): Encoder {
  return (instruction, assembler) => {
    const place = memory(instruction, 1);
    const fields = word | (baseOf(place) << 16) | (field(instruction, 0) << 12);
    const { displacement, index, scale } = place;
    if (index !== undefined) {
      assert(displacement === 0, "an index or a displacement");
      const bits = (Math.log2(scale) << 7) | physical(index);
      emit(assembler, instruction, fields | (1 << 25) | addressing(instruction.op, true) | bits);
      return;
    }
    assert(Math.abs(displacement) < 4096, `displacement ${displacement} does not fit`);
    const bits = addressing(instruction.op, displacement >= 0) | Math.abs(displacement);
    emit(assembler, instruction, fields | bits);
  };
}

function smallAccessWith(word: number): Encoder {
  return (instruction, assembler) => {
    const place = memory(instruction, 1);
    const fields = word | (baseOf(place) << 16) | (field(instruction, 0) << 12);
    const { displacement, index, scale } = place;
    if (index !== undefined) {
      assert(displacement === 0 && scale === 1, "an index that counts bytes, or a displacement");
      emit(assembler, instruction, fields | addressing(instruction.op, true) | physical(index));
      return;
    }
    const distance = Math.abs(displacement);
    assert(distance < 256, `displacement ${displacement} does not fit`);
    const bits = (1 << 22) | ((distance >> 4) << 8) | (distance & 15);
    emit(assembler, instruction, fields | addressing(instruction.op, displacement >= 0) | bits);
  };
}

function baseOf(place: MemoryOperand): number {
  assert(place.base !== undefined && place.symbol === undefined, "an address has a base");
  return physical(place.base);
}

function field(instruction: MachineInstruction, index: number): number {
  return physical(register(instruction, index));
}

/** Throws a Bug for a register that allocation has left virtual. */
function physical(number: number): number {
  assert(number >= 0 && number <= pc, `register ${number} is not allocated`);
  return number;
}
