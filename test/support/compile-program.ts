/** A program of this repository, or of a temporary folder, compiled in this process. */

import { makeSources } from "../../src/cli/sources.ts";
import { type Compilation, compile, parseProgram } from "../../src/compile.ts";
import type { VirtualModule } from "../../src/lang/virtual-module.ts";
import type { TargetId } from "../../src/target/target.ts";
import { targets } from "../../src/target/targets.ts";

export interface CompileChoices {
  /** Default: amd64. */
  readonly target?: TargetId;
  /** Default: plain. */
  readonly layout?: "plain" | "tight";
  /** Default: false. */
  readonly debug?: boolean;
}

/** @throws DiagnosticError for a program with mistakes */
export function compileProgram(path: string, choices: CompileChoices): Compilation {
  const { target = "amd64", layout = "plain", debug = false } = choices;
  const found = targets.find(({ id }) => id === target);
  if (found === undefined) throw new Error(`there is no target ${target}`);
  const sources = makeSources();
  const declare = (name: string): [string, VirtualModule] => {
    const declarations = sources.readOwn(`runtime/modules/${name}.d.ts`);
    return [`microlith:${name}`, { declarations, values: new Map(), objects: new Map() }];
  };
  const modules: ReadonlyMap<string, VirtualModule> = new Map([declare("target"), declare("tables")]);
  const program = parseProgram({ entry: sources.read(path), resolve: sources.resolve, modules });
  return compile(program, modules, found, layout, debug);
}
