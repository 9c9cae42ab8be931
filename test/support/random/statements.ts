/**
 * Random statements. To keep C defined and programs short-lived: indices within arrays, loops of few rounds, and no call where loops
 * would run it too often.
 */

import { binary, type Code, literal, wrap } from "./code.ts";
import type { Draft, FunctionShape, Variable } from "./draft.ts";
import { callOf, expression, place, truthOf } from "./expressions.ts";

/** A block's statements; what they declare goes out of scope after them. */
export function statements(
  draft: Draft,
  count: number,
  declarations = 0,
  deeper: readonly FunctionShape[] = [],
): void {
  const outer = draft.scope;
  draft.scope = [...outer];
  for (let i = 0; i < declarations; i++) declaration(draft);
  for (let i = 0; i < count; i++) {
    const callee = deeper[i];
    if (callee !== undefined) goDeeper(draft, callee);
    statement(draft);
  }
  // What is declared is used, or it would be dead code.
  for (const { code, type } of draft.scope.slice(outer.length)) {
    if (type !== "bool" && draft.chance(60)) draft.mix(code, type);
  }
  draft.scope = outer;
}

function statement(draft: Draft): void {
  draft.mayCall = draft.chance(25);
  oneStatement(draft);
  draft.mayCall = false;
}

function oneStatement(draft: Draft): void {
  draft.cost += draft.repeats;
  const kind = draft.below(draft.depth > 4 ? 50 : 100);
  if (kind < 15) declaration(draft);
  else if (kind < 38) assignment(draft);
  else if (kind < 44) step(draft);
  else if (kind < 50) anyCall(draft);
  else if (kind < 66) ifStatement(draft);
  else if (kind < 80) loop(draft);
  else if (kind < 88) switchStatement(draft);
  else if (kind < 92 && (draft.breakable || draft.labels.length > 0)) leaveLoop(draft);
  else if (kind < 94) leaveFunction(draft);
  else if (kind < 97) memoryStatement(draft);
  else draft.mix(expression(draft, "u32", 2), "u32");
}

function declaration(draft: Draft): void {
  const name = draft.name("v");
  if (draft.chance(15)) {
    const value = truthOf(draft, 2);
    draft.line({ ts: `let ${name}: bool = ${value.ts};`, c: `int ${name} = ${value.c};` });
    draft.scope.push({ code: { ts: name, c: name }, type: "bool", isConstant: false });
    return;
  }
  const type = draft.type();
  const value = expression(draft, type, 3);
  draft.line({ ts: `let ${name}: ${type} = ${value.ts};`, c: `${type} ${name} = ${value.c};` });
  draft.scope.push({ code: { ts: name, c: name }, type, isConstant: false });
}

function assignment(draft: Draft): void {
  const { code, type } = place(draft);
  if (type === "bool") {
    const value = truthOf(draft, 2);
    draft.line({ ts: `${code.ts} = ${value.ts};`, c: `${code.c} = ${value.c};` });
    return;
  }
  if (draft.chance(60)) {
    const value = expression(draft, type, 3);
    draft.line({ ts: `${code.ts} = ${value.ts};`, c: `${code.c} = ${value.c};` });
    return;
  }
  const operator = draft.pick(["+", "-", "*", "&", "|", "^"] as const);
  const value = expression(draft, type, 2);
  const result = binary(type, operator, code, value);
  draft.line({ ts: `${code.ts} ${operator}= ${value.ts};`, c: `${code.c} = ${result.c};` });
}

/** `++` or `--`. */
function step(draft: Draft): void {
  const { code, type } = place(draft);
  if (type === "bool") return;
  const operator = draft.pick(["+", "-"] as const);
  const result = binary(type, operator, code, { ts: "1", c: "1" });
  draft.line({ ts: `${code.ts}${operator}${operator};`, c: `${code.c} = ${result.c};` });
}

function anyCall(draft: Draft): void {
  if (draft.functions.length === 0) return;
  callStatement(draft, draft.pick(draft.functions));
}

