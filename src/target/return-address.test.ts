/** At every return of real programs the address is known to be where the return takes it from. */

import { describe, expect, test } from "vitest";
import { compileProgram } from "../../test/support/compile-program.ts";
import { compileServer } from "../../test/support/server.ts";
import type { Frame } from "../elf/object.ts";
import type { MachineInstruction } from "../machine/machine.ts";
import { defaultServerOptions } from "../site/server-options.ts";
import { followReturnAddress } from "./return-address.ts";
import { targets } from "./targets.ts";

/** arm's program counter. */
const pc = 15;

interface Return {
  /** On the stack. */
  readonly bytes: number;
  /** Undefined: a register that the instruction names, or x86's place above all. */
  readonly at: number | undefined;
}

/** What an instruction needs in order to return; undefined for those that do not. */
function returnOf({ op, operands }: MachineInstruction): Return | undefined {
  const [first, second] = operands;
  if (op === "ret") return { bytes: 0, at: undefined };
  if (op === "pop" && first?.kind === "immediate" && (first.value >> BigInt(pc)) & 1n) {
    const count = first.value.toString(2).replaceAll("0", "").length;
    return { bytes: 4 * count, at: -4 };
  }
  if (op !== "ldr-post" || first?.kind !== "register" || first.register !== pc) return undefined;
  return second?.kind === "memory" ? { bytes: second.displacement, at: -second.displacement } : undefined;
}

function agrees(frame: Frame | undefined, wanted: Return): boolean {
  if (frame?.address === undefined || frame.bytes !== wanted.bytes) return false;
  if (wanted.at === undefined) return true;
  return frame.address.kind === "stack" && frame.address.at === wanted.at;
}

describe.each(targets)("$id", (target) => {
  const { id } = target;
  const options = { ...defaultServerOptions, health: "/health" };
  const program = (name: string) => () => compileProgram(`test/programs/${name}.ts`, { target: id });

  test.each([
    ["the server", () => compileServer({ "/index.html": "x" }, options, target)],
    ["whoami", () => compileProgram("examples/whoami/whoami.ts", { target: id })],
    ["recursion", program("recursion")],
    ["register-pressure", program("register-pressure")],
    ["many-parameters", program("many-parameters")],
  ] as const)("%s", (_, build) => {
    const wrong: string[] = [];
    let returns = 0;
    // The first function was not called.
    for (const fn of build().machineCode.slice(1)) {
      const frames = followReturnAddress(fn, target.unwinding);
      for (const [position, block] of fn.blocks.entries()) {
        for (const [index, instruction] of block.instructions.entries()) {
          const wanted = returnOf(instruction);
          if (wanted === undefined) continue;
          returns++;
          const frame = frames[position]?.[index];
          if (!agrees(frame, wanted)) wrong.push(`${fn.name}: ${JSON.stringify({ wanted, frame })}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(returns).toBeGreaterThan(0);
  });
});
