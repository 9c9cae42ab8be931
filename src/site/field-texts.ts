/**
 * Fields that many representations have in common, stored once: the server puts them into a response as templates
 * (runtime/server/text.ts), and the heads do without. That is worth its code where there are more than a few heads.
 *
 * There are two tables, because a 304 says one without the other, and each part of several ranges has the type alone. A
 * template is known by where it ends, and so one that begins another lies within it.
 */

import type { DataObject } from "../base/data-object.ts";
import { UserError } from "../base/errors.ts";
import type { HeaderField } from "./headers.ts";

export interface FieldTexts {
  readonly types: TemplateTable;
  readonly repeated: TemplateTable;
  /** What all content says, each with the line end before it. */
  readonly ofContent: string;
  /** What a 304 repeats is here. Else, because it has no room, only what all content says is. */
  readonly hasRepeated: boolean;
}

const mostBytes = 0xffff;

/** Templates in one object, each with the line end before it. Its first bytes are two zeros: at 0 is no template, at 1 an empty one. */
export class TemplateTable {
  private readonly ends = new Map<string, number>([["", 1]]);
  private bytes = "\0\0";
  private last = "";
  private longest = 0;
  /** Something had no room. */
  isFull = false;

  /** Where `text` ends; undefined: there is no more room. */
  add(text: string): number | undefined {
    const known = this.ends.get(text);
    if (known !== undefined) return known;
    const continues = text.startsWith(this.last);
    const more = continues ? text.slice(this.last.length) : `\0${text}`;
    const end = this.bytes.length + more.length - 1;
    if (end > mostBytes) {
      this.isFull = true;
      return undefined;
    }
    this.bytes += more;
    this.last = text;
    this.longest = Math.max(this.longest, text.length);
    this.ends.set(text, end);
    return end;
  }

  /** Of the longest text. */
  get mostBytes(): number {
    return this.longest;
  }

  object(name: string): DataObject {
    const bytes = Uint8Array.from(Buffer.from(this.bytes, "latin1"));
    return { name, kind: "table", bytes, alignment: 1, relocations: [] };
  }
}

export function createFieldTexts(ofContent: string, hasRepeated = true): FieldTexts {
  const repeated = new TemplateTable();
  repeated.add(ofContent);
  return { types: new TemplateTable(), repeated, ofContent, hasRepeated };
}

/** As templates have fields: each with the line end before it. */
export function fieldTemplate(fields: readonly HeaderField[]): string {
  return fields.map(({ name, value }) => `\r\n${name}: ${value}`).join("");
}

/** Where what a 304 repeats ends; undefined: it belongs to the head. Vary stands last, because not all that is alike has it. */
export function addRepeated(texts: FieldTexts, fields: readonly HeaderField[]): number | undefined {
  if (!texts.hasRepeated) return undefined;
  const isVary = ({ name }: HeaderField): boolean => name.toLowerCase() === "vary";
  const ordered = [...fields.filter((field) => !isVary(field)), ...fields.filter(isVary)];
  return texts.repeated.add(texts.ofContent + fieldTemplate(ordered));
}

/** @throws UserError (exit code 1) when there are too many types, or too long ones */
export function addType(texts: FieldTexts, fields: readonly HeaderField[]): number {
  const end = texts.types.add(fieldTemplate(fields));
  if (end !== undefined) return end;
  throw new UserError(`the site's values of Content-Type have more than ${mostBytes} bytes`, {
    exitCode: 1,
    help: "Let _headers give fewer of them, or shorter ones.",
  });
}
