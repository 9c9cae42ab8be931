/**
 * Calls of intrinsics. Most are a signature of the table; the others have their rules here: those that compute a
 * constant, those that change the type of an address, the memory far away, and the system call.
 */

import type { CallNode, TypeNode } from "./ast.ts";
import { ensureLayout, resolveType } from "./check-types.ts";
import type { Expression, Place } from "./checked.ts";
import { type Checker, type Context, errorAt, fail, report } from "./checker.ts";
import { checkAs, checkValue, coerce, decay, describe } from "./convert.ts";
import { foldedIntrinsics } from "./fold.ts";
import type { Intrinsic, SignatureType } from "./intrinsics.ts";
import { storageSize } from "./layout.ts";
import {
  booleanType,
  errorType,
  formatType,
  neverType,
  pointerTo,
  untyped,
  voidType,
  wrap,
} from "./type-relations.ts";
import type { IntegerType, Type } from "./types.ts";

type Operation = Intrinsic & { readonly kind: "operation" };
type Special = Intrinsic & { readonly kind: "special" };

export function checkIntrinsic(
  context: Context,
  intrinsic: Intrinsic,
  node: CallNode,
  expected: Type | undefined,
): Expression {
  return intrinsic.kind === "operation"
    ? checkOperation(context, intrinsic, node)
    : checkSpecial(context, intrinsic, node, expected);
}

function typeOf({ types }: Checker, name: SignatureType): Type {
  switch (name) {
    case "bytes":
      return pointerTo(types.u8);
    case "boolean":
      return booleanType;
    case "void":
      return voidType;
    case "never":
      return neverType;
    default:
      return types[name];
  }
}

function checkOperation(context: Context, intrinsic: Operation, node: CallNode): Expression {
  const { checker } = context;
  const { name, parameters } = intrinsic;
  const { span } = node;
  const type = typeOf(checker, intrinsic.result);
  if (!hasShape(context, name, 0, parameters.length, node)) return errorAt(span);
  const args: Expression[] = [];
  for (const [index, arg] of node.args.entries()) {
    args.push(checkAs(context, arg, typeOf(checker, parameters[index] ?? "void")));
  }
  if (args.some((arg) => arg.type === errorType)) return errorAt(span);
  const fold = foldedIntrinsics[name];
  const [first, second] = args;
  if (fold && first?.kind === "constant" && (!second || second.kind === "constant")) {
    return { kind: "constant", value: fold(first.value, second?.value ?? 0n), type, span };
  }
  if (!context.fn) return fail(context, span, "notConstant");
  return { kind: "intrinsic", intrinsic: name, args, type, span };
}

/** Whether the numbers of types and arguments are right; reports when not. */
function hasShape(
  context: Context,
  name: string,
  typeParameters: number,
  parameters: number | undefined,
  node: CallNode,
): boolean {
  if (node.typeArguments.length !== typeParameters) {
    const expected = typeParameters === 0 ? "no type in <>" : "one type in <>";
    report(context.checker, node.span, "typeArguments", { name, expected });
    return false;
  }
  const found = node.args.length;
  if (parameters === undefined || found === parameters) return true;
  report(context.checker, node.span, "argumentCount", {
    name,
    expected: parameters === 0 ? "no arguments" : parameters === 1 ? "1 argument" : `${parameters} arguments`,
    found: found === 1 ? "1 is" : `${found} are`,
  });
  return false;
}

