/**
 * The shapes an amd64 instruction comes in, each with its prefixes by width: opcode and ModRM, a register inside the
 * opcode, rax understood; and the constant at the end.
 */

import { assert } from "../../base/errors.ts";
import type {
  ImmediateOperand,
  MemoryOperand,
  RegisterOperand,
  SymbolOperand,
} from "../../machine/machine.ts";
import type { Width } from "./instructions.ts";
import { type Code, emitEncoding, emitRex, isLowByte, physical } from "./modrm.ts";

export type Place = RegisterOperand | MemoryOperand;
export type Constant = ImmediateOperand | SymbolOperand;

/** Opcode and ModRM whose reg field is a register operand of `width`. */
export function withRegister(
  code: Code,
  width: Width,
  opcode: number,
  reg: number,
  rm: Place,
  trailing = 0,
): void {
  const rex = width === 8 && (isLowByte(reg) || (rm.kind === "register" && isLowByte(rm.register)));
  const prefix = width === 16 ? 0x66 : 0;
  emitEncoding(code, { prefix, wide: width === 64, opcode, reg: physical(reg), rm, rex, trailing });
}

/** Opcode and ModRM whose reg field is a part of the opcode, /digit in the manual. */
export function withDigit(
  code: Code,
  width: Width,
  opcode: number,
  digit: number,
  rm: Place,
  trailing = 0,
): void {
  const rex = width === 8 && rm.kind === "register" && isLowByte(rm.register);
  const prefix = width === 16 ? 0x66 : 0;
  emitEncoding(code, { prefix, wide: width === 64, opcode, reg: digit, rm, rex, trailing });
}

/** The register is in the low three bits of the opcode. */
export function shortForm(code: Code, width: Width, opcode: number, to: number): void {
  if (width === 16) code.assembler.byte(0x66);
  const extension = (width === 64 ? 0b1000 : 0) | (physical(to) >> 3);
  if (extension !== 0 || (width === 8 && isLowByte(to))) emitRex(code, extension);
  if (opcode > 0xff) code.assembler.byte(opcode >> 8);
  code.assembler.byte(opcode | (to & 7));
}

/** An opcode whose register is rax. */
export function prefixed(code: Code, width: Width, opcode: number): void {
  if (width === 16) code.assembler.byte(0x66);
  if (width === 64) emitRex(code, 0b1000);
  code.assembler.byte(opcode);
}

/** A number in `bytes` bytes, which the machine sign-extends to `width` bits, or the four bytes of an address. */
export function emitConstant(code: Code, constant: Constant, bytes: number, width: Width): void {
  if (constant.kind === "symbol") {
    assert(bytes === 4, "an address has 32 bits");
    code.assembler.relocation("abs32", constant.symbol, constant.offset);
    code.assembler.u32(0);
    return;
  }
  const value = BigInt.asIntN(width, constant.value);
  const sameBits = value === constant.value || BigInt.asUintN(width, value) === constant.value;
  assert(sameBits && value === BigInt.asIntN(8 * bytes, value), `${constant.value} does not fit`);
  if (bytes === 1) code.assembler.byte(Number(value));
  else if (bytes === 2) code.assembler.u16(Number(value));
  else code.assembler.u32(Number(value));
}

export function byWidth(opcode: number, width: Width): number {
  return width === 8 ? opcode : opcode | 1;
}

/** 64-bit operations take four bytes, sign-extended. */
export function immediateBytes(width: Width): number {
  return Math.min(width, 32) / 8;
}

export function isInt8(value: bigint): boolean {
  return value === BigInt.asIntN(8, value);
}

export function isInt32(value: bigint): boolean {
  return value === BigInt.asIntN(32, value);
}

export function wideOnly(width: Width): Width {
  assert(width > 8, "no form for bytes");
  return width;
}
