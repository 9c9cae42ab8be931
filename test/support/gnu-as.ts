/** GNU as for amd64 and 386 as a second opinion on encodings: many lines of assembly in one run. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface AssembledRow {
  readonly bytes: string;
  /** `offset kind symbol+addend` with the offset inside the row. */
  readonly relocations: readonly string[];
}

/** The bytes, in hex, of each line by itself, in Intel syntax. */
export function assembleRows(lines: readonly string[], word: 32 | 64 = 64): AssembledRow[] {
  const folder = mkdtempSync(join(tmpdir(), "microlith-as-"));
  try {
    const source = [".intel_syntax noprefix", ".text"];
    for (const line of lines)
      source.push("771:", line, "772:", ".pushsection .sizes", ".long 772b - 771b", ".popsection");
    const [input, object] = [join(folder, "rows.s"), join(folder, "rows.o")];
    writeFileSync(input, `${source.join("\n")}\n`);
    execFileSync("as", [`--${word}`, "-Os", "-o", object, input], { stdio: ["ignore", "pipe", "pipe"] });
    const text = section(object, ".text", folder);
    const sizes = section(object, ".sizes", folder);
    const rows: { bytes: string; relocations: string[]; start: number; end: number }[] = [];
    for (let i = 0, at = 0; i < lines.length; i++) {
      const end = at + sizes.readUInt32LE(i * 4);
      rows.push({ bytes: "", relocations: [], start: at, end });
      at = end;
    }
    let row = 0;
    for (const { offset, text: relocation } of word === 64
      ? relocationsOf(object)
      : relocationsOf386(object, text)) {
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

function section(object: string, name: string, folder: string): Buffer {
  const out = join(folder, "section.bin");
  execFileSync("objcopy", ["-O", "binary", "-j", name, "--set-section-flags", `${name}=alloc`, object, out]);
  return readFileSync(out);
}

/** Here the addend lies in the field; it is taken out, as if there were none. */
function relocationsOf386(object: string, text: Buffer): { offset: number; text: string }[] {
  const output = execFileSync("readelf", ["-rW", object], { encoding: "utf8", maxBuffer: 1 << 28 });
  const section = output.slice(output.indexOf("'.rel.text'"));
  const end = section.indexOf("Relocation section", 1);
  const pattern = /^([0-9a-f]{8})\s+[0-9a-f]+\s+(R_386_\w+)\s+[0-9a-f]+\s+(\S+)$/gm;
  return [...(end < 0 ? section : section.slice(0, end)).matchAll(pattern)].map((match) => {
    const offset = Number.parseInt(match[1] ?? "", 16);
    const addend = text.readInt32LE(offset);
    text.writeInt32LE(0, offset);
    return { offset, text: `${match[2]} ${match[3]}${addend < 0 ? "-" : "+"}${Math.abs(addend)}` };
  });
}

function relocationsOf(object: string): { offset: number; text: string }[] {
  const output = execFileSync("readelf", ["-rW", object], { encoding: "utf8", maxBuffer: 1 << 28 });
  const text = output.slice(output.indexOf("'.rela.text'"));
  const pattern = /^([0-9a-f]{16})\s+[0-9a-f]+\s+(R_X86_64_\w+)\s+[0-9a-f]+\s+(\S+) ([+-]) ([0-9a-f]+)$/gm;
  const end = text.indexOf("Relocation section", 1);
  return [...(end < 0 ? text : text.slice(0, end)).matchAll(pattern)].map((match) => ({
    offset: Number.parseInt(match[1] ?? "", 16),
    text: `${match[2]} ${match[3]}${match[4]}${Number.parseInt(match[5] ?? "", 16)}`,
  }));
}
