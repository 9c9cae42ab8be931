/**
 * Random expressions. Where a call may be among them, operands have an order; whether one may is the draft's `mayCall`.
 */

import {
  binary,
  bitsOf,
  type Code,
  callsOf,
  cast,
  isSigned,
  literal,
  ordered,
  type TypeName,
  unary,
  wrap,
} from "./code.ts";
import type { Draft, FunctionShape, Variable } from "./draft.ts";

export function expression(draft: Draft, type: TypeName, depth: number): Code {
  if (depth <= 0 || draft.chance(15)) return leaf(draft, type);
  if (draft.mayCall && draft.chance(20)) {
    const fn = draft.functions.length > 0 ? draft.pick(draft.functions) : undefined;
    if (fn !== undefined && draft.cost + draft.repeats * fn.cost <= draft.limit) {
      draft.cost += draft.repeats * fn.cost;
      const outer = draft.mayCall;
      draft.mayCall = draft.chance(20);
      const call = cast(type, callOf(draft, fn, undefined));
      draft.mayCall = outer;
      return call;
    }
  }
  if (draft.chance(4)) return load(draft, type);
  const kind = draft.below(100);
  if (kind < 45) {
    const operator = draft.pick(["+", "-", "*", "&", "|", "^", "+", "-"] as const);
    return binary(type, operator, expression(draft, type, depth - 1), expression(draft, type, depth - 1));
  }
  if (kind < 57) return shift(draft, type, depth);
  if (kind < 67) return division(draft, type, depth);
  if (kind < 73) return unary(type, draft.pick(["-", "~"] as const), expression(draft, type, depth - 1));
  if (kind < 88) {
    const from = draft.type();
    return cast(type, expression(draft, from, depth - 1));
  }
  if (kind < 95) {
    const condition = truthOf(draft, depth - 1);
    const [left, right] = [expression(draft, type, depth - 1), expression(draft, type, depth - 1)];
    return {
      ts: `(${condition.ts} ? ${left.ts} : ${right.ts})`,
      c: `(${type})(${condition.c} ? ${left.c} : ${right.c})`,
      ...callsOf(condition, left, right),
    };
  }
  return cast(type, intrinsic(draft, depth));
}

function leaf(draft: Draft, type: TypeName): Code {
  const variables = [...draft.scope, ...draft.scope, ...draft.globals].filter((each) => each.type === type);
  if (variables.length > 0 && draft.chance(60)) return draft.pick(variables).code;
  const arrays = draft.arrays.filter((array) => array.type === type);
  if (arrays.length > 0 && draft.chance(40)) {
    const { name, length } = draft.pick(arrays);
    const index = `${draft.below(length)}`;
    return { ts: `${name}[${index}]`, c: `${name}[${index}]` };
  }
  if (draft.scope.length > 0 && draft.chance(40)) {
    const { code, type: from } = draft.pick(draft.scope);
    return from === "bool"
      ? { ts: `(${code.ts} ? 1 : 0 as ${type})`, c: `(${type})${code.c}` }
      : cast(type, code);
  }
  return literal(type, draft.literalValue(type));
}

/** Amounts below the width; sometimes a variable's whole value, which is taken modulo 32 or 64. */
function shift(draft: Draft, type: TypeName, depth: number): Code {
  const width = bitsOf(type) === 64 ? 64 : 32;
  const left = expression(draft, type, depth - 1);
  const variables = draft.scope.filter((variable) => variable.type === "u32" && !variable.isConstant);
  const amount =
    variables.length > 0 && draft.chance(40)
      ? draft.pick(variables).code
      : binary("u32", "&", expression(draft, "u32", depth - 1), literal("u32", BigInt(bitsOf(type) - 1)));
  const operator = draft.pick(["<<", ">>", isSigned(type) ? ">>" : ">>>"] as const);
  return ordered(type, left, "u32", amount, `(${left.ts} ${operator} ${amount.ts})`, (l, r) => {
    const bits = `((${r}) & ${width - 1})`;
    return operator === "<<"
      ? `(${type})((u${width})(${l}) << ${bits})`
      : `(${type})((${type})(${l}) >> ${bits})`;
  });
}

/** By an odd number, which for wide signed types is positive. */
function division(draft: Draft, type: TypeName, depth: number): Code {
  const left = expression(draft, type, depth - 1);
  const right = expression(draft, type, depth - 1);
  const bits = BigInt(bitsOf(type));
  const positive =
    isSigned(type) && bits >= 32n ? binary(type, "&", right, literal(type, (1n << (bits - 1n)) - 1n)) : right;
  return binary(type, draft.pick(["/", "%"] as const), left, binary(type, "|", positive, literal(type, 1n)));
}

