/**
 * amd64 and 386: one instruction to bytes.
 *
 * What is odd about the machine:
 * - Instructions have 1 to 15 bytes, and most can be said in several ways. The encoder always takes the shortest that does
 *   exactly the same to registers, flags and memory; what changes a flag (`xor r, r` for `mov r, 0`) is selection's to say.
 * - Operands are 32 bits wide unless a prefix says otherwise: 66 for 16, REX.W for 64. Writing a 32-bit register
 *   clears its upper half, so many 64-bit operations whose result fits are encoded as 32-bit ones.
 * - Registers 8 to 15 cost a REX prefix, and so do the byte registers 4 to 7; one prefix per instruction pays for all.
 * - Immediates have one byte, sign-extended, or four; only `mov` has eight. rax has forms of its own without ModRM.
 * - Addresses are computed in 64 bits; where the sum must wrap at 32, a prefix (67) says so. A 32-bit address in a register
 *   has a clear upper half, so most need none.
 * - Shifts count in cl, products and quotients live in rdx:rax, string instructions use rdi, rsi and rcx.
 *
 * The 32-bit mode, 386, is older and lacks REX: eight registers, of which the first four have byte parts. `inc` and `dec` of
 * a register have the bytes that are REX in the other mode, and an address without registers is absolute.
 *
 * Operands come in Intel order: destination first. Mnemonics are the manual's, except `movzx8`, `movzx16`, `movsx8`
 * and `movsx16` (which name the source's width), `jcc`, `setcc` and `cmovcc` (with `condition`), and `rep-movsb`
 * and its kin. The manual: https://www.intel.com/sdm (volume 2).
 */

import { assert, Bug } from "../../base/errors.ts";
import type { ImmediateOperand, MachineInstruction, RegisterOperand } from "../../machine/machine.ts";
import type { Assembler } from "../assembler.ts";
import { targetOf } from "../operands.ts";
import { callForms, conditionalForms, jumpForms } from "./branches.ts";
import {
  byWidth,
  type Constant,
  emitConstant,
  immediateBytes,
  isInt8,
  isInt32,
  type Place,
  prefixed,
  shortForm,
  wideOnly,
  withDigit,
  withRegister,
} from "./forms.ts";
import { rax, rbp, rcx, rsp, type Width } from "./instructions.ts";
import type { Mode } from "./mode.ts";
import { type Code, emitEncoding, isLowByte } from "./modrm.ts";
import { arithmetic, bitTests, doubleShifts, extensions, fixed, scans, shifts, unary } from "./opcodes.ts";
import { condition, constantOf, operand, place, register } from "./operands.ts";

type Encoder = (instruction: MachineInstruction, code: Code) => void;

/**
 * The target's `encode`: appends an instruction, whose registers are physical, to the assembler.
 * Throws a Bug for an operation or a form of operands that the machine does not have.
 */
export function encoderFor(
  mode: Pick<Mode, "word">,
): (instruction: MachineInstruction, assembler: Assembler) => void {
  return (instruction, assembler) => {
    const encoder = encoders.get(instruction.op);
    if (encoder === undefined) throw new Bug(`the machine has no instruction ${instruction.op}`);
    encoder(instruction, { assembler, mode });
  };
}

/** Every mnemonic that `encode` and `format` know. */
export function mnemonics(): readonly string[] {
  return [...encoders.keys()];
}

function forEach<Row>(
  table: Readonly<Record<string, Row>>,
  make: (row: Row) => Encoder,
): [string, Encoder][] {
  return Object.entries(table).map(([op, row]) => [op, make(row)]);
}

