/**
 * Expressions of the ESTree to expressions of our syntax tree. What the subset does not have becomes a diagnostic
 * and an error node; no operator is interpreted here.
 */

import type * as Tree from "@oxc-project/types";
import type { ArithmeticToken, ComparisonToken, ExpressionNode } from "./ast.ts";
import { nameOf, nested, type ParseContext, refuse, spanOf } from "./parse-context.ts";
import { parseType, parseTypeArguments } from "./parse-types.ts";
import { stringBytes } from "./string-bytes.ts";

/** For constructs that are refused with nothing but their row of the table. */
const refused = {
  ArrowFunctionExpression: "closure",
  FunctionExpression: "closure",
  AwaitExpression: "async",
  YieldExpression: "async",
  ArrayExpression: "arrayLiteral",
  ObjectExpression: "objectLiteral",
  ImportExpression: "dynamicImport",
  Super: "inheritance",
  TaggedTemplateExpression: "substitution",
  ChainExpression: "optionalChain",
  SequenceExpression: "sequence",
} as const;

const arithmeticTokens: ReadonlySet<string> = new Set("+ - * / % & | ^ << >> >>>".split(" "));
const comparisonTokens: ReadonlySet<string> = new Set("=== !== < <= > >=".split(" "));

export function parseExpression(context: ParseContext, node: Tree.Expression): ExpressionNode {
  return nested(context, node, () => parseExpressionInside(context, node));
}

function parseExpressionInside(context: ParseContext, node: Tree.Expression): ExpressionNode {
  const span = spanOf(context, node);
  switch (node.type) {
    case "Literal":
      return parseLiteral(context, node);
    case "TemplateLiteral": {
      const [only] = node.quasis;
      if (node.expressions.length > 0 || only === undefined) return refuse(context, node, "substitution");
      return { kind: "string", bytes: stringBytes(only.value.raw), span };
    }
    case "Identifier":
      return { kind: "name", text: node.name, span };
    case "ThisExpression":
      return { kind: "this", span };
    case "ParenthesizedExpression":
      return parseExpression(context, node.expression);
    case "UnaryExpression":
      return parseUnary(context, node);
    case "BinaryExpression":
      return parseBinary(context, node);
    case "LogicalExpression": {
      if (node.operator === "??") {
        return refuse(context, node, "operator", {
          operator: "??",
          help: "test with `!== null` and use `?:`",
        });
      }
      const left = parseExpression(context, node.left);
      return {
        kind: "logical",
        operator: node.operator,
        left,
        right: parseExpression(context, node.right),
        span,
      };
    }
    case "ConditionalExpression": {
      const condition = parseExpression(context, node.test);
      const then = parseExpression(context, node.consequent);
      const otherwise = parseExpression(context, node.alternate);
      return { kind: "conditional", condition, then, else: otherwise, span };
    }
    case "AssignmentExpression":
      return parseAssignment(context, node);
    case "UpdateExpression":
      return {
        kind: "update",
        place: parseExpression(context, node.argument),
        operator: node.operator === "++" ? "+" : "-",
        postfix: !node.prefix,
        span,
      };
    case "CallExpression":
      return parseCall(context, node);
    case "MemberExpression":
      return parseMember(context, node);
    case "TSAsExpression":
      return parseCast(context, node);
    case "TSNonNullExpression":
      // `x!` only tells the editor that x is not null; nothing is tested.
      return parseExpression(context, node.expression);
    case "TSSatisfiesExpression":
      return refuse(context, node, "assertion", { form: "satisfies" });
    case "TSTypeAssertion":
      return refuse(context, node, "assertion", { form: "<T>value" });
    case "NewExpression":
      return refuse(context, node, "new", {
        name: storageOf(node.callee.type === "Identifier" ? node.callee.name : "C"),
      });
    case "ClassExpression":
      return refuse(context, node, "nestedDeclaration", { what: "a class" });
    default:
      return refuse(
        context,
        node,
        node.type in refused ? refused[node.type as keyof typeof refused] : "otherExpression",
      );
  }
}

/** What stands in `zeroed<…>()` for an object of a class; JavaScript's arrays of bytes and numbers are none. */
function storageOf(className: string): string {
  const [, name = "", bits = ""] = /^(Int|Uint)(8|16|32)(?:Clamped)?Array$/.exec(className) ?? [];
  return name === "" ? className : `Fixed<${name === "Int" ? "i" : "u"}${bits}, N>`;
}

function parseLiteral(
  context: ParseContext,
  node: Extract<Tree.Expression, { type: "Literal" }>,
): ExpressionNode {
  const span = spanOf(context, node);
  if ("regex" in node) return refuse(context, node, "regularExpression");
  if ("bigint" in node) return refuse(context, node, "bigint");
  if (node.value === null) return { kind: "null", span };
  if (typeof node.value === "boolean") return { kind: "boolean", value: node.value, span };
  if (typeof node.value === "string") {
    return {
      kind: "string",
      bytes: stringBytes(context.file.text.slice(node.start + 1, node.end - 1)),
      span,
    };
  }
  const digits = (node.raw ?? "").replaceAll("_", "");
  if (!/^(?:\d+|0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+)$/.test(digits))
    return refuse(context, node, "float");
  // No literal of more than 64 bits is useful, and a long one would take long.
  if (digits.length > 66) return refuse(context, node, "tooLarge");
  return { kind: "integer", value: BigInt(digits), span };
}