export function callStatement(draft: Draft, fn: FunctionShape): void {
  if (draft.cost + draft.repeats * fn.cost > draft.limit) return;
  draft.cost += draft.repeats * fn.cost;
  const call = callOf(draft, fn, undefined);
  if (draft.chance(30)) {
    draft.line(wrap("", call, ";"));
    return;
  }
  const name = draft.name("v");
  draft.line({ ts: `const ${name} = ${call.ts};`, c: `${fn.result} ${name} = ${call.c};` });
  draft.scope.push({ code: { ts: name, c: name }, type: fn.result, isConstant: true });
  draft.mix({ ts: name, c: name }, fn.result);
}

/** The call of a circle's next function. */
function goDeeper(draft: Draft, fn: FunctionShape): void {
  const depth = draft.scope.find(({ code }) => code.ts.startsWith("d_"))?.code.ts ?? "";
  draft.both(`if (${depth} > 0) {`);
  draft.depth++;
  const given = `${depth} - 1`;
  const call = callOf(draft, fn, { ts: given, c: given });
  if (draft.chance(50)) {
    const { code, type } = draft.pick(draft.scope);
    if (type === fn.result && !draft.scope.find((each) => each.code === code)?.isConstant)
      draft.line({ ts: `${code.ts} = ${call.ts};`, c: `${code.c} = ${call.c};` });
    else draft.line(wrap("", call, ";"));
  } else {
    const name = draft.name("v");
    draft.line({ ts: `const ${name} = ${call.ts};`, c: `${fn.result} ${name} = ${call.c};` });
    draft.mix({ ts: name, c: name }, fn.result);
  }
  draft.depth--;
  draft.both("}");
}

function ifStatement(draft: Draft): void {
  draft.line(wrap("if (", truthOf(draft, 3), ") {"));
  block(draft, 1 + draft.below(3));
  if (draft.chance(50)) {
    draft.both("} else {");
    block(draft, 1 + draft.below(3));
  }
  draft.both("}");
}

function block(draft: Draft, count: number): void {
  draft.depth++;
  statements(draft, count);
  draft.depth--;
}

function loop(draft: Draft): void {
  const rounds = 1 + draft.below(6);
  if (draft.repeats * rounds > 500) return;
  const type = draft.pick(["u8", "u32", "i32", "u16"] as const);
  const name = draft.name("n");
  const label = draft.name("l");
  const outerLabels = draft.labels;
  draft.labels = [...outerLabels, label];
  const counter: Variable = { code: { ts: name, c: name }, type, isConstant: true };
  const [outerScope, outerRepeats, outerBreakable] = [draft.scope, draft.repeats, draft.breakable];
  draft.scope = [...outerScope, counter];
  draft.repeats *= rounds;
  draft.breakable = true;
  if (draft.chance(60)) {
    draft.line({
      ts: `${label}: for (let ${name}: ${type} = 0; ${name} < ${rounds}; ${name}++) {`,
      c: `for (${type} ${name} = 0; ${name} < ${rounds}; ${name}++) {`,
    });
    block(draft, 1 + draft.below(4));
    draft.line({ ts: "}", c: `c_${label}:; } b_${label}:;` });
  } else {
    draft.line({ ts: `let ${name}: ${type} = ${rounds};`, c: `${type} ${name} = ${rounds};` });
    const isDo = draft.chance(50);
    const start = isDo ? "do {" : `while (${name} > 0) {`;
    draft.line({ ts: `${label}: ${start}`, c: start });
    draft.depth++;
    draft.both(`${name}--;`);
    draft.depth--;
    block(draft, 1 + draft.below(4));
    const end = isDo ? `} while (${name} > 0);` : "}";
    draft.line({ ts: end, c: `c_${label}:; ${end} b_${label}:;` });
  }
  draft.labels = outerLabels;
  [draft.scope, draft.repeats, draft.breakable] = [outerScope, outerRepeats, outerBreakable];
}

