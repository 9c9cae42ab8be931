/**
 * The intermediate representation: functions of basic blocks in SSA form.
 *
 * An instruction *is* its value: operands point at the instructions that made them, so there are no
 * value numbers to keep in step (numbers are given when the text form is printed). A block owns its
 * instructions, phis first, and one terminator. Constants and addresses belong to no block: they are available
 * everywhere, and each use writes its own.
 *
 * Two types: i32 and i64. Narrow integers live in an i32, kept zero- or sign-extended by explicit `extend`
 * instructions; booleans are an i32 of 0 or 1; addresses are an i32, because every object of a microlith
 * lies below 2 GiB (only `far` accesses take a machine word).
 *
 * On 32-bit targets `expand64` leaves i64 to what has two results: `pair` and its kin, and calls. Such a value is
 * looked at with `trunc` (the low half) and `high` only, and returned.
 */

import type { DataObject } from "../base/data-object.ts";
import type { Span } from "../lang/source.ts";

export type Type = "i32" | "i64";

/** Two operands of the result's type, wrapping. Of what is divided by zero, and of the least number by -1, machines make different things: lowering keeps them away. */
export type BinaryOp =
  | "add"
  | "sub"
  | "mul"
  | "udiv"
  | "sdiv"
  | "urem"
  | "srem"
  | "and"
  | "or"
  | "xor"
  /** The amount is an i32, taken modulo the width. */
  | "shl"
  | "lshr"
  | "ashr"
  | "rotl";

/** Two operands of one type; the result is an i32 of 0 or 1. */
export type CompareOp = "eq" | "ne" | "ult" | "ule" | "slt" | "sle";

export type UnaryOp =
  /** i32 to i32: the low bits, extended. */
  | "zext8"
  | "zext16"
  | "sext8"
  | "sext16"
  /** i32 to i64. */
  | "zext32"
  | "sext32"
  /** i64 to i32. */
  | "trunc"
  | "ctz"
  | "clz"
  | "bswap";

/** A pair of i32 as an i64; 32-bit targets only, as is the rest of these. */
export type PairOp =
  /** (low, high) */
  | "pair"
  /** The sum and the difference of two pairs: (low, high, low, high). */
  | "addpair"
  | "subpair"
  /** The whole product of two unsigned i32. */
  | "mulpair"
  /** (low, high, divisor), unsigned; `high` is less than `divisor`. The low half is the quotient, the high half the remainder. */
  | "divpair";

/** Two pairs (low, high, low, high); the result is an i32 of 0 or 1. */
export type PairCompareOp = "ultpair" | "sltpair";

/** Narrow loads extend to i32. A load's operand is the address; `offset` is added to it. */
export type LoadOp = "load8u" | "load8s" | "load16u" | "load16s" | "load32" | "load64";
/** Operands: address, value (narrow stores take the low bits). `offset` is added to the address. */
export type StoreOp = "store8" | "store16" | "store32" | "store64";

export type Op =
  | BinaryOp
  | CompareOp
  | UnaryOp
  | PairOp
  | PairCompareOp
  /** The upper half of an i64. */
  | "high"
  | LoadOp
  | StoreOp
  /** `value` of `type`, normalised as a signed number of that width. */
  | "const"
  /** The address of `symbol` plus `offset`, an i32. */
  | "address"
  /** The function's parameter number `index`. */
  | "parameter"
  /** One operand per predecessor, in the order of `block.predecessors`. */
  | "phi"
  /** `callee` with the operands; `type` "void" without result. */
  | "call"
  /** Number and up to six arguments, machine words; the result is a machine word. */
  | "syscall"
  /** Bytes: (destination, source, length), (destination, value, length). */
  | "copy"
  | "fill"
  /** (left, right, length) → 0 or 1. */
  | "equal";

export interface Instruction {
  op: Op;
  /** Of the result; "void" when there is none. */
  type: Type | "void";
  args: Instruction[];
  /** const */
  value: bigint;
  /** loads, stores and address: bytes added */
  offset: number;
  /** address: the name of a data object, a global or a function */
  symbol: string;
  /**
   * add: the operands are an address and a distance within its object, so that their sum as unbounded numbers (the
   * distance signed if it is a constant, else unsigned) is the address meant. Addressing modes of 64-bit
   * machines need to know.
   * zext32: the operand is an address or a boolean, so that extending its sign would do the same.
   */
  noWrap: boolean;
  /** call */
  callee: IrFunction | undefined;
  /** parameter */
  index: number;
  span: Span | undefined;
  /** Scratch for passes: a number of theirs, meaningless between passes. */
  mark: number;
}

export type Terminator =
  | { readonly kind: "jump"; target: Block }
  /** To `then` when `condition` is not 0. */
  | { readonly kind: "branch"; condition: Instruction; then: Block; else: Block }
  | { readonly kind: "return"; value: Instruction | undefined }
  /** Control does not get here: after a call that does not return. */
  | { readonly kind: "unreachable" };

export interface Block {
  /** For the text form; unique in the function. */
  id: number;
  instructions: Instruction[];
  terminator: Terminator;
  predecessors: Block[];
  mark: number;
}

export interface IrFunction {
  readonly name: string;
  readonly parameters: readonly Instruction[];
  readonly result: Type | "void";
  /** It does not come back. */
  readonly returns: boolean;
  /** Entry first; the rest in reverse post-order after `orderBlocks`. */
  blocks: Block[];
  readonly span: Span | undefined;
}

/** Zero-filled or initialised writable storage. */
export interface IrGlobal {
  readonly name: string;
  readonly size: number;
  readonly alignment: number;
  /** Absent: zeros, which cost nothing in the file. */
  readonly bytes: Uint8Array | undefined;
}

export interface IrProgram {
  /** `start` first: the executable's entry, whose one parameter is the initial stack pointer when it is used. */
  readonly functions: readonly IrFunction[];
  readonly globals: readonly IrGlobal[];
  readonly data: readonly DataObject[];
  readonly wordType: Type;
}

/** Constants and addresses: in no block, available everywhere. */
export function isFloating(value: Instruction): boolean {
  return value.op === "const" || value.op === "address";
}

const bitsOf = { i32: 32, i64: 64 } as const;

/** A constant's one representation: signed, of its type's width. */
export function normalize(type: Type, value: bigint): bigint {
  return BigInt.asIntN(bitsOf[type], value);
}