const encoders: ReadonlyMap<string, Encoder> = new Map<string, Encoder>([
  ["mov", encodeMov],
  ["lea", encodeLea],
  ...forEach(extensions, ({ opcode, from, signed }) => extend(opcode, from, signed)),
  ...forEach(arithmetic, arithmeticWith),
  ["test", encodeTest],
  ...forEach(
    unary,
    ({ opcode, digit }) =>
      (i, a) =>
        withDigit(a, i.width, byWidth(opcode, i.width), digit, place(i, 0)),
  ),
  ["inc", step(0x40, 0b000)],
  ["dec", step(0x48, 0b001)],
  ...forEach(doubleShifts, doubleShiftWith),
  ["imul", encodeImul],
  ...forEach(shifts, shiftWith),
  ...forEach(scans, ({ opcode, prefix }) => scan(opcode, prefix)),
  ...forEach(bitTests, ({ opcode, digit }) => bitTest(opcode, digit)),
  ["bswap", (i, a) => shortForm(a, wideOnly(i.width), 0x0fc8, register(i, 0))],
  ["xchg", encodeXchg],
  ["push", encodePush],
  ["pop", encodePop],
  ["int-0x80-six", encodeSixthArgument],
  ["setcc", (i, a) => withDigit(a, 8, 0x0f90 | condition(i), 0, place(i, 0))],
  [
    "cmovcc",
    (i, a) => withRegister(a, wideOnly(i.width), 0x0f40 | condition(i), register(i, 0), place(i, 1)),
  ],
  ["jcc", (i, a) => a.assembler.branch(targetOf(operand(i, 0)), conditionalForms(condition(i)))],
  ["jmp", (i, a) => transfer(i, a, jumpForms, 0b100)],
  ["call", (i, a) => transfer(i, a, callForms, 0b010)],
  ...forEach(
    fixed,
    ({ bytes }): Encoder =>
      (_, a) =>
        a.assembler.bytes(...bytes),
  ),
]);

/** `inc` and `dec` of a register have one byte in the 32-bit mode. */
function step(opcode: number, digit: number): Encoder {
  return (instruction, code) => {
    const { width } = instruction;
    const to = place(instruction, 0);
    if (code.mode.word === 32 && width > 8 && to.kind === "register")
      shortForm(code, width, opcode, to.register);
    else withDigit(code, width, byWidth(0xfe, width), digit, to);
  };
}

/** By a number: the bits that come in are those that go out of a second register. */
function doubleShiftWith(opcode: number): Encoder {
  return (instruction, code) => {
    const width = wideOnly(instruction.width);
    const count = operand(instruction, 2);
    assert(count.kind === "immediate", "a double shift counts by a number");
    withRegister(code, width, opcode, register(instruction, 1), place(instruction, 0), 1);
    code.assembler.byte(Number(count.value));
  };
}

function encodeMov(instruction: MachineInstruction, code: Code): void {
  const { width } = instruction;
  const to = place(instruction, 0);
  const from = operand(instruction, 1);
  if (from.kind === "register") {
    if (movAbsolute(code, width, 0xa2, from.register, to)) return;
    withRegister(code, width, byWidth(0x88, width), from.register, to);
    return;
  }
  if (from.kind === "memory") {
    if (movAbsolute(code, width, 0xa0, register(instruction, 0), from)) return;
    withRegister(code, width, byWidth(0x8a, width), register(instruction, 0), from);
    return;
  }
  const constant = constantOf(from);
  if (to.kind === "memory") {
    withDigit(code, width, byWidth(0xc6, width), 0, to, immediateBytes(width));
    emitConstant(code, constant, immediateBytes(width), width);
    return;
  }
  if (constant.kind === "symbol") {
    assert(width >= 32, "an address has 32 bits");
    shortForm(code, 32, 0xb8, to.register);
    emitConstant(code, constant, 4, 32);
    return;
  }
  if (width === 64) {
    movWide(code, to, constant);
    return;
  }
  shortForm(code, width, width === 8 ? 0xb0 : 0xb8, to.register);
  emitConstant(code, constant, immediateBytes(width), width);
}

/** A system call whose sixth argument takes the place of what ebp holds, for as long. */
function encodeSixthArgument(instruction: MachineInstruction, code: Code): void {
  const given = operand(instruction, 0);
  const base: RegisterOperand = { kind: "register", register: rbp };
  shortForm(code, 32, 0x50, rbp);
  if (given.kind === "memory") {
    // What lies on the stack is a word further away now.
    const at = given.base === rsp ? { ...given, displacement: given.displacement + 4 } : given;
    withRegister(code, 32, 0x8b, rbp, at);
  } else if (given.kind === "register") withRegister(code, 32, 0x89, given.register, base);
  else if (given.kind === "immediate" && given.value === 0n) withRegister(code, 32, 0x31, rbp, base);
  else {
    shortForm(code, 32, 0xb8, rbp);
    emitConstant(code, constantOf(given), 4, 32);
  }
  code.assembler.bytes(0xcd, 0x80);
  shortForm(code, 32, 0x58, rbp);
}

