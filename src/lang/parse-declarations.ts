/**
 * Declarations of the ESTree to declarations of our syntax tree: functions, classes, enums, groups of constants,
 * type aliases. Imports and exports are parse-modules' part.
 */

import type * as Tree from "@oxc-project/types";
import type {
  AliasDeclaration,
  ClassDeclaration,
  FieldNode,
  FunctionDeclaration,
  GroupDeclaration,
  Name,
  TypeNode,
  VariableDeclaration,
} from "./ast.ts";
import { nameOf, type ParseContext, refuse, spanOf } from "./parse-context.ts";
import { parseExpression } from "./parse-expressions.ts";
import { parseStatements } from "./parse-statements.ts";
import { parseType } from "./parse-types.ts";

export function parseFunction(
  context: ParseContext,
  node: Tree.Function,
  exported: boolean,
): FunctionDeclaration | undefined {
  if (!node.id) return undefined;
  return functionOf(context, node, nameOf(context, node.id), exported, false);
}

function functionOf(
  context: ParseContext,
  node: Tree.Function,
  name: Name,
  exported: boolean,
  isStatic: boolean,
): FunctionDeclaration {
  if (node.async || node.generator) refuse(context, name.span, "async");
  if (node.declare || !node.body) refuse(context, name.span, "declare");
  refuseGeneric(context, node.typeParameters);
  const parameters: { name: Name; type: TypeNode }[] = [];
  for (const parameter of node.params) {
    const one = parseParameter(context, parameter);
    if (one) parameters.push(one);
  }
  const result: TypeNode = node.returnType
    ? parseType(context, node.returnType.typeAnnotation)
    : refuse(context, name.span, "untypedResult", { name: name.text });
  const body = node.body ? parseStatements(context, node.body.body) : [];
  return {
    kind: "function",
    name,
    exported,
    isStatic,
    parameters,
    result,
    body,
    span: spanOf(context, node),
  };
}

function parseParameter(
  context: ParseContext,
  node: Tree.ParamPattern,
): { readonly name: Name; readonly type: TypeNode } | undefined {
  switch (node.type) {
    case "RestElement":
      refuse(context, node, "spread");
      return undefined;
    case "TSParameterProperty":
      refuse(context, node, "modifier", { modifier: node.accessibility ?? "readonly" });
      return undefined;
    case "AssignmentPattern": {
      refuse(context, node, "defaultValue");
      const { left } = node;
      return left.type === "Identifier" ? typedParameter(context, left) : undefined;
    }
    case "Identifier":
      if ((node as { optional?: boolean }).optional) refuse(context, node, "defaultValue");
      if (node.name === "this") {
        refuse(context, node, "modifier", { modifier: "this" });
        return undefined;
      }
      return typedParameter(context, node);
    default:
      refuse(context, node, "destructuring");
      return undefined;
  }
}

function typedParameter(
  context: ParseContext,
  node: Tree.BindingIdentifier,
): { readonly name: Name; readonly type: TypeNode } {
  const name = nameOf(context, node);
  const type = node.typeAnnotation
    ? parseType(context, node.typeAnnotation.typeAnnotation)
    : refuse(context, name.span, "untypedParameter", { name: name.text });
  return { name, type };
}

export function parseClass(
  context: ParseContext,
  node: Tree.Class,
  exported: boolean,
): ClassDeclaration | undefined {
  if (!node.id) return undefined;
  if (node.superClass) refuse(context, node.superClass, "inheritance");
  else if (node.implements?.[0]) refuse(context, node.implements[0], "inheritance");
  else if (node.abstract) refuse(context, node.id, "inheritance");
  refuseGeneric(context, node.typeParameters);
  if (node.decorators[0]) refuse(context, node.decorators[0], "decorator");
  const fields: FieldNode[] = [];
  const methods: FunctionDeclaration[] = [];
  const constants: VariableDeclaration[] = [];
  for (const member of node.body.body) {
    if ("decorators" in member && member.decorators[0]) refuse(context, member.decorators[0], "decorator");
    if (member.type === "MethodDefinition") {
      const method = parseMethod(context, member);
      if (method) methods.push(method);
    } else if (member.type === "PropertyDefinition") {
      if (member.static) {
        const constant = parseStatic(context, member);
        if (constant) constants.push(constant);
      } else {
        const field = parseField(context, member);
        if (field) fields.push(field);
      }
    } else if (member.type === "AccessorProperty") refuse(context, member, "accessor");
    else if (member.type.startsWith("TSAbstract")) refuse(context, member, "inheritance");
    else refuse(context, member, "classMember");
  }
  const name = nameOf(context, node.id);
  return { kind: "class", name, exported, fields, methods, constants, span: spanOf(context, node) };
}

