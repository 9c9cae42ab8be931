/**
 * Intrinsics whose arguments are lowered like any other value. Those that shape addresses or strings are with
 * the expressions.
 */

import { assert } from "../base/errors.ts";
import type { IntrinsicName } from "../lang/checked.ts";
import type { Span } from "../lang/source.ts";
import type { Type as SourceType } from "../lang/types.ts";
import type { Instruction, Op, Type } from "./ir.ts";
import { widen } from "./lower-arithmetic.ts";
import type { SsaBuilder } from "./ssa.ts";

export type PlainIntrinsic = Exclude<
  IntrinsicName,
  "unreachable" | "pointerAdd" | "pointerDistance" | "stringLength" | "stringAddress"
>;

/** Operation and result, for those that take their arguments as they are. */
const operations: Readonly<Record<Exclude<PlainIntrinsic, "syscall">, readonly [Op, Type | "void"]>> = {
  copy: ["copy", "void"],
  fill: ["fill", "void"],
  equal: ["equal", "i32"],
  countTrailingZeros: ["ctz", "i32"],
  countLeadingZeros: ["clz", "i32"],
  byteSwap: ["bswap", "i32"],
  rotateLeft: ["rotl", "i32"],
};

/** `types` are those of the arguments in the source. */
export function lowerIntrinsic(
  builder: SsaBuilder,
  name: PlainIntrinsic,
  args: Instruction[],
  types: readonly SourceType[],
  wordType: Type,
  span: Span,
): Instruction {
  if (name === "syscall") {
    const words = args.map((value, index) => machineWord(builder, value, types[index], wordType, span));
    return builder.emit("syscall", wordType, words, span);
  }
  const [op, type] = operations[name];
  return builder.emit(op, type, args, span);
}

/** Numbers arrive as machine words; addresses and booleans are widened here. */
function machineWord(
  builder: SsaBuilder,
  value: Instruction,
  type: SourceType | undefined,
  wordType: Type,
  span: Span,
): Instruction {
  assert(type !== undefined, "an argument has a type");
  return value.type === wordType ? value : widen(builder, type, value, span);
}