/** Between rax and an absolute address, without ModRM; the 64-bit mode takes eight bytes of address there. */
function movAbsolute(code: Code, width: Width, opcode: number, accumulator: number, at: Place): boolean {
  if (code.mode.word === 64 || accumulator !== rax || at.kind !== "memory") return false;
  if (at.base !== undefined || at.index !== undefined) return false;
  prefixed(code, width, byWidth(opcode, width));
  const { symbol, displacement } = at;
  if (symbol === undefined) code.assembler.u32(displacement);
  else emitConstant(code, { kind: "symbol", symbol, offset: displacement }, 4, 32);
  return true;
}

/** 64 bits: 5 bytes when the upper half is clear, 7 when it is the sign, else 10 (one less without REX.B). */
function movWide(code: Code, to: RegisterOperand, constant: ImmediateOperand): void {
  const value = BigInt.asIntN(64, constant.value);
  if (value === BigInt.asUintN(32, value)) {
    shortForm(code, 32, 0xb8, to.register);
    code.assembler.u32(Number(value));
  } else if (value === BigInt.asIntN(32, value)) {
    withDigit(code, 64, 0xc7, 0, to, 4);
    code.assembler.u32(Number(value));
  } else {
    shortForm(code, 64, 0xb8, to.register);
    code.assembler.u64(value);
  }
}

/**
 * An address that is a register alone or a symbol alone is a move, which is shorter. The result of 32 bits wraps by itself,
 * and of a sum that wraps in 64 bits the upper half is clear.
 */
function encodeLea(instruction: MachineInstruction, code: Code): void {
  const { width } = instruction;
  const from = operand(instruction, 1);
  assert(from.kind === "memory" && width >= 32, "lea takes an address");
  const to = register(instruction, 0);
  const { base, index, displacement, symbol, scale } = from;
  const only = base === undefined && scale === 1 ? index : index === undefined ? base : undefined;
  if (only !== undefined && displacement === 0 && symbol === undefined) {
    withRegister(code, width, 0x89, only, { kind: "register", register: to });
    return;
  }
  if (base === undefined && index === undefined) {
    // Sign-extended to 64 bits by `lea`, zero-extended by the short `mov`: the same below 2 GiB.
    if (symbol !== undefined || displacement >= 0 || width === 32) {
      shortForm(code, 32, 0xb8, to);
      const constant: Constant =
        symbol === undefined
          ? { kind: "immediate", value: BigInt(displacement) }
          : { kind: "symbol", symbol, offset: displacement };
      emitConstant(code, constant, 4, 32);
      return;
    }
  }
  withRegister(code, from.wraps ? 32 : width, 0x8d, to, { ...from, wraps: false });
}

/** rax has forms of one byte for what other registers need three. */
function extend(opcode: number, from: 8 | 16 | 32, signed: boolean): Encoder {
  return (instruction, code) => {
    const to = register(instruction, 0);
    const source = place(instruction, 1);
    assert(instruction.width > from, `${instruction.op} to ${instruction.width} bits`);
    // A zero-extended result is right in 32 bits already: writing them clears the rest.
    const width = signed || instruction.width === 16 ? instruction.width : 32;
    const accumulator = to === rax && source.kind === "register" && source.register === rax;
    if (signed && accumulator && width === from * 2) {
      prefixed(code, width, 0x98);
      return;
    }
    emitEncoding(code, {
      prefix: width === 16 ? 0x66 : 0,
      wide: width === 64,
      opcode,
      reg: to,
      rm: source,
      rex: from === 8 && source.kind === "register" && isLowByte(source.register),
      trailing: 0,
    });
  };
}

