/**
 * The compiler, from sources to an executable: the list of its phases, in order.
 */

import type { SourceFile } from "./lang/source.ts";
import type { VirtualModule } from "./lang/virtual-module.ts";
import type { Target } from "./target/target.ts";

export interface CompileInput {
  /** The program's main file. */
  readonly entry: SourceFile;
  /** The file that `specifier` names in `importer`; undefined when there is none. */
  readonly resolve: (specifier: string, importer: SourceFile) => SourceFile | undefined;
  readonly target: Target;
  /** By name: `microlith:options`, `microlith:site`; `microlith:target` is the compiler's own. */
  readonly modules: ReadonlyMap<string, VirtualModule>;
  readonly layout: "plain" | "tight";
}
