/**
 * Machine functions to text: encodes every block in the order in which it lies and lets the assembler choose
 * the branches. Laying out blocks is not done here; a jump to the block that follows becomes nothing.
 */

import type { FrameEntry, FunctionSymbol, LineEntry, TextRelocation } from "../elf/object.ts";
import type { SourceFile } from "../lang/source.ts";
import type { MachineFunction, MachineInstruction } from "../machine/machine.ts";
import { Assembler, type SpanEntry } from "./assembler.ts";
import { followReturnAddress, type StackRules } from "./return-address.ts";
import type { Target } from "./target.ts";

/** The text part of an `ObjectCode`. */
export interface Assembly {
  readonly text: Uint8Array;
  readonly functions: readonly FunctionSymbol[];
  readonly relocations: readonly TextRelocation[];
  readonly instructions: readonly number[];
  readonly lines: readonly LineEntry[];
  readonly frames: readonly FrameEntry[];
  readonly cuts: readonly number[];
}

/** Encodes `functions`, allocated and laid out, in their order. Calls between them are resolved. With `rules`, frames are described. */
export function assemble(
  functions: readonly MachineFunction[],
  target: Pick<Target, "encode">,
  rules?: StackRules,
): Assembly {
  const assembler = new Assembler();
  for (const fn of functions) {
    const { name, blocks } = fn;
    const frames = rules === undefined ? [] : followReturnAddress(fn, rules);
    assembler.functionStart(name);
    for (const [position, block] of blocks.entries()) {
      assembler.label(block);
      for (const [index, instruction] of block.instructions.entries()) {
        assembler.instruction(instruction.span, frames[position]?.[index]);
        target.encode(instruction, assembler);
      }
    }
  }
  const { spans, ...text } = assembler.finish();
  return { ...text, lines: lineEntries(spans) };
}

/** The bytes of one instruction. Calls, whose bytes depend on nothing else, count as far jumps. */
export function measurerFor(
  target: Pick<Target, "encode" | "branchSizes">,
): (instruction: MachineInstruction) => number {
  const scratch = new Assembler();
  return (instruction) => {
    const before = scratch.rawLength;
    target.encode(instruction, scratch);
    const bytes = scratch.rawLength - before;
    return bytes === 0 ? (target.branchSizes?.jump.far ?? 0) : bytes;
  };
}

/** One entry per change of position; an instruction without bytes (a dropped jump) has none. */
function lineEntries(spans: readonly SpanEntry[]): LineEntry[] {
  const tables = new Map<SourceFile, readonly number[]>();
  const entries: LineEntry[] = [];
  for (const { offset, span } of spans) {
    let starts = tables.get(span.file);
    if (starts === undefined) {
      starts = lineStarts(span.file.text);
      tables.set(span.file, starts);
    }
    const line = lineOf(starts, span.start);
    const entry = { offset, path: span.file.path, line, column: span.start - (starts[line - 1] ?? 0) + 1 };
    const last = entries.at(-1);
    if (last !== undefined && last.offset === offset) entries.pop();
    const previous = entries.at(-1);
    const same =
      previous?.path === entry.path && previous.line === entry.line && previous.column === entry.column;
    if (!same) entries.push(entry);
  }
  return entries;
}

/** The offset at which each line starts: a table, because a program has thousands of positions per file. */
function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** One-based: how many lines start at or before `offset`. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