function arithmeticWith(digit: number): Encoder {
  const row = digit << 3;
  return (instruction, code) => {
    const to = place(instruction, 0);
    const from = operand(instruction, 1);
    const { width } = instruction;
    if (from.kind === "register") {
      const same = to.kind === "register" && to.register === from.register;
      const clears = same && (digit === arithmetic.xor || digit === arithmetic.sub);
      const narrow = clears && width === 64 ? 32 : width;
      withRegister(code, narrow, byWidth(row, narrow), from.register, to);
      return;
    }
    if (from.kind === "memory") {
      withRegister(code, width, byWidth(row | 2, width), register(instruction, 0), from);
      return;
    }
    arithmeticConstant(code, width, digit, to, constantOf(from));
  };
}

function arithmeticConstant(code: Code, width: Width, digit: number, to: Place, constant: Constant): void {
  const value = constant.kind === "immediate" ? BigInt.asIntN(width, constant.value) : undefined;
  if (to.kind === "register") {
    // Both leave the carry and the overflow clear and set the rest by the register.
    if (digit === arithmetic.cmp && value === 0n) {
      withRegister(code, width, byWidth(0x84, width), to.register, to);
      return;
    }
    // The mask clears the upper half, and with it the sign.
    if (digit === arithmetic.and && width === 64 && value !== undefined && value >= 0n && isInt32(value)) {
      arithmeticConstant(code, 32, digit, to, constant);
      return;
    }
  }
  const accumulator = to.kind === "register" && to.register === rax;
  const short = width > 8 && value !== undefined && isInt8(value);
  const bytes = short ? 1 : immediateBytes(width);
  if (accumulator && !short) prefixed(code, width, byWidth((digit << 3) | 4, width));
  else withDigit(code, width, short ? 0x83 : byWidth(0x80, width), digit, to, bytes);
  emitConstant(code, constant, bytes, width);
}

function encodeTest(instruction: MachineInstruction, code: Code): void {
  const { width } = instruction;
  const [first, second] = [place(instruction, 0), operand(instruction, 1)];
  if (second.kind === "register") {
    withRegister(code, width, byWidth(0x84, width), second.register, first);
    return;
  }
  if (second.kind === "memory") {
    withRegister(code, width, byWidth(0x84, width), register(instruction, 0), second);
    return;
  }
  assert(second.kind === "immediate", "test takes a number");
  const hasByte = code.mode.word === 64 || first.kind === "memory" || !isLowByte(first.register);
  const narrow = hasByte ? testWidth(width, BigInt.asIntN(width, second.value)) : width;
  const bytes = immediateBytes(narrow);
  if (first.kind === "register" && first.register === rax) prefixed(code, narrow, byWidth(0xa8, narrow));
  else withDigit(code, narrow, byWidth(0xf6, narrow), 0, first, bytes);
  emitConstant(code, second, bytes, narrow);
}

/** A mask without the narrower width's sign bit tests the same bits there and leaves the sign flag clear. */
function testWidth(width: Width, mask: bigint): Width {
  if (mask >= 0n && mask < 1n << 7n) return 8;
  return width === 64 && mask >= 0n && isInt32(mask) ? 32 : width;
}

/** One operand: rdx:rax by it. Two: register by place or number. Three: register from place by number. */
function encodeImul(instruction: MachineInstruction, code: Code): void {
  const { width, operands } = instruction;
  if (operands.length === 1) {
    withDigit(code, width, byWidth(0xf6, width), 0b101, place(instruction, 0));
    return;
  }
  const to = register(instruction, 0);
  const last = operand(instruction, operands.length - 1);
  wideOnly(width);
  if (last.kind !== "immediate") {
    withRegister(code, width, 0x0faf, to, place(instruction, 1));
    return;
  }
  const short = isInt8(BigInt.asIntN(width, last.value));
  const bytes = short ? 1 : immediateBytes(width);
  withRegister(code, width, short ? 0x6b : 0x69, to, place(instruction, operands.length - 2), bytes);
  emitConstant(code, last, bytes, width);
}

