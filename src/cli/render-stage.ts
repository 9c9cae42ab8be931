/**
 * `--emit`: a stage of the compiler as text.
 */

import { never } from "../base/errors.ts";
import type { Compilation } from "../compile.ts";
import { printProgram } from "../ir/print.ts";
import { printC } from "../ir/print-c.ts";
import { lineAndColumn, type Span } from "../lang/source.ts";
import { type ListedInstruction, renderListing } from "../report/listing.ts";
import { renderSizeMap } from "../report/size-map.ts";
import { seccompProfile } from "../target/sandbox.ts";
import type { Emit } from "./options.ts";

export function renderStage(compilation: Compilation, stage: Emit): string {
  switch (stage) {
    case "ir":
      return printProgram(compilation.ir);
    case "asm":
      return renderListing(compilation.executable, listedInstructions(compilation));
    case "map":
      return renderSizeMap(compilation.executable);
    case "c":
      return printC(compilation.ir);
    case "seccomp":
      return seccompProfile(compilation.ir, compilation.target);
    default:
      return never(stage);
  }
}

/** Every instruction as the target's assembler writes it, with its place in the text and in the sources. */
function listedInstructions({ machineCode, object, target }: Compilation): ListedInstruction[] {
  const listed: ListedInstruction[] = [];
  let labels: string[] = [];
  for (const { name, blocks } of machineCode) {
    for (const [position, block] of blocks.entries()) {
      labels.push(position === 0 ? name : `.L${block.id}`);
      for (const instruction of block.instructions) {
        const from = object.instructions[listed.length] ?? 0;
        const to = object.instructions[listed.length + 1] ?? object.text.length;
        listed.push({ from, to, labels, text: target.format(instruction), source: lineOf(instruction.span) });
        labels = [];
      }
    }
  }
  return listed;
}

function lineOf(span: Span | undefined): ListedInstruction["source"] {
  if (span === undefined) return undefined;
  const { line } = lineAndColumn(span.file, span.start);
  return { path: span.file.path, line, text: span.file.text.split("\n")[line - 1] ?? "" };
}
