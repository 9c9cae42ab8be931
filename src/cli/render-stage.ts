/**
 * `--emit`: a stage of the compiler as text.
 */

import { never, UserError } from "../base/errors.ts";
import type { Compilation } from "../compile.ts";
import { printProgram } from "../ir/print.ts";
import { printC } from "../ir/print-c.ts";
import type { MachineFunction } from "../machine/machine.ts";
import { renderSizeMap } from "../report/size-map.ts";
import { allowedCalls, seccompProfile } from "../target/sandbox.ts";
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
    case "seccomp":
      return renderProfile(compilation);
    default:
      return never(stage);
  }
}

function renderProfile({ ir, target }: Compilation): string {
  const allowed = allowedCalls(ir, target);
  if (allowed) return seccompProfile(allowed, target);
  throw new UserError("the program installs no seccomp filter, so there is no profile to print", {
    exitCode: 1,
    help: 'A program installs one with `filter` of "microlith:sandbox"; the server does by itself.',
  });
}

/** The function's name, its blocks with their numbers, and their instructions as the target's assembler writes them. */
function renderFunction(fn: MachineFunction, target: Target): string {
  const lines = fn.blocks.flatMap((block, position) => [
    ...(position === 0 ? [`${fn.name}:`] : [`.${block.id}:`]),
    ...block.instructions.map((instruction) => `  ${target.format(instruction)}`),
  ]);
  return `${lines.join("\n")}\n`;
}