function leaveLoop(draft: Draft): void {
  const label =
    draft.labels.length > 0 && (!draft.breakable || draft.chance(40)) ? draft.pick(draft.labels) : undefined;
  if (label !== undefined) {
    const [word, prefix] = draft.pick([
      ["break", "b_"],
      ["continue", "c_"],
    ] as const);
    const condition = truthOf(draft, 2);
    draft.line({
      ts: `if (${condition.ts}) ${word} ${label};`,
      c: `if (${condition.c}) goto ${prefix}${label};`,
    });
    return;
  }
  draft.line(wrap("if (", truthOf(draft, 2), `) ${draft.pick(["break", "continue"])};`));
}

function leaveFunction(draft: Draft): void {
  if (draft.result === undefined) return;
  const condition = truthOf(draft, 2);
  const value = expression(draft, draft.result, 2);
  draft.line({ ts: `if (${condition.ts}) return ${value.ts};`, c: `if (${condition.c}) return ${value.c};` });
}

function switchStatement(draft: Draft): void {
  const type = draft.type();
  const value = expression(draft, type, 2);
  const mask = draft.pick([3, 7, 15]);
  draft.line(wrap("switch (", binary(type, "&", value, literal(type, BigInt(mask))), ") {"));
  const outer = draft.breakable;
  // `break` would leave the switch, `continue` the loop around it: too alike to tell apart here.
  draft.breakable = false;
  draft.depth++;
  const values = Array.from({ length: mask + 1 }, (_, index) => index).filter(() => draft.chance(60));
  const defaultAt = draft.below(values.length + 2);
  values.forEach((each, index) => {
    if (index === defaultAt) switchBody(draft, "default:");
    switchBody(draft, `case ${each}:`);
  });
  if (defaultAt >= values.length && draft.chance(50)) switchBody(draft, "default:");
  draft.depth--;
  draft.both("}");
  draft.breakable = outer;
}

function switchBody(draft: Draft, label: string): void {
  draft.both(draft.chance(75) ? `${label} {` : `${label}`);
  if (draft.output.ts.at(-1)?.endsWith("{") !== true) return;
  block(draft, 1 + draft.below(2));
  if (draft.chance(80)) draft.both("  break;");
  draft.both("}");
}

/** Bytes moved, filled and compared; numbers at any address. */
function memoryStatement(draft: Draft): void {
  draft.mayCall = false;
  const bytes = `bytes${draft.tag}`;
  const upTo = (limit: number): Code =>
    binary("u32", "&", expression(draft, "u32", 2), literal("u32", BigInt(limit)));
  const kind = draft.below(4);
  if (kind === 0) {
    const [from, length] = [upTo(31), upTo(31)];
    draft.line({
      ts: `copy(${bytes}, ${bytes}.add(${from.ts}), ${length.ts});`,
      c: `memmove(${bytes}, ${bytes} + ${from.c}, ${length.c});`,
    });
  } else if (kind === 1) {
    const [to, value, length] = [upTo(31), expression(draft, "u8", 2), upTo(31)];
    draft.line({
      ts: `fill(${bytes}.add(${to.ts}), ${value.ts}, ${length.ts});`,
      c: `memset(${bytes} + ${to.c}, ${value.c}, ${length.c});`,
    });
  } else if (kind === 2) {
    const [left, right, length] = [upTo(31), upTo(31), upTo(7)];
    const name = draft.name("v");
    draft.line({
      ts: `let ${name}: bool = equal(${bytes}.add(${left.ts}), ${bytes}.add(${right.ts}), ${length.ts});`,
      c: `int ${name} = memcmp(${bytes} + ${left.c}, ${bytes} + ${right.c}, ${length.c}) == 0;`,
    });
    draft.scope.push({ code: { ts: name, c: name }, type: "bool", isConstant: false });
  } else {
    const type = draft.type();
    const [at, value] = [upTo(31), expression(draft, type, 2)];
    draft.line({
      ts: `store<${type}>(address(${bytes}) + ${at.ts}, ${value.ts});`,
      c: `{ ${type} _v = ${value.c}; memcpy(${bytes} + ${at.c}, &_v, sizeof _v); }`,
    });
  }
}
