/**
 * Types of the ESTree to types of our syntax tree. `T | null` is `T`: references and pointers hold null anyway, and
 * `tsc` in the editor checks that a program tests for it.
 */

import type { TSType, TSTypeName, TSTypeParameterInstantiation } from "@oxc-project/types";
import type { ExpressionNode, TypeKeyword, TypeNode } from "./ast.ts";
import { nameOf, nested, type ParseContext, refuse, spanOf } from "./parse-context.ts";

export function parseType(context: ParseContext, node: TSType): TypeNode {
  return nested(context, node, () => parseTypeInside(context, node));
}

export function parseTypeArguments(
  context: ParseContext,
  node: TSTypeParameterInstantiation | null | undefined,
): readonly TypeNode[] {
  return node ? node.params.map((type) => parseType(context, type)) : [];
}

function parseTypeInside(context: ParseContext, node: TSType): TypeNode {
  const span = spanOf(context, node);
  const keyword = (name: TypeKeyword): TypeNode => ({ kind: "keyword", name, span });
  switch (node.type) {
    case "TSTypeReference": {
      if (node.typeName.type !== "Identifier") return refuse(context, node, "otherType");
      if (context.typeParameters.has(node.typeName.name)) return { kind: "error", span };
      const args = parseTypeArguments(context, node.typeArguments);
      return { kind: "named", name: nameOf(context, node.typeName), args, span };
    }
    case "TSBooleanKeyword":
      return keyword("boolean");
    case "TSStringKeyword":
      return keyword("string");
    case "TSVoidKeyword":
      return keyword("void");
    case "TSNeverKeyword":
      return keyword("never");
    case "TSNullKeyword":
      return keyword("null");
    case "TSNumberKeyword":
      return keyword("number");
    case "TSBigIntKeyword":
      return refuse(context, node, "number", { name: "bigint" });
    case "TSUnionType": {
      const others = node.types.filter((type) => type.type !== "TSNullKeyword");
      const [only] = others;
      if (others.length !== 1 || only === undefined) return refuse(context, node, "union");
      return parseType(context, only);
    }
    case "TSParenthesizedType":
      return parseType(context, node.typeAnnotation);
    case "TSLiteralType":
      if (
        node.literal.type === "Literal" &&
        typeof node.literal.value === "number" &&
        node.literal.raw !== null
      ) {
        if (/^\d+$|^0[xbo]/i.test(node.literal.raw.replaceAll("_", ""))) {
          return { kind: "literal", value: BigInt(node.literal.raw.replaceAll("_", "")), span };
        }
        return refuse(context, node, "float");
      }
      return refuse(context, node, "otherType");
    case "TSTypeQuery": {
      const value = node.exprName.type === "TSImportType" ? undefined : parseTypeName(context, node.exprName);
      return value === undefined ? refuse(context, node, "otherType") : { kind: "typeof", value, span };
    }
    case "TSArrayType":
    case "TSTupleType":
      return refuse(context, node, "arrayType");
    case "TSFunctionType":
    case "TSConstructorType":
      return refuse(context, node, "functionType");
    case "TSTypeLiteral":
    case "TSMappedType":
      return refuse(context, node, "interface");
    default:
      return refuse(context, node, "otherType");
  }
}

function parseTypeName(context: ParseContext, node: TSTypeName): ExpressionNode | undefined {
  const span = spanOf(context, node);
  if (node.type === "Identifier") return { kind: "name", text: node.name, span };
  if (node.type !== "TSQualifiedName") return undefined;
  const object = parseTypeName(context, node.left);
  return object && { kind: "member", object, name: nameOf(context, node.right), span };
}
