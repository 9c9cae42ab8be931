/**
 * The same program by other compilers: its IR printed as C (`--emit c`), compiled for size. The bytes of its text are counted after the
 * linker has dropped what nobody reaches; constants lie elsewhere on both sides.
 */

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cFlags } from "../../src/ir/print-c.ts";
import type { Machine } from "../../test/support/machines.ts";
import type { Ground } from "./subjects.ts";

const sections: readonly string[] = ["-ffunction-sections", "-fdata-sections"];

/** clang would put memcpy, which is not there, in place of loops, and does not know all of gcc's flags. */
const clangFlags: readonly string[] = ["-Oz", "-fno-builtin", "-Wno-everything"];

/** Bytes of the text that the machine's gcc makes with -Os. */
export function gccBytes(ground: Ground, source: string, machine: Machine): number {
  return textBytes(ground, source, machine.compiler, [...cFlags, ...machine.compilerFlags, ...sections]);
}

/** Bytes of the text that clang makes with -Oz for amd64. */
export function clangBytes(ground: Ground, source: string): number {
  const flags = cFlags.filter(
    (flag) => flag !== "-Os" && !flag.startsWith("-W") && !flag.includes("tree-loop"),
  );
  return textBytes(ground, source, "clang", [...flags, ...clangFlags, ...sections, "-Wl,--gc-sections"]);
}

function textBytes(ground: Ground, source: string, compiler: string, flags: readonly string[]): number {
  const [c, elf] = [join(ground.folder, "program.c"), join(ground.folder, "program.elf")];
  writeFileSync(c, source);
  execFileSync(compiler, [...flags, "-o", elf, c, "-lgcc"], { stdio: ["ignore", "ignore", "pipe"] });
  return sectionBytes(execFileSync("readelf", ["-SW", elf], { encoding: "utf8" }), ".text");
}

/** Reads the row of a section: number, name, type, address, offset and size, the last three hexadecimal. */
function sectionBytes(table: string, name: string): number {
  const row = table.split("\n").find((line) => line.includes(`] ${name} `));
  const [, , , size] = row?.slice(row.indexOf(name)).trim().split(/\s+/).slice(1) ?? [];
  const bytes = Number.parseInt(size ?? "", 16);
  if (!Number.isInteger(bytes)) throw new Error(`readelf found no ${name}`);
  return bytes;
}
