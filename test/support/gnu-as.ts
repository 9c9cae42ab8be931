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

const amd64: Gnu = { prefix: "", flags: ["--64", "-Os"], directives: [".intel_syntax noprefix"] };

/** The bytes, in hex, of each line by itself; amd64 in Intel syntax. */
export function assembleRows(lines: readonly string[], gnu: Gnu = amd64): AssembledRow[] {
  const folder = mkdtempSync(join(tmpdir(), "microlith-as-"));
  try {
    const source = [...gnu.directives, ".text"];
    for (const line of lines)
      source.push("771:", line, "772:", ".pushsection .sizes", ".long 772b - 771b", ".popsection");
    const [input, object] = [join(folder, "rows.s"), join(folder, "rows.o")];
    writeFileSync(input, `${source.join("\n")}\n`);
    execFileSync(`${gnu.prefix}as`, [...gnu.flags, "-o", object, input], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const text = section(gnu, object, ".text", folder);
    const sizes = section(gnu, object, ".sizes", folder);
    const rows: { bytes: string; relocations: string[]; start: number; end: number }[] = [];
    for (let i = 0, at = 0; i < lines.length; i++) {
      const end = at + sizes.readUInt32LE(i * 4);
      rows.push({ bytes: text.toString("hex", at, end), relocations: [], start: at, end });
      at = end;
    }
    let row = 0;
    for (const { offset, text: relocation } of relocationsOf(gnu, object)) {
      while (offset >= (rows[row]?.end ?? Number.POSITIVE_INFINITY)) row++;
      const found = rows[row];
      found?.relocations.push(`${offset - found.start} ${relocation}`);
    }
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

function relocationsOf(gnu: Gnu, object: string): { offset: number; text: string }[] {
  const output = execFileSync(`${gnu.prefix}readelf`, ["-rW", object], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const text = output.slice(output.indexOf("'.rela.text'"));
  const pattern = /^([0-9a-f]{16})\s+[0-9a-f]+\s+(R_\w+)\s+[0-9a-f]+\s+(\S+) ([+-]) ([0-9a-f]+)$/gm;
  const end = text.indexOf("Relocation section", 1);
  return [...(end < 0 ? text : text.slice(0, end)).matchAll(pattern)].map((match) => ({
    offset: Number.parseInt(match[1] ?? "", 16),
    text: `${match[2]} ${match[3]}${match[4]}${Number.parseInt(match[5] ?? "", 16)}`,
  }));
}
