/**
 * Constants in instructions: which numbers fit the fields, and the shortest instructions for any number.
 *
 * A logical operation takes a *bit mask*: a pattern of 2, 4, 8, 16, 32 or 64 bits, repeated, which is a run of ones
 * rotated (Arm Architecture Reference Manual, `DecodeBitMasks`). Additions take 12 bits, as they are or shifted by
 * 12. Everything else is put together 16 bits at a time.
 */

/** One of the instructions that make a constant. */
export type ConstantStep =
  | { readonly op: "movz" | "movn" | "movk"; readonly bits: number; readonly shift: number }
  | { readonly op: "orr"; readonly bits: number };

/** `N:immr:imms` of a bit mask, 13 bits; undefined for numbers that are none. */
export function encodeMask(value: bigint, width: number): number | undefined {
  const mask = BigInt.asUintN(width, value);
  const all = (1n << BigInt(width)) - 1n;
  if (mask === 0n || mask === all) return undefined;
  let size = width;
  let pattern = mask;
  while (size > 2) {
    const half = BigInt(size / 2);
    const low = pattern & ((1n << half) - 1n);
    if (pattern >> half !== low) break;
    pattern = low;
    size /= 2;
  }
  const ones = countOnes(pattern);
  const run = (1n << BigInt(ones)) - 1n;
  for (let rotation = 0; rotation < size; rotation++) {
    if (rotateRight(run, rotation, size) !== pattern) continue;
    const n = size === 64 ? 1 : 0;
    // Above the count of ones, imms says the size: 0xxxxx for 32, 10xxxx for 16, …
    const imms = (~(size * 2 - 1) & 0b11_1111) | (ones - 1);
    return (n << 12) | (rotation << 6) | imms;
  }
  return undefined;
}

function countOnes(value: bigint): number {
  return value.toString(2).replaceAll("0", "").length;
}

function rotateRight(value: bigint, amount: number, size: number): bigint {
  const count = BigInt(amount);
  return (value >> count) | ((value << (BigInt(size) - count)) & ((1n << BigInt(size)) - 1n));
}

/** Bits 22..10 of an addition's immediate: twelve bits, and above them whether they are shifted by 12. */
export function encodeAddend(value: bigint): number | undefined {
  if (value >= 0n && value < 0x1000n) return Number(value);
  if (value >= 0n && value < 0x100_0000n && (value & 0xfffn) === 0n) return 0x1000 | Number(value >> 12n);
  return undefined;
}

/** Does `value` fit an addition or a subtraction? */
export function isAddend(value: bigint): boolean {
  return encodeAddend(value) !== undefined || encodeAddend(-value) !== undefined;
}

/** Writing 32 bits clears the rest: the width at which to make `value` in a register of `width` bits. */
export function constantWidth(value: bigint, width: number): 32 | 64 {
  return width === 64 && BigInt.asUintN(64, value) >= 1n << 32n ? 64 : 32;
}

/** The shortest instructions, at `constantWidth`, that put `value` into a register of `width` bits. */
export function constantSteps(value: bigint, givenWidth: number): readonly ConstantStep[] {
  const width = constantWidth(value, givenWidth);
  const unsigned = BigInt.asUintN(width, value);
  const halves: number[] = [];
  for (let at = 0; at < width; at += 16) halves.push(Number((unsigned >> BigInt(at)) & 0xffffn));
  const zeros = halves.filter((half) => half === 0).length;
  const ones = halves.filter((half) => half === 0xffff).length;
  const moves = moveSteps(halves, ones > zeros);
  const mask = moves.length > 1 ? encodeMask(unsigned, width) : undefined;
  return mask === undefined ? moves : [{ op: "orr", bits: mask }];
}

/** The first instruction sets all halves, to zeros or ones; each other one costs an instruction where it differs. */
function moveSteps(halves: readonly number[], inverted: boolean): ConstantStep[] {
  const rest = inverted ? 0xffff : 0;
  const steps: ConstantStep[] = [];
  halves.forEach((half, index) => {
    if (half === rest) return;
    const shift = index * 16;
    if (steps.length > 0) steps.push({ op: "movk", bits: half, shift });
    else if (inverted) steps.push({ op: "movn", bits: half ^ 0xffff, shift });
    else steps.push({ op: "movz", bits: half, shift });
  });
  return steps.length > 0 ? steps : [{ op: inverted ? "movn" : "movz", bits: 0, shift: 0 }];
}
