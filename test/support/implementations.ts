/**
 * The ways from a program to something that runs. All must do the same: what the program's header says, and for
 * random programs what the others do.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
  build(entry: SourceFile, folder: string): readonly string[];
}

export interface Outcome {
  readonly output: string;
  /** 128 plus the signal's number when one ended it. */
  readonly exitCode: number;
}

/** By gcc from the IR printed as C; on the first machine before simplification, too. */
export const throughC: readonly Implementation[] = machines.flatMap((machine, index) => [
  ...(index === 0 ? [cImplementation(machine, "lowered")] : []),
  cImplementation(machine, "simplified"),
]);

/** By our own machine code. */
export const native: readonly Implementation[] = targets.map((target) => ({
  name: `${target.id} machine code`,
  tools: machines.flatMap(({ id, emulator }) =>
    id === target.id && emulator !== undefined ? [emulator] : [],
  ),
  build: (entry, folder) => {
    const modules = targetModules();
    const { executable } = compile(parseTestProgram(entry), modules, target, "plain");
    const path = join(folder, "program");
    writeFileSync(path, executable.bytes);
    chmodSync(path, 0o755);
    const emulator = machines.find(({ id }) => id === target.id)?.emulator;
    return emulator === undefined ? [path] : [emulator, path];
  },
}));

function cImplementation(machine: Machine, stage: "lowered" | "simplified"): Implementation {
  const { id, compiler, compilerFlags, emulator } = machine;
  return {
    name: `${id} gcc of the ${stage} IR`,
    tools: emulator === undefined ? [compiler] : [compiler, emulator],
    build: (entry, folder) => {
      const source = join(folder, "program.c");
      const path = join(folder, "program");
      writeFileSync(source, printC(lowerForMachine(entry, machine, stage)));
      execFileSync(compiler, [...cFlags, ...compilerFlags, "-Werror", "-o", path, source, "-lgcc"], {
        stdio: "pipe",
      });
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

/** Runs what `build` made. A program that does not end within 20 seconds is killed, which is exit code 137. */
export function runProgram(command: readonly string[], args: readonly string[]): Outcome {
  const [file = "", ...before] = command;
  const ran = spawnSync(file, [...before, ...args], {
    encoding: "utf8",
    env: { MICROLITH_TEST: "yes" },
    timeout: 20_000,
    killSignal: "SIGKILL",
  });
  if (ran.error !== undefined && ran.signal === null) throw ran.error;
  const exitCode = ran.status ?? 128 + (signalNumbers[ran.signal ?? ""] ?? 0);
  return { output: ran.stdout, exitCode };
}

const signalNumbers: Readonly<Record<string, number>> = {
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGSYS: 31,
};
