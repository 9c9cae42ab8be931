/**
 * A virtual module is a module whose values the tool makes: `microlith:target`, `microlith:options`,
 * `microlith:site`. Its types come from a declaration file that editors read too, so there is one source of
 * truth for names and class layouts; its values come with the build.
 */

import type { DataObject } from "../base/data-object.ts";
import type { SourceFile } from "./source.ts";

export type VirtualValue =
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "boolean"; readonly value: boolean }
  /** For an export declared as `string`. */
  | { readonly kind: "text"; readonly bytes: Uint8Array }
  /** For an export declared as `Ptr<T>` or `Fixed<T, number>`: the address of the object, plus `offset`. */
  | { readonly kind: "data"; readonly object: DataObject; readonly offset?: number };

export interface VirtualModule {
  /** `declare module "microlith:site" { … }`, with its classes and constants. */
  readonly declarations: SourceFile;
  readonly values: ReadonlyMap<string, VirtualValue>;
  /** Every object that a value's object refers to, directly or not, by name. */
  readonly objects: ReadonlyMap<string, DataObject>;
}
