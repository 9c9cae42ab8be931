/**
 * Machine code to read: address, bytes and instruction, under the line of the program that it comes from.
 *
 * ```
 * start:
 * ; examples/hello/hello.ts:6  print("Hello World\n");
 *   400078  6a 01                 push 1
 * ```
 *
 * The order is that of the text, which is not that of the addresses where the tight layout has taken the text apart.
 */

import type { Executable, PlacedText } from "../elf/executable.ts";

export interface ListedInstruction {
  /** Offsets in the text; equal when the instruction has become nothing. */
  readonly from: number;
  readonly to: number;
  /** Of the functions and blocks that begin here. */
  readonly labels: readonly string[];
  readonly text: string;
  readonly source: SourceLine | undefined;
}

export interface SourceLine {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** Bytes in a row; those of a longer instruction continue below. */
const rowBytes = 8;

export function renderListing(executable: Executable, instructions: readonly ListedInstruction[]): string {
  const rows: string[] = [];
  let shown: SourceLine | undefined;
  for (const instruction of instructions) {
    const { labels, source } = instruction;
    for (const label of labels) {
      if (!label.startsWith(".") && rows.length > 0) rows.push("");
      rows.push(`${label}:`);
    }
    if (instruction.from === instruction.to) continue;
    if (source !== undefined && (source.path !== shown?.path || source.line !== shown.line)) {
      rows.push(`; ${source.path}:${source.line}  ${source.text.trim()}`);
      shown = source;
    }
    const piece = pieceAt(executable.text, instruction.from);
    if (piece !== undefined) rows.push(...instructionRows(executable.bytes, piece, instruction));
  }
  return `${[...rows, ...jointRows(executable)].join("\n")}\n`;
}

function pieceAt(text: readonly PlacedText[], offset: number): PlacedText | undefined {
  return text.find(({ from, to }) => offset >= from && offset < to);
}

function instructionRows(
  file: Uint8Array,
  piece: PlacedText,
  { from, to, text }: ListedInstruction,
): readonly string[] {
  const offset = piece.offset + from - piece.from;
  const bytes = file.subarray(offset, offset + to - from);
  return bytesRows(piece.address + from - piece.from, bytes, text);
}

/** Code of the linker's own: jumps from part to part. */
function jointRows({ items, bytes, addresses }: Executable): readonly string[] {
  return items.flatMap(({ kind, name, offset, size, address }) => {
    if (kind !== "code" || address === undefined || addresses.has(name)) return [];
    return ["", `; ${name}`, ...bytesRows(address, bytes.subarray(offset, offset + size), "")];
  });
}

function bytesRows(address: number, bytes: Uint8Array, text: string): readonly string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += rowBytes) {
    const hex = [...bytes.subarray(at, at + rowBytes)].map((byte) => byte.toString(16).padStart(2, "0"));
    const row = `  ${(address + at).toString(16)}  ${hex.join(" ").padEnd(rowBytes * 3)} ${at === 0 ? text : ""}`;
    rows.push(row.trimEnd());
  }
  return rows;
}