function parseMethod(context: ParseContext, member: Tree.MethodDefinition): FunctionDeclaration | undefined {
  const name = memberName(context, member);
  if (!name) return undefined;
  if (member.kind === "constructor") {
    refuse(context, name.span, "constructor");
    return undefined;
  }
  if (member.kind !== "method") {
    refuse(context, name.span, "accessor");
    return undefined;
  }
  return functionOf(context, member.value, name, false, member.static);
}

function parseField(context: ParseContext, member: Tree.PropertyDefinition): FieldNode | undefined {
  const name = memberName(context, member);
  if (!name) return undefined;
  if (member.value) refuse(context, member.value, "fieldValue");
  const type = member.typeAnnotation
    ? parseType(context, member.typeAnnotation.typeAnnotation)
    : refuse(context, name.span, "untypedField", { name: name.text });
  return { name, type, isReadonly: member.readonly === true };
}

function parseStatic(
  context: ParseContext,
  member: Tree.PropertyDefinition,
): VariableDeclaration | undefined {
  const name = memberName(context, member);
  if (!name) return undefined;
  if (!member.readonly || !member.value) {
    refuse(context, name.span, "staticVariable");
    return undefined;
  }
  return {
    kind: "variable",
    name,
    exported: false,
    isConstant: true,
    type: member.typeAnnotation ? parseType(context, member.typeAnnotation.typeAnnotation) : undefined,
    value: parseExpression(context, member.value),
    span: spanOf(context, member),
  };
}

/** The plain name of a member without modifiers that mean nothing here. */
function memberName(
  context: ParseContext,
  member: Tree.MethodDefinition | Tree.PropertyDefinition,
): Name | undefined {
  if (member.computed || member.key.type !== "Identifier") {
    refuse(context, member.key, "memberName");
    return undefined;
  }
  const name = nameOf(context, member.key);
  const optional = member.optional ? "?" : undefined;
  const modifier = member.accessibility ?? (member.override ? "override" : optional);
  if (modifier) refuse(context, name.span, "modifier", { modifier });
  return name;
}

export function parseEnum(
  context: ParseContext,
  node: Tree.TSEnumDeclaration,
  exported: boolean,
): GroupDeclaration {
  if (node.declare) refuse(context, node, "declare");
  const members: GroupMember[] = [];
  for (const member of node.body.members) {
    if (member.computed || member.id.type !== "Identifier") {
      refuse(context, member.id, "memberName");
      continue;
    }
    const { initializer } = member;
    const value = initializer ? parseExpression(context, initializer) : undefined;
    members.push({ name: nameOf(context, member.id), value });
  }
  const name = nameOf(context, node.id);
  return { kind: "group", name, exported, isEnum: true, members, span: spanOf(context, node) };
}

type GroupMember = GroupDeclaration["members"][number];

/** `const S = { A: 0, B: 1 } as const`; undefined when the declarator has another form. */
export function parseGroup(
  context: ParseContext,
  node: Tree.VariableDeclarator,
  exported: boolean,
): GroupDeclaration | undefined {
  const { id, init } = node;
  if (id.type !== "Identifier" || id.typeAnnotation || init?.type !== "TSAsExpression") return undefined;
  if (init.expression.type !== "ObjectExpression" || !isConst(init.typeAnnotation)) return undefined;
  const members: GroupMember[] = [];
  for (const property of init.expression.properties) {
    if (
      property.type !== "Property" ||
      property.kind !== "init" ||
      property.computed ||
      property.method ||
      property.shorthand ||
      property.key.type !== "Identifier"
    ) {
      refuse(context, property, "groupMember");
      continue;
    }
    members.push({ name: nameOf(context, property.key), value: parseExpression(context, property.value) });
  }
  const name = nameOf(context, id);
  return { kind: "group", name, exported, isEnum: false, members, span: spanOf(context, node) };
}

function isConst(type: Tree.TSType): boolean {
  return (
    type.type === "TSTypeReference" && type.typeName.type === "Identifier" && type.typeName.name === "const"
  );
}

export function parseAlias(
  context: ParseContext,
  node: Tree.TSTypeAliasDeclaration,
  exported: boolean,
): AliasDeclaration {
  refuseGeneric(context, node.typeParameters);
  const type = parseType(context, node.typeAnnotation);
  return { kind: "alias", name: nameOf(context, node.id), exported, type, span: spanOf(context, node) };
}

function refuseGeneric(
  context: ParseContext,
  node: Tree.TSTypeParameterDeclaration | null | undefined,
): void {
  if (!node) return;
  refuse(context, node, "generic");
  for (const { name } of node.params) context.typeParameters.add(name.name);
}
