/**
 * Where a function that ends in calls returns its result: on machines whose calls at the end become jumps, where the first such
 * callee does, so that nothing is moved.
 */

import type { Instruction, IrFunction } from "../ir/ir.ts";
import type { Register } from "../machine/machine.ts";
import { tailCallOf } from "../machine/selection.ts";

/** `resultOf` knows where a call's result comes; undefined: there is no such call. */
export function tailResult(
  fn: IrFunction,
  resultOf: (call: Instruction) => Register | undefined,
): Register | undefined {
  for (const block of fn.blocks) {
    const call = tailCallOf(block);
    const result = call && resultOf(call);
    if (result !== undefined) return result;
  }
  return undefined;
}
