/**
 * The ways from a program to something that runs. All must do the same: what the program's header says, and for
 * random programs what the others do.
 */

import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Optimize } from "../../src/base/optimize.ts";
import { compile } from "../../src/compile.ts";
import type { IrProgram } from "../../src/ir/ir.ts";
import { lower } from "../../src/ir/lower.ts";
import { cFlags, printC } from "../../src/ir/print-c.ts";
import { simplify } from "../../src/ir/simplify.ts";
import { validateProgram } from "../../src/ir/validate.ts";
import type { SourceFile } from "../../src/lang/source.ts";
import { targets } from "../../src/target/targets.ts";
import { type Machine, machines } from "./machines.ts";
import { checkTestProgram, parseTestProgram, targetModules } from "./programs.ts";

export interface Implementation {
  readonly name: string;
  /** The programs of the system that it runs. */
  readonly tools: readonly string[];
  /** Makes an executable in `folder`; the result is how it is called. */
  build(entry: SourceFile, folder: string): Promise<readonly string[]>;
}

export interface Outcome {
  readonly output: string;
  /** 128 plus the signal's number when one ended it. */
  readonly exitCode: number;
}

/** What gcc makes of the C: as small as it can, or as quickly. */
type Effort = "-Os" | "-O0";

/** By gcc from the IR printed as C; on the first machine before simplification, too. */
export function throughC(effort: Effort): readonly Implementation[] {
  return machines.flatMap((machine, index) => [
    ...(index === 0 ? [cImplementation(machine, "lowered", effort)] : []),
    cImplementation(machine, "simplified", effort),
  ]);
}

/** By our own machine code, small. */
export const native: readonly Implementation[] = machineCode("size");

/** By our own machine code, quick. */
export const nativeForSpeed: readonly Implementation[] = machineCode("speed");

function machineCode(optimize: Optimize): readonly Implementation[] {
  return targets.map((target) => ({
    name: `${target.id} machine code for ${optimize}`,
    tools: machines.flatMap(({ id, emulator }) =>
      id === target.id && emulator !== undefined ? [emulator] : [],
    ),
    build: async (entry, folder) => {
      const modules = targetModules();
      const { executable } = compile(
        parseTestProgram(entry),
        modules,
        target,
        "plain",
        false,
        () => {},
        optimize,
      );
      const path = join(folder, "program");
      writeFileSync(path, executable.bytes, { mode: 0o755 });
      const emulator = machines.find(({ id }) => id === target.id)?.emulator;
      return emulator === undefined ? [path] : [emulator, path];
    },
  }));
}

function cImplementation(machine: Machine, stage: "lowered" | "simplified", effort: Effort): Implementation {
  const { id, compiler, compilerFlags, emulator } = machine;
  return {
    name: `${id} gcc of the ${stage} IR`,
    tools: emulator === undefined ? [compiler] : [compiler, emulator],
    build: async (entry, folder) => {
      const source = join(folder, "program.c");
      const path = join(folder, "program");
      writeFileSync(source, printC(lowerForMachine(entry, machine, stage)));
      const flags = [...cFlags, effort, ...compilerFlags, "-Werror"];
      await execute(compiler, [...flags, "-o", path, source, "-lgcc"]);
      return emulator === undefined ? [path] : [emulator, path];
    },
  };
}

/** The valid IR of a program on `machine`. */
export function lowerForMachine(
  entry: SourceFile,
  machine: Machine,
  stage: "lowered" | "simplified",
): IrProgram {
  const { wordBits, systemCalls } = machine;
  const checked = checkTestProgram(entry, machine);
  const lowered = lower(checked, { wordBits, exit: systemCalls.exit ?? 0 });
  validateProgram(lowered);
  if (stage === "lowered") return lowered;
  const simplified = simplify(lowered);
  validateProgram(simplified);
  return simplified;
}

const execute = promisify(execFile);

/** Runs what `build` made. A program that does not end within `seconds` is killed, which is exit code 137. */
export function runProgram(
  command: readonly string[],
  args: readonly string[],
  seconds = 20,
): Promise<Outcome> {
  const [file = "", ...before] = command;
  const options = {
    encoding: "utf8",
    env: { MICROLITH_TEST: "yes" },
    timeout: seconds * 1000,
    killSignal: "SIGKILL",
  } as const;
  return new Promise((resolve, reject) => {
    execFile(file, [...before, ...args], options, (error, output) => {
      if (error === null) resolve({ output, exitCode: 0 });
      else if (typeof error.code === "number") resolve({ output, exitCode: error.code });
      else if (error.signal) resolve({ output, exitCode: 128 + constants.signals[error.signal] });
      else reject(error);
    });
  });
}
