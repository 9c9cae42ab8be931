/**
 * Which constants an instruction can hold: eight bits, rotated to the right by an even number (Arm Architecture Reference
 * Manual, A5.2.4), and what to do about the others.
 */

/** The 12 bits of the field, rotation and byte; undefined when the constant does not fit. Takes the low 32 bits of `value`. */
export function encodeConstant(value: bigint): number | undefined {
  const bits = Number(BigInt.asUintN(32, value));
  for (let rotation = 0; rotation < 16; rotation++) {
    const byte = rotateLeft(bits, rotation * 2);
    if (byte <= 0xff) return (rotation << 8) | byte;
  }
  return undefined;
}

function rotateLeft(bits: number, amount: number): number {
  return ((bits << amount) | (amount === 0 ? 0 : bits >>> (32 - amount))) >>> 0;
}

export function isConstant(value: bigint): boolean {
  return encodeConstant(value) !== undefined;
}

/** Two constants that fit, without a bit in common, whose sum `value` is; undefined when there are none. */
export function splitConstant(value: bigint): readonly [bigint, bigint] | undefined {
  const bits = BigInt.asUintN(32, value);
  for (let rotation = 0n; rotation < 32n; rotation += 2n) {
    const window = BigInt.asUintN(32, (0xffn << rotation) | (0xffn >> (32n - rotation)));
    const [first, second] = [bits & window, bits & ~window];
    if (first !== 0n && second !== 0n && isConstant(first) && isConstant(second)) return [first, second];
  }
  return undefined;
}

/** One step of putting a constant into a register; all but the first change what is there. */
export interface ConstantStep {
  readonly op: "mov" | "mvn" | "orr" | "bic";
  readonly value: bigint;
}

/** One or two instructions; undefined where only a literal in the text will do. */
export function constantSteps(value: bigint): readonly ConstantStep[] | undefined {
  if (isConstant(value)) return [{ op: "mov", value: BigInt.asUintN(32, value) }];
  if (isConstant(~value)) return [{ op: "mvn", value: BigInt.asUintN(32, ~value) }];
  const parts = splitConstant(value);
  if (parts)
    return [
      { op: "mov", value: parts[0] },
      { op: "orr", value: parts[1] },
    ];
  const flipped = splitConstant(~value);
  return (
    flipped && [
      { op: "mvn", value: flipped[0] },
      { op: "bic", value: flipped[1] },
    ]
  );
}
