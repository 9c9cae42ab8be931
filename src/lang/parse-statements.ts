/**
 * Statements of the ESTree to statements of our syntax tree, and the variables of declarations at the top level,
 * which have the same form.
 */

import type * as Tree from "@oxc-project/types";
import type { StatementNode, VariableDeclaration } from "./ast.ts";
import { nameOf, nested, type ParseContext, refuse, spanOf } from "./parse-context.ts";
import { parseExpression } from "./parse-expressions.ts";
import { parseType } from "./parse-types.ts";

type AnyStatement = Tree.Statement | Tree.Directive;

/** Declarations that stand at the top level only, as the diagnostic names them. */
const topLevelOnly = {
  FunctionDeclaration: "a function",
  ClassDeclaration: "a class",
  TSEnumDeclaration: "an enum",
  TSTypeAliasDeclaration: "a type",
  ImportDeclaration: "an import",
  ExportNamedDeclaration: "an export",
} as const;

export function parseStatements(context: ParseContext, nodes: readonly AnyStatement[]): StatementNode[] {
  const statements: StatementNode[] = [];
  for (const node of nodes) {
    if (node.type === "EmptyStatement") continue;
    if (node.type === "VariableDeclaration") statements.push(...parseVariables(context, node, false));
    else statements.push(parseStatement(context, node));
  }
  return statements;
}

function parseStatement(context: ParseContext, node: AnyStatement): StatementNode {
  return nested(context, node, () => parseStatementInside(context, node));
}

function parseStatementInside(context: ParseContext, node: AnyStatement): StatementNode {
  const span = spanOf(context, node);
  switch (node.type) {
    case "ExpressionStatement":
      return { kind: "expression", expression: parseExpression(context, node.expression), span };
    case "BlockStatement":
      return { kind: "block", body: parseStatements(context, node.body), span };
    case "EmptyStatement":
      return { kind: "block", body: [], span };
    case "VariableDeclaration":
      return { kind: "block", body: parseVariables(context, node, false), span };
    case "IfStatement": {
      const condition = parseExpression(context, node.test);
      const then = parseStatement(context, node.consequent);
      const otherwise = node.alternate ? parseStatement(context, node.alternate) : undefined;
      return { kind: "if", condition, then, else: otherwise, span };
    }
    case "WhileStatement":
    case "DoWhileStatement":
    case "ForStatement":
      return parseLoop(context, node);
    case "SwitchStatement":
      return {
        kind: "switch",
        value: parseExpression(context, node.discriminant),
        cases: node.cases.map((one) => ({
          value: one.test ? parseExpression(context, one.test) : undefined,
          body: parseStatements(context, one.consequent),
          span: spanOf(context, one),
        })),
        span,
      };
    case "LabeledStatement":
      return {
        kind: "labeled",
        label: nameOf(context, node.label),
        body: parseStatement(context, node.body),
        span,
      };
    case "BreakStatement":
    case "ContinueStatement":
      return {
        kind: "jump",
        word: node.type === "BreakStatement" ? "break" : "continue",
        label: node.label ? nameOf(context, node.label) : undefined,
        span,
      };
    case "ReturnStatement":
      return {
        kind: "return",
        value: node.argument ? parseExpression(context, node.argument) : undefined,
        span,
      };
    case "ForInStatement":
      return refuse(context, node, "forIn", { word: "in" });
    case "ForOfStatement":
      return refuse(context, node, "forIn", { word: "of" });
    case "ThrowStatement":
    case "TryStatement":
      return refuse(context, node, "exception");
    default:
      if (node.type in topLevelOnly) {
        const what = topLevelOnly[node.type as keyof typeof topLevelOnly];
        return refuse(context, node, "nestedDeclaration", { what });
      }
      return refuse(context, node, "otherStatement");
  }
}

function parseLoop(
  context: ParseContext,
  node: Tree.WhileStatement | Tree.DoWhileStatement | Tree.ForStatement,
): StatementNode {
  const initial: StatementNode[] = [];
  let update: Tree.Expression[] = [];
  if (node.type === "ForStatement") {
    if (node.init?.type === "VariableDeclaration") initial.push(...parseVariables(context, node.init, false));
    else if (node.init) {
      for (const part of partsOf(node.init)) {
        initial.push({
          kind: "expression",
          expression: parseExpression(context, part),
          span: spanOf(context, part),
        });
      }
    }
    if (node.update) update = partsOf(node.update);
  }
  return {
    kind: "loop",
    initial,
    condition: node.test ? parseExpression(context, node.test) : undefined,
    bodyFirst: node.type === "DoWhileStatement",
    update: update.map((part) => parseExpression(context, part)),
    body: parseStatement(context, node.body),
    span: spanOf(context, node),
  };
}

/** `i++, j--` in a `for` is two expressions. */
function partsOf(node: Tree.Expression): Tree.Expression[] {
  if (node.type === "ParenthesizedExpression") return partsOf(node.expression);
  return node.type === "SequenceExpression" ? node.expressions : [node];
}

/** One declaration for each declarator. `isDeclared`: of a virtual module, which has types and no values. */
export function parseVariables(
  context: ParseContext,
  node: Tree.VariableDeclaration,
  exported: boolean,
  isDeclared = false,
): VariableDeclaration[] {
  if (node.kind === "var") refuse(context, { start: node.start, end: node.start + 3 }, "var");
  else if (node.kind !== "let" && node.kind !== "const") refuse(context, node, "otherStatement");
  if (node.declare && !isDeclared) refuse(context, node, "declare");
  const variables: VariableDeclaration[] = [];
  for (const declarator of node.declarations) {
    const { id, init } = declarator;
    if (id.type !== "Identifier") {
      refuse(context, id, "destructuring");
      continue;
    }
    const name = nameOf(context, id);
    if (!init && !isDeclared && !node.declare) {
      refuse(context, name.span, "missingValue", { name: name.text });
    }
    const error = { kind: "error", span: name.span } as const;
    variables.push({
      kind: "variable",
      name,
      exported,
      isConstant: node.kind === "const",
      type: id.typeAnnotation ? parseType(context, id.typeAnnotation.typeAnnotation) : undefined,
      value: init ? parseExpression(context, init) : isDeclared ? undefined : error,
      span: spanOf(context, declarator),
    });
  }
  return variables;
}
