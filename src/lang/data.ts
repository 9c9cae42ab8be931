/**
 * Read-only data that the checker makes: string constants and tables. Equal strings are one object; its name is the
 * literal as the size map shows it.
 */

import type { DataObject } from "../base/data-object.ts";
import type { Expression } from "./checked.ts";
import type { Checker } from "./checker.ts";
import { storageAlignment, storageSize } from "./layout.ts";
import type { Span } from "./source.ts";
import { stringType } from "./type-relations.ts";
import type { Type } from "./types.ts";

const longestName = 40;

/** The value of a string constant: the address of its bytes, and their number. */
export function stringConstant(checker: Checker, bytes: Uint8Array, span: Span): Expression {
  const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  let object = checker.strings.get(key);
  if (!object) {
    object = { name: stringName(checker, bytes), kind: "constant", bytes, alignment: 1, relocations: [] };
    checker.strings.set(key, object);
  }
  return { kind: "data", object, offset: 0, length: bytes.length, type: stringType, span };
}

function stringName(checker: Checker, bytes: Uint8Array): string {
  const text = JSON.stringify(new TextDecoder().decode(bytes));
  const plain = text.length > longestName ? `${text.slice(0, longestName - 2)}…"` : text;
  let unique = plain;
  for (let count = 2; checker.takenNames.has(unique); count++) unique = `${plain} (${count})`;
  checker.takenNames.add(unique);
  return unique;
}

/** Elements in a row, little-endian, as every target stores them. */
export function tableObject(name: string, element: Type, values: readonly bigint[]): DataObject {
  const size = storageSize(element);
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    const at = index * size;
    if (size === 1) view.setUint8(at, Number(BigInt.asUintN(8, value)));
    else if (size === 2) view.setUint16(at, Number(BigInt.asUintN(16, value)), true);
    else if (size === 4) view.setUint32(at, Number(BigInt.asUintN(32, value)), true);
    else view.setBigUint64(at, BigInt.asUintN(64, value), true);
  });
  return { name, kind: "table", bytes, alignment: storageAlignment(element), relocations: [] };
}