/** By 1, by a number, or by cl. */
function shiftWith(digit: number): Encoder {
  return (instruction, code) => {
    const { width } = instruction;
    const to = place(instruction, 0);
    const count = operand(instruction, 1);
    if (count.kind === "register") {
      assert(count.register === rcx, "a shift counts in cl");
      withDigit(code, width, byWidth(0xd2, width), digit, to);
      return;
    }
    assert(count.kind === "immediate", "a shift counts by a number");
    if (count.value === 1n) {
      withDigit(code, width, byWidth(0xd0, width), digit, to);
      return;
    }
    withDigit(code, width, byWidth(0xc0, width), digit, to, 1);
    code.assembler.byte(Number(BigInt.asUintN(8, count.value)));
  };
}

function scan(opcode: number, prefix: number): Encoder {
  return (instruction, code) => {
    const width = wideOnly(instruction.width);
    emitEncoding(code, {
      // The operand size comes before the prefix that is part of the opcode.
      prefix: width === 16 ? (prefix === 0 ? 0x66 : 0x6600 | prefix) : prefix,
      wide: width === 64,
      opcode,
      reg: register(instruction, 0),
      rm: place(instruction, 1),
      rex: false,
      trailing: 0,
    });
  };
}

function bitTest(opcode: number, digit: number): Encoder {
  return (instruction, code) => {
    const width = wideOnly(instruction.width);
    const bit = operand(instruction, 1);
    if (bit.kind === "register") {
      withRegister(code, width, opcode, bit.register, place(instruction, 0));
      return;
    }
    assert(bit.kind === "immediate", "a bit is a number or in a register");
    const number = Number(BigInt.asUintN(8, bit.value));
    // Without changing the register, the lower half is as good as the whole.
    const narrow = digit === bitTests.bt?.digit && width === 64 && number < 32 ? 32 : width;
    withDigit(code, narrow, 0x0fba, digit, place(instruction, 0), 1);
    code.assembler.byte(number);
  };
}

/** `90` with rax twice is `nop`, which is right for 64 bits; for 32 the upper half has to be cleared. */
function encodeXchg(instruction: MachineInstruction, code: Code): void {
  const { width } = instruction;
  const [first, second] = [place(instruction, 0), place(instruction, 1)];
  if (first.kind === "memory") {
    withRegister(code, width, byWidth(0x86, width), register(instruction, 1), first);
    return;
  }
  if (second.kind === "memory") {
    withRegister(code, width, byWidth(0x86, width), first.register, second);
    return;
  }
  const [a, b] = [first.register, second.register];
  if (width > 8 && (a === rax || b === rax) && (a !== b || width !== 32 || code.mode.word === 32)) {
    shortForm(code, a === b && width === 64 ? 32 : width, 0x90, a === rax ? b : a);
    return;
  }
  withRegister(code, width, byWidth(0x86, width), b, first);
}

/** Eight bytes always; a number is sign-extended. */
function encodePush(instruction: MachineInstruction, code: Code): void {
  const value = operand(instruction, 0);
  switch (value.kind) {
    case "register": {
      shortForm(code, 32, 0x50, value.register);
      return;
    }
    case "memory": {
      withDigit(code, 32, 0xff, 0b110, value);
      return;
    }
    case "immediate":
    case "symbol": {
      const short = value.kind === "immediate" && isInt8(BigInt.asIntN(64, value.value));
      code.assembler.byte(short ? 0x6a : 0x68);
      emitConstant(code, value, short ? 1 : 4, 64);
      return;
    }
    case "block":
      throw new Bug("push of a block");
  }
}

function encodePop(instruction: MachineInstruction, code: Code): void {
  const to = place(instruction, 0);
  if (to.kind === "register") shortForm(code, 32, 0x58, to.register);
  else withDigit(code, 32, 0x8f, 0, to);
}

/** To a block or function, or FF /digit to an address in a register or memory. */
function transfer(instruction: MachineInstruction, code: Code, forms: typeof jumpForms, digit: number): void {
  const target = operand(instruction, 0);
  if (target.kind === "register" || target.kind === "memory") withDigit(code, 32, 0xff, digit, target);
  else code.assembler.branch(targetOf(target), forms);
}