function checkSpecial(
  context: Context,
  intrinsic: Special,
  node: CallNode,
  expected: Type | undefined,
): Expression {
  const { name } = intrinsic;
  const { span } = node;
  if (name === "zeroed" || name === "table") {
    return fail(context, span, "onlyInitial", {
      name,
      place: "the value of a `const` at the top level of a file",
    });
  }
  if (name === "scratch") {
    return fail(context, span, "onlyInitial", { name, place: "the value of a `const` in a function" });
  }
  if (!hasShape(context, name, intrinsic.typeParameters, intrinsic.parameters, node)) return errorAt(span);
  const [typeNode] = node.typeArguments;
  const type = typeNode ? resolveType(context, typeNode, "cast") : undefined;
  if (type === errorType) return errorAt(span);
  if (name === "sizeof" && type) return sizeOf(context, type, node);
  if (name === "byte") return byte(context, node);
  if (!context.fn && name !== "bytes") {
    return name === "pointer" || name === "reference"
      ? typedAddress(context, name, type, typeNode, node)
      : fail(context, span, "notConstant");
  }
  switch (name) {
    case "bytes":
      return bytes(context, node);
    case "address":
      return address(context, node);
    case "pointer":
    case "reference":
      return typedAddress(context, name, type, typeNode, node);
    case "load":
      return far(context, name, type, typeNode, node) ?? errorAt(span);
    case "store":
      return store(context, type, typeNode, node);
    default:
      return systemCall(context, node, expected);
  }
}

function sizeOf(context: Context, type: Type, { span }: CallNode): Expression {
  ensureLayout(context.checker, type);
  return { kind: "constant", value: BigInt(storageSize(type)), type: context.checker.types.u32, span };
}

function byte(context: Context, node: CallNode): Expression {
  const [argument] = node.args;
  if (argument?.kind === "error") return errorAt(node.span);
  const [code] = argument?.kind === "string" ? argument.bytes : [];
  if (argument?.kind !== "string" || code === undefined || argument.bytes.length !== 1) {
    return fail(context, argument?.span ?? node.span, "byteText");
  }
  return { kind: "constant", value: BigInt(code), type: context.checker.types.u8, span: node.span };
}

function bytes(context: Context, { args, span }: CallNode): Expression {
  const [argument] = args;
  const text = argument ? checkValue(context, argument) : errorAt(span);
  const type = pointerTo(context.checker.types.u8);
  if (text.type === errorType) return errorAt(span);
  if (text.type.kind !== "string") {
    return fail(context, text.span, "mismatch", {
      found: describe(text),
      expected: "a string",
      help: text.type.kind === "fixed" ? "a Fixed<u8, N> is a Ptr<u8> by itself" : "",
    });
  }
  if (text.kind === "data") return { kind: "data", object: text.object, offset: text.offset, type, span };
  return { kind: "intrinsic", intrinsic: "stringAddress", args: [text], type, span };
}

function address(context: Context, { args, span }: CallNode): Expression {
  const [argument] = args;
  const value = argument ? checkValue(context, argument) : errorAt(span);
  const { type } = value;
  if (type === errorType) return errorAt(span);
  if (type.kind === "pointer" || type.kind === "class" || type.kind === "fixed") {
    return { kind: "convert", operand: value, type: context.checker.types.u32, span };
  }
  return fail(context, value.span, "addressOperand", {
    found: describe(value),
    help:
      type.kind === "string"
        ? "`address(bytes(text))`"
        : "keep the value in static storage: `const x = zeroed<Fixed<u32, 1>>()`",
  });
}

/** `pointer<T>(n)` and `reference<C>(n)`. */
function typedAddress(
  context: Context,
  name: "pointer" | "reference",
  element: Type | undefined,
  typeNode: TypeNode | undefined,
  { args, span }: CallNode,
): Expression {
  const [argument] = args;
  if (!element || !typeNode || !argument) return errorAt(span);
  if (name === "reference" && element.kind !== "class") {
    return fail(context, typeNode.span, "referenceType", { type: formatType(element) });
  }
  ensureLayout(context.checker, element);
  const { types } = context.checker;
  const wide = checkValue(context, argument, types.u32);
  if (wide.type === types.usize) {
    return fail(context, wide.span, "narrowing", {
      found: "usize",
      expected: "u32",
      note: `\`${name}\` reaches the program's own objects; \`load<T>(…)\` reads anywhere, such as the initial stack`,
    });
  }
  const value = coerce(context, wide, types.u32);
  if (value.type === errorType) return value;
  const type = name === "reference" ? element : pointerTo(element);
  if (value.kind === "constant") return { kind: "constant", value: value.value, type, span };
  return { kind: "convert", operand: value, type, span };
}

