/**
 * Constants: what fits the fields of instructions, and the shortest instructions for any number.
 *
 * `lui` gives 20 upper bits of 32, `addi` adds 12 signed ones; what is wider is made from its upper part, shifted into
 * place.
 */

/** One of the instructions that make a constant; `amount` is the number as the instruction takes it. */
export interface ConstantStep {
  readonly op: "addi" | "addiw" | "lui" | "slli";
  readonly amount: number;
}

export function fitsSigned(value: bigint, bits: number): boolean {
  return BigInt.asIntN(bits, value) === value;
}

function stepBytes({ op, amount }: ConstantStep, index: number): number {
  if (op === "slli") return 2;
  if (op === "lui") return amount >= -32 && amount < 32 ? 2 : 4;
  return amount >= -32 && amount < 32 && (index > 0 || op === "addi") ? 2 : 4;
}

/** The instructions that put the signed 64-bit `value` into a register; the first reads no register, the others the result. */
export function constantSteps(value: bigint): readonly ConstantStep[] {
  if (fitsSigned(value, 12)) return [{ op: "addi", amount: Number(value) }];
  if (fitsSigned(value, 32)) {
    const low = BigInt.asIntN(12, value);
    const high = Number(BigInt.asIntN(20, (value - low) >> 12n));
    const upper: ConstantStep = { op: "lui", amount: high };
    const shifted = shiftedSteps(value);
    const direct: ConstantStep[] = low === 0n ? [upper] : [upper, { op: "addiw", amount: Number(low) }];
    return bytesOf(shifted) < bytesOf(direct) ? shifted : direct;
  }
  const low = BigInt.asIntN(12, value);
  const rest = BigInt.asIntN(64, value - low);
  const steps = shiftedSteps(rest);
  return low === 0n ? steps : [...steps, { op: "addi", amount: Number(low) }];
}

/** Of the shortest instructions for `value`. */
export function constantBytes(value: bigint): number {
  return bytesOf(constantSteps(value));
}

/** The odd part of `value`, and a shift. */
function shiftedSteps(value: bigint): readonly ConstantStep[] {
  let odd = value;
  let amount = 0;
  while ((odd & 1n) === 0n) {
    odd >>= 1n;
    amount++;
  }
  return amount === 0 ? [] : [...constantSteps(odd), { op: "slli", amount }];
}

function bytesOf(steps: readonly ConstantStep[]): number {
  if (steps.length === 0) return Number.POSITIVE_INFINITY;
  return steps.reduce((sum, step, index) => sum + stepBytes(step, index), 0);
}
