/**
 * Every byte of an executable by its owner: the functions, tables and content that it is made of, the largest
 * first. The bytes add up to the size of the file exactly.
 */

import type { Executable, ItemKind } from "../elf/executable.ts";

interface Owner {
  readonly kind: ItemKind;
  readonly name: string;
  readonly size: number;
}

const kindOrder: readonly ItemKind[] = [
  "header",
  "code",
  "constant",
  "table",
  "content",
  "storage",
  "padding",
  "debug",
];

/** A table as text: bytes, kind and owner; a sum for each kind; the whole. */
export function renderSizeMap(executable: Executable): string {
  const owners = ownersOf(executable);
  const total = executable.file.size;
  const width = String(total).length;
  const row = (bytes: number, text: string): string => `${String(bytes).padStart(width)}  ${text}`;
  const sections = kindOrder.flatMap((kind) => {
    const members = owners.filter((owner) => owner.kind === kind);
    if (members.length === 0) return [];
    const sum = members.reduce((bytes, owner) => bytes + owner.size, 0);
    return [[row(sum, kind), ...members.map((owner) => row(owner.size, `  ${owner.name}`))].join("\n")];
  });
  return `${[...sections, row(total, "the file"), ...unpackedTables(executable)].join("\n\n")}\n`;
}

/** Not of the file: what its packed tables are in memory. */
function unpackedTables({ unpacked }: Executable): readonly string[] {
  if (unpacked.length === 0) return [];
  const sum = unpacked.reduce((bytes, { size }) => bytes + size, 0);
  const width = String(sum).length;
  const rows = [...unpacked]
    .sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1))
    .map(({ name, size }) => `${String(size).padStart(width)}    ${name}`);
  return [[`${sum}  in packed tables`, ...rows].join("\n")];
}

/** A function that was taken apart has one row. */
function ownersOf(executable: Executable): readonly Owner[] {
  const owners = new Map<string, Owner>();
  for (const { kind, name, size } of executable.items) {
    const key = `${kind} ${name}`;
    owners.set(key, { kind, name, size: (owners.get(key)?.size ?? 0) + size });
  }
  return [...owners.values()].sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
}
