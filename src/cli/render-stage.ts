/**
 * `--emit`: a stage of the compiler as text.
 */

import { never } from "../base/errors.ts";
import type { Compilation } from "../compile.ts";
import { printProgram } from "../ir/print.ts";
import { printC } from "../ir/print-c.ts";
import type { MachineFunction } from "../machine/machine.ts";
import { renderSizeMap } from "../report/size-map.ts";
import type { Target } from "../target/target.ts";
import type { Emit } from "./options.ts";

export function renderStage(compilation: Compilation, stage: Emit): string {
  switch (stage) {
    case "ir":
      return printProgram(compilation.ir);
    case "asm":
      return compilation.machineCode.map((fn) => renderFunction(fn, compilation.target)).join("\n");
    case "map":
      return renderSizeMap(compilation.executable);
    case "c":
      return printC(compilation.ir);
    default:
      return never(stage);
  }
}

/** The function's name, its blocks with their numbers, and their instructions as the target's assembler writes them. */
function renderFunction(fn: MachineFunction, target: Target): string {
  const lines = fn.blocks.flatMap((block, position) => [
    ...(position === 0 ? [`${fn.name}:`] : [`.${block.id}:`]),
    ...block.instructions.map((instruction) => `  ${target.format(instruction)}`),
  ]);
  return `${lines.join("\n")}\n`;
}
