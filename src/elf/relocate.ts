/**
 * Writing addresses into code: one row per kind of relocation, as the machines' ELF psABI supplements define them.
 * `value` is symbol plus addend, `place` the address of the field.
 */

import { assert } from "../base/errors.ts";
import type { RelocationKind } from "./object.ts";

type Apply = (field: number, value: number, place: number) => number;

/** From the field's old 32 bits to the new ones. */
const kinds: Readonly<Record<RelocationKind, Apply>> = {
  abs32: (_, value) => within(value, -(2 ** 31), 2 ** 31 - 1),
  pc32: (_, value, place) => within(value - (place + 4), -(2 ** 31), 2 ** 31 - 1),
  // ADR is an addition to or subtraction from the program counter, which is two instructions on: opcode in bits 24..21, imm8 in 7..0.
  "arm-adr": (field, value, place) => {
    const distance = within(value - (place + 8), -255, 255);
    return (field & ~0x0fff_0fff) | (distance < 0 ? 0x024f_0000 : 0x028f_0000) | Math.abs(distance);
  },
  // ADR: immlo in bits 30..29, immhi in 23..5.
  "arm64-adr": (field, value, place) => {
    const distance = within(value - place, -(2 ** 20), 2 ** 20 - 1);
    return (field & ~0x60ff_ffe0) | ((distance & 3) << 29) | (((distance >> 2) & 0x7_ffff) << 5);
  },
  // MOVZ and MOVK: imm16 in bits 20..5.
  "arm64-abs-lo16": (field, value) => (field & ~0x001f_ffe0) | ((value & 0xffff) << 5),
  "arm64-abs-hi16": (field, value) => (field & ~0x001f_ffe0) | (((value >>> 16) & 0xffff) << 5),
  // LUI takes the upper 20 bits, rounded because the lower 12 are signed.
  "riscv64-hi20": (field, value) => (field & 0xfff) | ((value + 0x800) & ~0xfff),
  // C.LUI: six signed bits of them, the highest in bit 12, the others in 6..2. Another instruction follows.
  "riscv64-rvc-lui": (field, value) => {
    const upper = within((value + 0x800) >> 12, 1, 31);
    return (field & ~0x107c) | ((upper & 0x20) << 7) | ((upper & 0x1f) << 2);
  },
  "riscv64-lo12-i": (field, value) => (field & 0x000f_ffff) | ((value & 0xfff) << 20),
  "riscv64-lo12-s": (field, value) =>
    (field & ~0xfe00_0f80) | (((value >> 5) & 0x7f) << 25) | ((value & 0x1f) << 7),
};

/** Resolves the field at offset `at` of `view`, which will lie at address `place`. Throws a Bug when it does not reach. */
export function relocate(
  view: DataView,
  at: number,
  kind: RelocationKind,
  value: number,
  place: number,
): void {
  view.setInt32(at, kinds[kind](view.getInt32(at, true), value, place), true);
}

function within(value: number, minimum: number, maximum: number): number {
  assert(value >= minimum && value <= maximum, `relocation out of reach: ${value}`);
  return value;
}