const unaryHelp = {
  "+": "leave it out",
  typeof: "types are known: use `typeof N` only in types",
  void: "call the function as a statement",
  delete: "set the field to 0 or null",
} as const;

function parseUnary(context: ParseContext, node: Tree.UnaryExpression): ExpressionNode {
  const { operator } = node;
  if (operator === "-" || operator === "~" || operator === "!") {
    return {
      kind: "unary",
      operator,
      operand: parseExpression(context, node.argument),
      span: spanOf(context, node),
    };
  }
  return refuse(context, node, "operator", { operator, help: unaryHelp[operator] });
}

function parseBinary(
  context: ParseContext,
  node: Tree.BinaryExpression | Tree.PrivateInExpression,
): ExpressionNode {
  const { operator, left, right } = node;
  if (operator === "==" || operator === "!=") return refuse(context, node, "looseEquality", { operator });
  if (left.type === "PrivateIdentifier" || operator === "in" || operator === "instanceof") {
    return refuse(context, node, "operator", {
      operator,
      help: "keep the kind of an object in a field of it",
    });
  }
  if (!isArithmetic(operator) && !isComparison(operator)) {
    return refuse(context, node, "operator", { operator, help: "multiply, or shift for powers of two" });
  }
  return {
    kind: "binary",
    operator,
    left: parseExpression(context, left),
    right: parseExpression(context, right),
    span: spanOf(context, node),
  };
}

function isArithmetic(operator: string): operator is ArithmeticToken {
  return arithmeticTokens.has(operator);
}

function isComparison(operator: string): operator is ComparisonToken {
  return comparisonTokens.has(operator);
}

function parseAssignment(context: ParseContext, node: Tree.AssignmentExpression): ExpressionNode {
  const { left } = node;
  if (left.type === "ArrayPattern" || left.type === "ObjectPattern")
    return refuse(context, left, "destructuring");
  const operator = node.operator.slice(0, -1);
  if (operator !== "" && !isArithmetic(operator)) {
    const help = operator === "**" ? "multiply, or shift for powers of two" : "use `if`";
    return refuse(context, node, "operator", { operator: node.operator, help });
  }
  return {
    kind: "assign",
    place: parseExpression(context, left),
    operator: operator === "" ? undefined : operator,
    value: parseExpression(context, node.right),
    span: spanOf(context, node),
  };
}

function parseCall(context: ParseContext, node: Tree.CallExpression): ExpressionNode {
  if (node.callee.type === "Super") return refuse(context, node, "inheritance");
  const args: ExpressionNode[] = [];
  for (const argument of node.arguments) {
    args.push(
      argument.type === "SpreadElement"
        ? refuse(context, argument, "spread")
        : parseExpression(context, argument),
    );
  }
  return {
    kind: "call",
    callee: parseExpression(context, node.callee),
    typeArguments: parseTypeArguments(context, node.typeArguments),
    args,
    span: spanOf(context, node),
  };
}

function parseMember(context: ParseContext, node: Tree.MemberExpression): ExpressionNode {
  if (node.property.type === "PrivateIdentifier") return refuse(context, node.property, "memberName");
  if (node.object.type === "Super") return refuse(context, node, "inheritance");
  const span = spanOf(context, node);
  const object = parseExpression(context, node.object);
  if (node.computed) return { kind: "index", object, index: parseExpression(context, node.property), span };
  return { kind: "member", object, name: nameOf(context, node.property), span };
}

function parseCast(context: ParseContext, node: Tree.TSAsExpression): ExpressionNode {
  const { typeAnnotation: type } = node;
  const operand = parseExpression(context, node.expression);
  // `5 as const` is 5; a group `{ … } as const` is a declaration and does not come here.
  if (
    type.type === "TSTypeReference" &&
    type.typeName.type === "Identifier" &&
    type.typeName.name === "const"
  ) {
    return operand;
  }
  const operator = operatorInType(type);
  if (operator !== undefined) {
    return refuse(context, type, operator === "&" ? "otherType" : "union", {
      note: `TypeScript reads \`${operator}\` behind \`as\` as part of the type: write \`(value as T) ${operator} …\``,
    });
  }
  return { kind: "cast", operand, type: parseType(context, type), span: spanOf(context, node) };
}

/** `x as u32 & 1` is a cast to the type `u32 & 1`; `p as Ptr<u8> | null` is meant as it is read. */
function operatorInType(type: Tree.TSType): "&" | "|" | undefined {
  if (type.type === "TSIntersectionType") return "&";
  const isUnion = type.type === "TSUnionType" && type.types.every((part) => part.type !== "TSNullKeyword");
  return isUnion ? "|" : undefined;
}
