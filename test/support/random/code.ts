/**
 * Pieces of text in two languages, ours and C, and how they are put together. C computes narrow types in int and leaves signed overflow
 * and the order of operands open: casts and temporaries say what our language means.
 */

/** A piece of text in both languages. */
export interface Code {
  readonly ts: string;
  readonly c: string;
  /** A call is evaluated in it, so what stands beside it has an order. */
  readonly calls?: boolean;
}

export type TypeName = "u8" | "i8" | "u16" | "i16" | "u32" | "i32" | "u64" | "i64";

export const typeNames: readonly TypeName[] = ["u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64"];

export const bitsOf = (type: TypeName): number => Number(type.slice(1));
export const isSigned = (type: TypeName): boolean => type.startsWith("i");

export function wrap(before: string, { ts, c, calls }: Code, after: string): Code {
  return { ts: before + ts + after, c: before + c + after, ...(calls ? { calls } : {}) };
}

/** What is said of a piece made of `parts`. */
export function callsOf(...parts: readonly Code[]): { readonly calls?: boolean } {
  return parts.some(({ calls }) => calls) ? { calls: true } : {};
}

/** From left to right, which C does only when it is told to. */
export function ordered(
  leftType: TypeName,
  left: Code,
  rightType: TypeName,
  right: Code,
  ts: string,
  c: (left: string, right: string) => string,
): Code {
  if (!left.calls && !right.calls) return { ts, c: c(left.c, right.c) };
  const values = `${leftType} _l = ${left.c}; ${rightType} _r = ${right.c};`;
  return { ts, c: `({ ${values} ${c("_l", "_r")}; })`, calls: true };
}

export function literal(type: TypeName, value: bigint): Code {
  return { ts: `(${value} as ${type})`, c: cLiteral(type, value) };
}

/** By way of the unsigned type, because C has no negative literals. */
export function cLiteral(type: TypeName, value: bigint): string {
  return `(${type})${BigInt.asUintN(64, value)}ull`;
}

export function cast(type: TypeName, code: Code): Code {
  return { ts: `(${code.ts} as ${type})`, c: `(${type})(${code.c})`, ...callsOf(code) };
}

export function unary(type: TypeName, operator: "-" | "~", code: Code): Code {
  const wide = bitsOf(type) === 64 ? "u64" : "u32";
  return { ts: `(${operator}${code.ts})`, c: `(${type})(${operator}(${wide})(${code.c}))`, ...callsOf(code) };
}

/** C computes narrow types in int; casting to unsigned makes overflow defined, casting back cuts off. */
export function binary(
  type: TypeName,
  operator: "+" | "-" | "*" | "&" | "|" | "^" | "/" | "%",
  left: Code,
  right: Code,
): Code {
  const wide = bitsOf(type) === 64 ? "u64" : "u32";
  const inner = operator === "/" || operator === "%" ? type : wide;
  return ordered(
    type,
    left,
    type,
    right,
    `(${left.ts} ${operator} ${right.ts})`,
    (l, r) => `(${type})((${inner})(${l}) ${operator} (${inner})(${r}))`,
  );
}
