/**
 * Prefixes, opcode, ModRM, SIB and displacement of one amd64 instruction (Intel SDM vol. 2, chapter 2).
 *
 * ```
 *   67   66 F2 F3   0100 W R X B   opcode   mod reg rm   scale index base   displacement   immediate
 *      prefixes         REX         1..2       ModRM           SIB             0 1 4
 * ```
 *
 * What is odd:
 * - The 32-bit mode has no REX: its registers are the first eight, and bytes are in the first four of those only.
 * - rm = 100 means "a SIB byte follows", so a base of rsp or r12 always has one; index = 100 means "no index".
 * - mod = 00 with rm = 101 means "relative to the next instruction" (in the 32-bit mode: absolute), and with a SIB byte whose base is 101
 *   "no base, four bytes of displacement": a base of rbp or r13 therefore has a displacement, be it 0.
 * - An absolute address costs a SIB byte, one relative to the instruction does not.
 * - A REX prefix, even an empty one, turns the byte registers 4..7 from ah, ch, dh, bh into spl, bpl, sil, dil.
 */

import { assert } from "../../base/errors.ts";
import type { MemoryOperand, Register, RegisterOperand } from "../../machine/machine.ts";
import type { Assembler } from "../assembler.ts";
import { rbp, rsp } from "./instructions.ts";
import type { Mode } from "./mode.ts";

/** Where code goes, and for which mode. */
export interface Code {
  readonly assembler: Assembler;
  readonly mode: Pick<Mode, "word">;
}

/** An instruction up to its immediate. */
export interface Encoding {
  /** 66, F2, F3, two of them in order (0x66f3), or 0 for none. */
  readonly prefix: number;
  /** REX.W: 64-bit operands. */
  readonly wide: boolean;
  /** With its 0F when it has two bytes. */
  readonly opcode: number;
  /** A register, or the /digit of the manual. */
  readonly reg: number;
  readonly rm: RegisterOperand | MemoryOperand;
  /** A byte register that REX alone can name is among the operands. */
  readonly rex: boolean;
  /** Bytes of immediate that follow: a relative address counts from behind them. */
  readonly trailing: number;
}

/** A register as a byte operand that needs a REX prefix although its number has three bits. */
export function isLowByte(register: Register): boolean {
  return register >= rsp && register <= 7;
}

export function emitEncoding(code: Code, encoding: Encoding): void {
  const { reg, rm } = encoding;
  if (rm.kind === "register") {
    emitOpcode(code, encoding, physical(rm.register), 0);
    code.assembler.byte((0b11 << 6) | ((reg & 7) << 3) | (rm.register & 7));
    return;
  }
  const address = shortestAddress(rm);
  if (address.wraps && code.mode.word === 64) code.assembler.byte(0x67);
  emitOpcode(code, encoding, address.base ?? 0, address.index ?? 0);
  emitAddress(code, address, reg & 7, encoding.trailing);
}

function emitOpcode(code: Code, encoding: Encoding, base: number, index: number): void {
  const { prefix, wide, opcode, reg, rex } = encoding;
  if (prefix > 0xff) code.assembler.byte(prefix >> 8);
  if (prefix !== 0) code.assembler.byte(prefix);
  const extension = (wide ? 0b1000 : 0) | ((reg >> 3) << 2) | ((index >> 3) << 1) | (base >> 3);
  if (extension !== 0 || rex) emitRex(code, extension);
  if (opcode > 0xff) code.assembler.byte(opcode >> 8);
  code.assembler.byte(opcode);
}

/** W, R, X, B. In the 32-bit mode these bytes are `inc` and `dec`, and no operand may need them. */
export function emitRex(code: Code, extension: number): void {
  assert(code.mode.word === 64, "64-bit operands and new registers are amd64's");
  code.assembler.byte(0b0100_0000 | extension);
}

interface Address {
  readonly base: Register | undefined;
  readonly index: Register | undefined;
  readonly scale: 1 | 2 | 4 | 8;
  readonly displacement: number;
  readonly symbol: string | undefined;
  readonly wraps: boolean;
}

/** The same address, with base and index in the places where they cost least. */
function shortestAddress(operand: MemoryOperand): Address {
  const { displacement, symbol } = operand;
  let { base, index, scale } = operand;
  assert(
    Number.isInteger(displacement) && displacement === (displacement | 0),
    "displacement beyond 32 bits",
  );
  if (base === undefined && index !== undefined && scale <= 2) {
    base = index;
    index = scale === 2 ? index : undefined;
    scale = 1;
  }
  if (base !== undefined && index !== undefined && scale === 1) {
    const baseNeedsDisplacement = displacement === 0 && symbol === undefined && isRbp(base) && !isRbp(index);
    if (index === rsp || (baseNeedsDisplacement && base !== rsp)) [base, index] = [index, base];
  }
  assert(index !== rsp, "rsp cannot be an index");
  if (base !== undefined) physical(base);
  if (index !== undefined) physical(index);
  // A register alone cannot wrap.
  const wraps =
    operand.wraps &&
    (index !== undefined || (base !== undefined && (displacement !== 0 || symbol !== undefined)));
  return { base, index, scale, displacement, symbol, wraps };
}

/** ModRM, SIB and displacement; `reg` has three bits. */
function emitAddress(code: Code, address: Address, reg: number, trailing: number): void {
  const { base, index, displacement, symbol } = address;
  const isLong = code.mode.word === 64;
  if (base === undefined && index === undefined && (symbol !== undefined || !isLong)) {
    code.assembler.byte((0b00 << 6) | (reg << 3) | 0b101);
    if (symbol === undefined) code.assembler.u32(displacement);
    else {
      if (isLong) code.assembler.relocation("pc32", symbol, displacement - trailing);
      else code.assembler.relocation("abs32", symbol, displacement);
      code.assembler.u32(0);
    }
    return;
  }
  const mod = modOf(address);
  const sib = index !== undefined || base === undefined || (base & 7) === rsp;
  code.assembler.byte((mod << 6) | (reg << 3) | (sib ? 0b100 : (base ?? 0) & 7));
  if (sib) {
    const scale = Math.log2(address.scale);
    code.assembler.byte(
      ((index === undefined ? 0 : scale) << 6) | (((index ?? rsp) & 7) << 3) | ((base ?? rbp) & 7),
    );
  }
  if (mod === 0b01) code.assembler.byte(displacement);
  else if (mod === 0b10 || base === undefined) {
    if (symbol === undefined) code.assembler.u32(displacement);
    else {
      code.assembler.relocation("abs32", symbol, displacement);
      code.assembler.u32(0);
    }
  }
}

/** 00: no displacement (or four bytes without a base), 01: one byte, 10: four. */
function modOf({ base, displacement, symbol }: Address): number {
  if (base === undefined) return 0b00;
  if (symbol !== undefined) return 0b10;
  if (displacement === 0 && !isRbp(base)) return 0b00;
  return displacement === (displacement << 24) >> 24 ? 0b01 : 0b10;
}

function isRbp(register: Register): boolean {
  return (register & 7) === rbp;
}

/** Throws a Bug for a register that allocation has left virtual. */
export function physical(register: Register): Register {
  assert(register >= 0 && register < 16, `register ${register} is not allocated`);
  return register;
}
