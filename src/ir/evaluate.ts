/**
 * The meaning of the IR's operations on constants, and what can be known of a value's size without running.
 */

import type { Instruction, Op, Type } from "./ir.ts";
import { normalize } from "./ir.ts";

const binary: ReadonlySet<Op> = new Set<Op>([
  "add",
  "sub",
  "mul",
  "udiv",
  "sdiv",
  "urem",
  "srem",
  "and",
  "or",
  "xor",
  "shl",
  "lshr",
  "ashr",
  "rotl",
]);
const compares: ReadonlySet<Op> = new Set<Op>(["eq", "ne", "ult", "ule", "slt", "sle"]);

export function isBinary(op: Op): boolean {
  return binary.has(op);
}

/** The result is 0 or 1. */
export function isTruth(op: Op): boolean {
  return compares.has(op) || op === "equal" || op === "ultpair" || op === "sltpair";
}

export function isCompare(op: Op): boolean {
  return compares.has(op);
}

/** The result of `op` on constants of `type`, normalised; undefined where the machine would trap, or for other operations. */
export function evaluate(op: Op, type: Type, a: bigint, b: bigint): bigint | undefined {
  const bits = type === "i64" ? 64 : 32;
  const [ua, ub] = [BigInt.asUintN(bits, a), BigInt.asUintN(bits, b)];
  const amount = b & BigInt(bits - 1);
  const wrap = (value: bigint): bigint => normalize(type, value);
  const truth = (value: boolean): bigint => (value ? 1n : 0n);
  switch (op) {
    case "add":
      return wrap(a + b);
    case "sub":
      return wrap(a - b);
    case "mul":
      return wrap(a * b);
    case "udiv":
      return ub === 0n ? undefined : wrap(ua / ub);
    case "urem":
      return ub === 0n ? undefined : wrap(ua % ub);
    case "sdiv":
      return b === 0n || wrap(a / b) !== a / b ? undefined : wrap(a / b);
    case "srem":
      return b === 0n || wrap(a / b) !== a / b ? undefined : wrap(a % b);
    case "and":
      return a & b;
    case "or":
      return a | b;
    case "xor":
      return a ^ b;
    case "shl":
      return wrap(a << amount);
    case "lshr":
      return wrap(ua >> amount);
    case "ashr":
      return wrap(a >> amount);
    case "rotl":
      return wrap((ua << amount) | (ua >> (BigInt(bits) - amount)));
    case "eq":
      return truth(a === b);
    case "ne":
      return truth(a !== b);
    case "ult":
      return truth(ua < ub);
    case "ule":
      return truth(ua <= ub);
    case "slt":
      return truth(a < b);
    case "sle":
      return truth(a <= b);
    case "zext8":
      return a & 0xffn;
    case "zext16":
      return a & 0xffffn;
    case "sext8":
      return BigInt.asIntN(8, a);
    case "sext16":
      return BigInt.asIntN(16, a);
    case "zext32":
      return BigInt.asUintN(32, a);
    case "sext32":
      return a;
    case "trunc":
      return BigInt.asIntN(32, a);
    case "ctz": {
      let count = 0n;
      while (count < BigInt(bits) && ((ua >> count) & 1n) === 0n) count++;
      return count;
    }
    case "clz":
      return BigInt(ua === 0n ? bits : bits - ua.toString(2).length);
    case "bswap": {
      let swapped = 0n;
      for (let i = 0; i < bits; i += 8) swapped = (swapped << 8n) | ((ua >> BigInt(i)) & 0xffn);
      return wrap(swapped);
    }
    default:
      return undefined;
  }
}

const bounds: Readonly<Partial<Record<Op, bigint>>> = {
  load8u: 0xffn,
  zext8: 0xffn,
  load16u: 0xffffn,
  zext16: 0xffffn,
  equal: 1n,
  eq: 1n,
  ne: 1n,
  ult: 1n,
  ule: 1n,
  slt: 1n,
  sle: 1n,
  ultpair: 1n,
  sltpair: 1n,
  ctz: 64n,
  clz: 64n,
  zext32: 0xffff_ffffn,
};

/** Of more ways it would cost too much to look at each. */
const mostJoined = 2;

/** The largest that a value can be, taken as unsigned. */
export function upperBound(value: Instruction, depth = 0): bigint {
  const most = value.type === "i64" ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn;
  const known = bounds[value.op];
  if (known !== undefined) return known;
  if (value.op === "const") return BigInt.asUintN(value.type === "i64" ? 64 : 32, value.value);
  if (depth > 3) return most;
  const [left, right] = value.args as [Instruction, Instruction];
  const of = (arg: Instruction): bigint => upperBound(arg, depth + 1);
  const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
  const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
  switch (value.op) {
    case "and":
      return least(of(left), of(right));
    case "lshr":
      return right.op === "const" ? of(left) >> (right.value & (value.type === "i64" ? 63n : 31n)) : of(left);
    case "urem":
      return right.op === "const" && right.value > 0n ? right.value - 1n : of(left);
    case "udiv":
    case "zext32":
      return of(left);
    case "trunc":
      return of(left) > most ? most : of(left);
    case "add":
      return least(most, of(left) + of(right) > most ? most : of(left) + of(right));
    case "or":
    case "xor": {
      const bits = of(left) | of(right);
      return (1n << BigInt(bits.toString(2).length)) - 1n;
    }
    case "phi":
      // Values that go around a loop end at the depth.
      return value.args.length > mostJoined ? most : value.args.map(of).reduce(larger, 0n);
    default:
      return most;
  }
}
