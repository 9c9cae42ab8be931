/**
 * Bit operations for machines without instructions for them, as the shortest loops.
 *
 * Counting zeros at one end is 32 less the shifts towards that end's opposite that leave something.
 */

import type { Span } from "../lang/source.ts";
import { createFunction } from "./build.ts";
import type { Expansions } from "./expand.ts";
import type { BinaryOp, Instruction, IrFunction } from "./ir.ts";
import { SsaBuilder } from "./ssa.ts";

const alwaysCall = (): undefined => undefined;

export const bitExpansions: Expansions = {
  ctz: { inPlace: alwaysCall, make: (span) => countFunction("count trailing zeros", "shl", span) },
  clz: { inPlace: alwaysCall, make: (span) => countFunction("count leading zeros", "lshr", span) },
  bswap: { inPlace: alwaysCall, make: swapFunction },
};

/** `count = 32; while (value !== 0) { value = value shifted by one; count-- }` */
function countFunction(name: string, shift: BinaryOp, span: Span | undefined): IrFunction {
  const fn = createFunction(name, ["i32"], "i32", true, span);
  const [parameter] = fn.parameters as [Instruction];
  const builder = new SsaBuilder(fn);
  const [value, count] = [builder.newVariable("i32"), builder.newVariable("i32")];
  const constant = (number: bigint): Instruction => builder.constant("i32", number, span);
  builder.write(value, parameter);
  builder.write(count, constant(32n));
  const [test, again, end] = [builder.newBlock(), builder.newBlock(), builder.newBlock()];
  builder.jump(test);
  builder.beginOpen(test);
  builder.branch(builder.read(value), again, end);
  builder.beginSealed(again);
  builder.write(value, builder.emit(shift, "i32", [builder.read(value), constant(1n)], span));
  builder.write(count, builder.emit("add", "i32", [builder.read(count), constant(-1n)], span));
  builder.jump(test);
  builder.seal(test);
  builder.beginSealed(end);
  builder.return(builder.read(count));
  builder.finish();
  return fn;
}

/** Four times: `result = result << 8 | value & 255; value >>= 8`. */
function swapFunction(span: Span | undefined): IrFunction {
  const fn = createFunction("swap bytes", ["i32"], "i32", true, span);
  const [parameter] = fn.parameters as [Instruction];
  const builder = new SsaBuilder(fn);
  const emit = (op: BinaryOp | "zext8", ...args: Instruction[]): Instruction =>
    builder.emit(op, "i32", args, span);
  const variables = [parameter, 0n, 4n].map((start) => {
    const variable = builder.newVariable("i32");
    builder.write(variable, typeof start === "bigint" ? builder.constant("i32", start, span) : start);
    return variable;
  });
  const [value, result, count] = variables as [number, number, number];
  const eight = builder.constant("i32", 8n, span);
  const [loop, end] = [builder.newBlock(), builder.newBlock()];
  builder.jump(loop);
  builder.beginOpen(loop);
  const low = emit("zext8", builder.read(value));
  builder.write(result, emit("or", emit("shl", builder.read(result), eight), low));
  builder.write(value, emit("lshr", builder.read(value), eight));
  builder.write(count, emit("add", builder.read(count), builder.constant("i32", -1n, span)));
  builder.branch(builder.read(count), loop, end);
  builder.seal(loop);
  builder.beginSealed(end);
  builder.return(builder.read(result));
  builder.finish();
  return fn;
}