function intrinsic(draft: Draft, depth: number): Code {
  const value = expression(draft, "u32", depth - 1);
  const name = draft.pick(["countTrailingZeros", "countLeadingZeros", "byteSwap", "rotateLeft"] as const);
  if (name !== "rotateLeft") return wrap(`${name}(`, value, ")");
  const amount = expression(draft, "u32", depth - 1);
  return ordered(
    "u32",
    value,
    "u32",
    amount,
    `${name}(${value.ts}, ${amount.ts})`,
    (l, r) => `${name}(${l}, ${r})`,
  );
}

function load(draft: Draft, type: TypeName): Code {
  const bytes = `bytes${draft.tag}`;
  const at = binary("u32", "&", expression(draft, "u32", 1), literal("u32", 31n));
  return {
    ts: `load<${type}>(address(${bytes}) + ${at.ts})`,
    c: `({ ${type} _v; memcpy(&_v, ${bytes} + ${at.c}, sizeof _v); _v; })`,
    ...callsOf(at),
  };
}

export function truthOf(draft: Draft, depth: number): Code {
  const booleans = draft.scope.filter(({ type }) => type === "bool");
  if (booleans.length > 0 && draft.chance(25)) return draft.pick(booleans).code;
  if (depth > 0 && draft.chance(30)) {
    const operator = draft.pick(["&&", "||"] as const);
    const [left, right] = [truthOf(draft, depth - 1), truthOf(draft, depth - 1)];
    return {
      ts: `(${left.ts} ${operator} ${right.ts})`,
      c: `(${left.c} ${operator} ${right.c})`,
      ...callsOf(left, right),
    };
  }
  if (depth > 0 && draft.chance(15)) return wrap("!", truthOf(draft, depth - 1), "");
  const type = draft.type();
  const [left, right] = [expression(draft, type, depth - 1), expression(draft, type, depth - 1)];
  const operator = draft.pick(["===", "!==", "<", "<=", ">", ">="] as const);
  const inC = operator === "===" || operator === "!==" ? operator.slice(0, 2) : operator;
  return ordered(
    type,
    left,
    type,
    right,
    `(${left.ts} ${operator} ${right.ts})`,
    (l, r) => `((${type})(${l}) ${inC} (${type})(${r}))`,
  );
}

export function callOf(draft: Draft, fn: FunctionShape, depth: Code | undefined): Code {
  const args: { readonly code: Code; readonly type: string }[] = [];
  if (fn.depth !== undefined) {
    const limited = binary("u32", "&", expression(draft, "u32", 1), literal("u32", BigInt(fn.depth)));
    args.push({ code: depth ?? limited, type: "u32" });
  }
  if (fn.takesObject) args.push({ code: objectOf(draft), type: `struct Record${draft.tag} *` });
  for (const type of fn.parameters) args.push({ code: expression(draft, type, 2), type });
  const ts = `${fn.name}(${args.map(({ code }) => code.ts).join(", ")})`;
  if (!args.some(({ code }) => code.calls))
    return { ts, c: `${fn.name}(${args.map(({ code }) => code.c).join(", ")})`, calls: true };
  const temporaries = args.map(({ code, type }, index) => `${type} _${index} = ${code.c}; `).join("");
  const names = args.map((_, index) => `_${index}`).join(", ");
  return { ts, c: `({ ${temporaries}${fn.name}(${names}); })`, calls: true };
}

function objectOf(draft: Draft): Code {
  if (draft.chance(40)) return { ts: `record${draft.tag}`, c: `&record${draft.tag}` };
  const index = binary("u32", "&", expression(draft, "u32", 1), literal("u32", 3n));
  return {
    ts: `records${draft.tag}[${index.ts}]`,
    c: `&records${draft.tag}[${index.c}]`,
    ...(index.calls ? { calls: true } : {}),
  };
}

/** Something to assign to. */
export function place(draft: Draft): Variable {
  const locals = draft.scope.filter(({ isConstant }) => !isConstant);
  if (locals.length > 0 && draft.chance(65)) return draft.pick(locals);
  return draft.chance(50) && draft.arrays.length > 0 ? element(draft) : draft.pick(draft.globals);
}

function element(draft: Draft): Variable {
  const { name, type, length } = draft.pick(draft.arrays);
  draft.mayCall = false;
  const index = binary("u32", "&", expression(draft, "u32", 1), literal("u32", BigInt(length - 1)));
  return { code: { ts: `${name}[${index.ts}]`, c: `${name}[${index.c}]` }, type, isConstant: false };
}
