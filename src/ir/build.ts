/**
 * Constructors of the intermediate representation.
 *
 * Every instruction and block in the compiler is made here, with every field set in one order: the JavaScript
 * engine then keeps one hidden class for all of them, and passes stay fast when cold.
 */

import type { Span } from "../lang/source.ts";
import type { Block, Instruction, IrFunction, Op, Terminator, Type } from "./ir.ts";
import { normalize } from "./ir.ts";

/** An instruction that belongs to no block yet. Fields that `op` needs beyond `args` are set afterwards. */
export function createInstruction(
  op: Op,
  type: Type | "void",
  args: Instruction[],
  span: Span | undefined,
): Instruction {
  return {
    op,
    type,
    args,
    value: 0n,
    offset: 0,
    symbol: "",
    noWrap: false,
    callee: undefined,
    index: 0,
    span,
    mark: 0,
  };
}

/** `value` is wrapped to the width of `type`. */
export function createConstant(type: Type, value: bigint, span: Span | undefined): Instruction {
  const made = createInstruction("const", type, [], span);
  made.value = normalize(type, value);
  return made;
}

/** The address of `symbol` plus `offset` bytes. */
export function createAddress(symbol: string, offset: number, span: Span | undefined): Instruction {
  const made = createInstruction("address", "i32", [], span);
  made.symbol = symbol;
  made.offset = offset;
  return made;
}

/** What a new block ends in until somebody says otherwise; shared, because it is never changed in place. */
const unreachable: Terminator = { kind: "unreachable" };

/** An empty block that ends in `unreachable`. */
export function createBlock(id: number): Block {
  return { id, instructions: [], terminator: unreachable, predecessors: [], mark: 0 };
}

/**
 * A function whose entry block holds nothing but its parameters: they are listed in `parameters` *and* are the
 * first instructions of the entry block: only constants and addresses are in no block.
 */
export function createFunction(
  name: string,
  parameterTypes: readonly Type[],
  result: Type | "void",
  returns: boolean,
  span: Span | undefined,
): IrFunction {
  const parameters = parameterTypes.map((type, index) => {
    const parameter = createInstruction("parameter", type, [], span);
    parameter.index = index;
    return parameter;
  });
  const entry = createBlock(0);
  entry.instructions.push(...parameters);
  return { name, parameters, result, returns, blocks: [entry], span };
}
