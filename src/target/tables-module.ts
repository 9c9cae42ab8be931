/**
 * The virtual module `microlith:tables`, through which a program unpacks its own tables. Its objects have no bytes: they stand for
 * places that the linker knows.
 */

import { packedObject, tablesEndObject, tablesObject } from "../elf/packed-tables.ts";
import type { SourceFile } from "../lang/source.ts";
import type { VirtualModule } from "../lang/virtual-module.ts";
import type { Target } from "./target.ts";

export const tablesModuleName = "microlith:tables";

/** The same for every target. `declarations` is the text of runtime/modules/tables.d.ts. */
export function tablesModule(_: Target, declarations: SourceFile): VirtualModule {
  const objects = [packedObject, tablesObject, tablesEndObject];
  return {
    declarations,
    values: new Map([
      ["packed", { kind: "data", object: packedObject }],
      ["tables", { kind: "data", object: tablesObject }],
      ["tablesEnd", { kind: "data", object: tablesEndObject }],
    ]),
    objects: new Map(objects.map((object) => [object.name, object])),
  };
}
