/**
 * A random program while it is written: the source of choices, the text so far, and what is known where it is being continued.
 */

import { bitsOf, type Code, isSigned, type TypeName, typeNames } from "./code.ts";

export interface Variable {
  readonly code: Code;
  readonly type: TypeName | "bool";
  readonly isConstant: boolean;
}

export interface ArrayVariable {
  readonly name: string;
  readonly type: TypeName;
  /** A power of two. */
  readonly length: number;
}

export interface FunctionShape {
  readonly name: string;
  /** Recursive: the first parameter says how deep it still may go, at most this. */
  readonly depth: number | undefined;
  /** Takes an object, behind the depth. */
  readonly takesObject: boolean;
  readonly parameters: readonly TypeName[];
  readonly result: TypeName;
  /** Statements that a call runs, at most. */
  readonly cost: number;
}

/** What a program's functions may cost together, in statements run. */
export const costLimit = 200_000;

export class Draft {
  private state: number;
  /** Behind every name, so that programs can share a C file. */
  readonly tag: string;
  readonly output: { ts: string[]; c: string[] } = {
    ts: ['import { mix } from "./checksum.ts";\n'],
    c: [],
  };
  readonly arrays: ArrayVariable[] = [];
  readonly globals: Variable[] = [];
  readonly functions: FunctionShape[] = [];
  /** Of the program's class. */
  fields: readonly { readonly name: string; readonly type: TypeName }[] = [];
  /** Variables in scope, the innermost last. */
  scope: Variable[] = [];
  private names = 0;
  /** How often the statement being written runs, at most. */
  repeats = 1;
  /** Statements that the function being written runs, at most. */
  cost = 0;
  depth = 0;
  breakable = false;
  /** What the function being written returns. */
  result: TypeName | undefined;
  /** What it may cost. */
  limit: number = costLimit;
  /** The expression being written may call functions. */
  mayCall = false;
  /** Labels of the loops around. */
  labels: readonly string[] = [];

  constructor(seed: number) {
    this.state = (seed * 0x9e3779b1) >>> 0;
    this.tag = `_${seed}`;
  }

  // Choice

  /** mulberry32 by Tommy Ettinger. */
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let z = this.state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return (z ^ (z >>> 14)) >>> 0;
  }

  below(limit: number): number {
    return this.next() % limit;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  name(prefix: string): string {
    return `${prefix}${this.names++}${this.tag}`;
  }

  type(): TypeName {
    return this.pick(typeNames);
  }

  /** Small numbers, and those around the ends of the type's range. */
  literalValue(type: TypeName): bigint {
    const bits = bitsOf(type);
    const near = BigInt(this.below(9)) - 4n;
    const corner = this.pick([
      0n,
      0n,
      1n << BigInt(bits - 1),
      1n << BigInt(bits),
      1n << BigInt(this.below(bits)),
    ]);
    const value = this.chance(25) ? BigInt(this.next()) * BigInt(this.next()) : corner + near;
    return isSigned(type) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  }

  // Text

  line(code: Code): void {
    const indent = "  ".repeat(this.depth);
    if (code.ts !== "") this.output.ts.push(indent + code.ts);
    if (code.c !== "") this.output.c.push(indent + code.c);
  }

  both(text: string): void {
    this.line({ ts: text, c: text });
  }

  /** Makes `code` count for the result. */
  mix({ ts, c }: Code, type: TypeName): void {
    const wide = isSigned(type) ? "i64" : "u64";
    this.line({ ts: `mix(((${ts}) as ${wide}) as u64);`, c: `mix((u64)(${wide})(${c}));` });
  }
}
