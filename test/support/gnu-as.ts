/** GNU as as a second opinion on encodings: many lines of assembly in one run. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface AssembledRow {
  readonly bytes: string;
  /** `offset kind symbol+addend` with the offset inside the row. */
  readonly relocations: readonly string[];
}

/** One of the assemblers. */
export interface Gnu {
  /** Before `as`, `objcopy` and `readelf`. */
  readonly prefix: string;
  readonly flags: readonly string[];
  /** Directives at the start of the source. */
  readonly directives: readonly string[];
}

/** 386 in Intel syntax. */
export const gnu386: Gnu = { prefix: "", flags: ["--32", "-Os"], directives: [".intel_syntax noprefix"] };

const amd64: Gnu = { prefix: "", flags: ["--64", "-Os"], directives: [".intel_syntax noprefix"] };

/** The bytes, in hex, of each line by itself; amd64 in Intel syntax. */
export function assembleRows(lines: readonly string[], gnu: Gnu = amd64): AssembledRow[] {
  const folder = mkdtempSync(join(tmpdir(), "microlith-as-"));
  try {
    const source = [...gnu.directives, ".text", ...lines.flatMap((line, row) => [`row_${row}:`, line])];
    source.push(`row_${lines.length}:`);
    const [input, object] = [join(folder, "rows.s"), join(folder, "rows.o")];
    writeFileSync(input, `${source.join("\n")}\n`);
    execFileSync(`${gnu.prefix}as`, [...gnu.flags, "-o", object, input], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const text = section(gnu, object, ".text", folder);
    const starts = rowStarts(gnu, object);
    const rows = lines.map((_, row) => {
      const [start, end] = [starts.get(row) ?? 0, starts.get(row + 1) ?? 0];
      return { bytes: "", relocations: [] as string[], start, end };
    });
    let row = 0;
    for (const { offset, text: relocation } of relocationsOf(gnu, object, text)) {
      while (offset >= (rows[row]?.end ?? Number.POSITIVE_INFINITY)) row++;
      const found = rows[row];
      found?.relocations.push(`${offset - found.start} ${relocation}`);
    }
    for (const each of rows) each.bytes = text.toString("hex", each.start, each.end);
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function section(gnu: Gnu, object: string, name: string, folder: string): Buffer {
  const out = join(folder, "section.bin");
  execFileSync(`${gnu.prefix}objcopy`, [
    "-O",
    "binary",
    "-j",
    name,
    "--set-section-flags",
    `${name}=alloc`,
    object,
    out,
  ]);
  return readFileSync(out);
}

/** Offsets of the labels, by row: symbols, because a difference of labels is the linker's to compute on some machines. */
function rowStarts(gnu: Gnu, object: string): Map<number, number> {
  const output = execFileSync(`${gnu.prefix}nm`, [object], { encoding: "utf8", maxBuffer: 1 << 28 });
  const labels = output.matchAll(/^([0-9a-f]+) t row_(\d+)$/gm);
  return new Map(Array.from(labels, ([, offset, row]) => [Number(row), Number.parseInt(offset ?? "", 16)]));
}

/** Where the addend lies in the field it is taken out of `code`, as if there were none. */
function relocationsOf(gnu: Gnu, object: string, code: Buffer): { offset: number; text: string }[] {
  const output = execFileSync(`${gnu.prefix}readelf`, ["-rW", object], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (output.includes("'.rel.text'")) return inPlaceRelocations(output, code);
  const text = output.slice(output.indexOf("'.rela.text'"));
  const pattern = /^([0-9a-f]{16})\s+[0-9a-f]+\s+(R_\w+)\s+[0-9a-f]+\s+(\S+) ([+-]) ([0-9a-f]+)$/gm;
  const end = text.indexOf("Relocation section", 1);
  return [...(end < 0 ? text : text.slice(0, end)).matchAll(pattern)].map((match) => ({
    offset: Number.parseInt(match[1] ?? "", 16),
    text: `${match[2]} ${match[3]}${match[4]}${Number.parseInt(match[5] ?? "", 16)}`,
  }));
}

function inPlaceRelocations(output: string, code: Buffer): { offset: number; text: string }[] {
  const text = output.slice(output.indexOf("'.rel.text'"));
  const end = text.indexOf("Relocation section", 1);
  const pattern = /^([0-9a-f]{8})\s+[0-9a-f]+\s+(R_\w+)\s+[0-9a-f]+\s+(\S+)$/gm;
  return [...(end < 0 ? text : text.slice(0, end)).matchAll(pattern)].map((match) => {
    const offset = Number.parseInt(match[1] ?? "", 16);
    const addend = code.readInt32LE(offset);
    code.writeInt32LE(0, offset);
    return { offset, text: `${match[2]} ${match[3]}${addend < 0 ? "-" : "+"}${Math.abs(addend)}` };
  });
}