/** The place that `load` and `store` are about. */
function far(
  context: Context,
  name: string,
  type: Type | undefined,
  typeNode: TypeNode | undefined,
  { args, span }: CallNode,
): (Place & { readonly kind: "far" }) | undefined {
  const [argument] = args;
  if (!type || !typeNode || !argument) return undefined;
  if (type.kind !== "integer") {
    report(context.checker, typeNode.span, "farType", {
      name,
      type: formatType(type),
      help: type.kind === "boolean" ? "use u8 and compare" : "move a usize",
    });
    return undefined;
  }
  const where = checkAs(context, argument, context.checker.types.usize);
  return where.type === errorType ? undefined : { kind: "far", address: where, type, span };
}

function store(
  context: Context,
  type: Type | undefined,
  typeNode: TypeNode | undefined,
  node: CallNode,
): Expression {
  const place = far(context, "store", type, typeNode, node);
  const argument = node.args[1];
  if (!place || !argument) return errorAt(node.span);
  const value = checkAs(context, argument, place.type);
  if (value.type === errorType) return value;
  // Its value is nobody's: the declaration says void.
  return { kind: "assign", place, value, type: voidType, span: node.span };
}

const mostArguments = 6;

function systemCall(context: Context, node: CallNode, _expected: Type | undefined): Expression {
  const { types } = context.checker;
  const { args, span } = node;
  const [numberNode, ...rest] = args;
  if (!numberNode || rest.length > mostArguments) return fail(context, span, "systemCall");
  const values = [checkAs(context, numberNode, types.usize)];
  for (const arg of rest) values.push(machineWord(context, checkValue(context, arg)));
  if (values.some((value) => value.type === errorType)) return errorAt(span);
  return { kind: "intrinsic", intrinsic: "syscall", args: values, type: types.isize, span };
}

/** An integer of any sign or an address, as the kernel takes it. */
function machineWord(context: Context, value: Expression): Expression {
  const { usize, isize, i32 } = context.checker.types;
  const { type, span } = value;
  if (type === errorType) return value;
  if (type.kind === "null") return { kind: "constant", value: 0n, type: usize, span };
  if (type.kind === "integer") return integerWord(context, value, type);
  const pointer = decay(value);
  if (pointer.type.kind === "pointer" || pointer.type.kind === "class") {
    return { kind: "convert", operand: pointer, type: usize, span };
  }
  if (type.kind === "boolean") return { kind: "convert", operand: value, type: usize, span };
  return fail(context, span, "mismatch", {
    found: describe(value),
    expected: "an integer or a pointer",
    help:
      type.kind === "string" ? "`bytes(…)` is the address of a string's bytes" : `write \`… as ${i32.name}\``,
  });

  function integerWord(inner: Context, word: Expression, from: IntegerType): Expression {
    if (word.kind === "constant") {
      // -1 is a valid descriptor to the kernel; its bits are what counts.
      if (from === untyped && word.value >= 0n) return coerce(inner, word, usize);
      if (from === untyped) return coerceNegative(inner, word);
      return { kind: "constant", value: wrap(usize, word.value), type: usize, span };
    }
    if (from.name === "usize") return word;
    if (!from.signed) return coerce(inner, word, usize);
    const wide = from.name === "isize" ? word : coerce(inner, word, isize);
    return wide.type === errorType ? wide : { kind: "convert", operand: wide, type: usize, span };
  }

  function coerceNegative(inner: Context, word: Expression): Expression {
    const signed = coerce(inner, word, isize);
    if (signed.kind !== "constant" || signed.type === errorType) return signed;
    return { kind: "constant", value: wrap(usize, signed.value), type: usize, span };
  }
}
