/**
 * The virtual module `microlith:target`: what a program can know of the machine that it is compiled for.
 */

import type { SourceFile } from "../lang/source.ts";
import type { VirtualModule, VirtualValue } from "../lang/virtual-module.ts";
import type { Target } from "./target.ts";

/** Its values for `target`; `declarations` is the text of runtime/modules/target.d.ts. */
export function targetModule(target: Target, declarations: SourceFile): VirtualModule {
  const values = new Map<string, VirtualValue>();
  const define = (name: string, value: number): void => {
    values.set(name, { kind: "integer", value: BigInt(value) });
  };
  define("wordBytes", target.wordBytes);
  for (const [name, value] of Object.entries(target.facts)) define(name, value);
  for (const [name, number] of Object.entries(target.systemCalls)) define(`SYS_${name}`, number);
  return { declarations, values, objects: new Map() };
}
