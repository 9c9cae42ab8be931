/**
 * Operations on bytes in memory, for machines that have no instructions for them: short ones of constant
 * length become loads and stores, the others calls.
 *
 * The loops are the shortest: one byte at a time, with pointers that move along.
 */

import type { Span } from "../lang/source.ts";
import { createConstant, createFunction, createInstruction } from "./build.ts";
import type { Expansions } from "./expand.ts";
import type { Instruction, IrFunction, LoadOp, StoreOp, Type } from "./ir.ts";
import { SsaBuilder } from "./ssa.ts";

/** What the machine can do. */
export interface MemoryAccess {
  /** Loads and stores at any address. */
  readonly unaligned: boolean;
  readonly wordType: Type;
}

/** More loads and stores than these are longer than a call. */
const mostChunks = 2;
/** More stores than these are longer than a loop. */
const mostStores = 6;

export function memoryExpansions(access: MemoryAccess): Expansions {
  const short = (value: Instruction): Instruction[] | undefined => inPlace(value, access);
  return {
    copy: { inPlace: short, make: copyFunction },
    fill: { inPlace: short, make: fillFunction },
    equal: { inPlace: short, make: equalFunction },
  };
}

interface Chunk {
  readonly offset: number;
  readonly load: LoadOp;
  readonly store: StoreOp;
  readonly type: Type;
  readonly bytes: number;
}

const sizes: readonly Omit<Chunk, "offset">[] = [
  { bytes: 8, load: "load64", store: "store64", type: "i64" },
  { bytes: 4, load: "load32", store: "store32", type: "i32" },
  { bytes: 2, load: "load16u", store: "store16", type: "i32" },
  { bytes: 1, load: "load8u", store: "store8", type: "i32" },
];

/** The accesses that cover `length` bytes. */
function chunksOf(length: number, { unaligned, wordType }: MemoryAccess): Chunk[] {
  const usable = sizes.filter(
    ({ bytes, type }) => (bytes === 1 || unaligned) && (type === "i32" || wordType === "i64"),
  );
  const chunks: Chunk[] = [];
  for (let offset = 0; offset < length && chunks.length <= mostStores; ) {
    const size = usable.find(({ bytes }) => offset + bytes <= length);
    if (!size) break;
    chunks.push({ ...size, offset });
    offset += size.bytes;
  }
  return chunks;
}

/** A few loads and stores instead of `value`, the result last; undefined when a call is shorter. */
function inPlace(value: Instruction, access: MemoryAccess): Instruction[] | undefined {
  const [first, second, length] = value.args as [Instruction, Instruction, Instruction];
  if (length.op !== "const" || length.value > 48n || length.value < 1n) return undefined;
  const chunks = chunksOf(Number(length.value), access);
  if (chunks.length > (value.op === "fill" ? mostStores : mostChunks)) return undefined;
  const { span } = value;
  const load = (from: Instruction, { load: op, type, offset }: Chunk): Instruction => {
    const made = createInstruction(op, type, [from], span);
    made.offset = offset;
    return made;
  };
  const store = (stored: Instruction, { store: op, offset }: Chunk): Instruction => {
    const made = createInstruction(op, "void", [first, stored], span);
    made.offset = offset;
    return made;
  };
  if (value.op === "copy") {
    return chunks.flatMap((chunk) => {
      const loaded = load(second, chunk);
      return [loaded, store(loaded, chunk)];
    });
  }
  if (value.op === "fill") {
    if (second.op !== "const") return undefined;
    const pattern = (second.value & 0xffn) * 0x0101_0101_0101_0101n;
    return chunks.map((chunk) => store(createConstant(chunk.type, pattern, span), chunk));
  }
  const [chunk, ...more] = chunks;
  if (!chunk || more.length > 0) return undefined;
  const loads = [load(first, chunk), load(second, chunk)];
  return [...loads, createInstruction("eq", "i32", [...loads], span)];
}

function copyFunction(span: Span | undefined): IrFunction {
  const fn = createFunction("copy bytes", ["i32", "i32", "i32"], "void", true, span);
  loop(fn, span, (builder, [to, from]) => {
    const byte = builder.emit("load8u", "i32", [from], span);
    builder.emit("store8", "void", [to, byte], span);
    return { pointers: [to, from] };
  });
  return fn;
}

function fillFunction(span: Span | undefined): IrFunction {
  const fn = createFunction("fill bytes", ["i32", "i32", "i32"], "void", true, span);
  loop(fn, span, (builder, [to, byte]) => {
    builder.emit("store8", "void", [to, byte], span);
    return { pointers: [to] };
  });
  return fn;
}

function equalFunction(span: Span | undefined): IrFunction {
  const fn = createFunction("equal bytes", ["i32", "i32", "i32"], "i32", true, span);
  loop(fn, span, (builder, [left, right]) => {
    const loads = [left, right].map((from) => builder.emit("load8u", "i32", [from], span));
    return { pointers: [left, right], alike: loads };
  });
  return fn;
}

interface Turn {
  /** They move on by a byte. */
  readonly pointers: readonly Instruction[];
  /** Two values; unless they are equal, the loop ends with the result 0. */
  readonly alike?: Instruction[];
}

type Body = (builder: SsaBuilder, arguments_: [Instruction, Instruction]) => Turn;

/**
 * Fills `fn`, whose third parameter is a count, with a loop that runs `body` so many times. It gets the first two parameters. A result
 * is 1 in the end. Pointers move on before anything is compared, which some machines do together with the access.
 */
function loop(fn: IrFunction, span: Span | undefined, body: Body): void {
  const builder = new SsaBuilder(fn);
  const variables = fn.parameters.map((parameter) => {
    const variable = builder.newVariable("i32");
    builder.write(variable, parameter);
    return variable;
  });
  const [first, second, count] = variables as [number, number, number];
  const [test, again, end] = [builder.newBlock(), builder.newBlock(), builder.newBlock()];
  builder.jump(test);
  builder.beginOpen(test);
  builder.branch(builder.read(count), again, end);
  builder.beginSealed(again);
  const values: [Instruction, Instruction] = [builder.read(first), builder.read(second)];
  const { pointers, alike } = body(builder, values);
  values.forEach((value, index) => {
    if (!pointers.includes(value)) return;
    const next = builder.emit("add", "i32", [value, builder.constant("i32", 1n, span)], span);
    next.noWrap = true;
    builder.write(index === 0 ? first : second, next);
  });
  builder.write(
    count,
    builder.emit("add", "i32", [builder.read(count), builder.constant("i32", -1n, span)], span),
  );
  if (alike === undefined) builder.jump(test);
  else {
    const differs = builder.newBlock();
    builder.branch(builder.emit("eq", "i32", alike, span), test, differs);
    builder.beginSealed(differs);
    builder.return(builder.constant("i32", 0n, span));
  }
  builder.seal(test);
  builder.beginSealed(end);
  builder.return(fn.result === "void" ? undefined : builder.constant("i32", 1n, span));
  builder.finish();
}
