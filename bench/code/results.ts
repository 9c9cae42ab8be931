/**
 * What a run found, as tables and as measures that hold or do not.
 */

import { type Limit, ratioLimits, type SizeLimit } from "./limits.ts";

/** Bytes of machine code. */
export interface CodeSize {
  readonly subject: string;
  readonly target: string;
  readonly bytes: number;
  readonly gcc: number;
  /** amd64 only. */
  readonly clang?: number;
}

export interface FileSize extends SizeLimit {
  readonly bytes: number;
}

export interface Check extends Limit {
  readonly what: string;
  readonly measured: number;
  readonly holds: boolean;
}

/** The ratio to gcc counts for programs of some length: a few instructions more or less are half of `true`. */
const smallestForRatio = 1000;

export function checkSizes(code: readonly CodeSize[], files: readonly FileSize[]): readonly Check[] {
  const check = (what: string, measured: number, { must, aim }: Limit): Check => ({
    ...{ what, measured, must, holds: measured <= must },
    ...(aim === undefined ? {} : { aim }),
  });
  return [
    ...code.flatMap(({ subject, target, bytes, gcc }) => {
      const limit = ratioLimits[target];
      if (limit === undefined || gcc < smallestForRatio) return [];
      return [check(`${subject}, ${target}: machine code over gcc's`, bytes / gcc, limit)];
    }),
    ...files.map((file) => check(nameOf(file), file.bytes, file)),
  ];
}

function nameOf({ subject, target, layout, what }: SizeLimit): string {
  return `${subject}, ${target}, ${layout}${what === "overhead" ? ", without content" : ""}`;
}

export function renderTables(code: readonly CodeSize[], files: readonly FileSize[]): string {
  const targets = [...new Set(code.map(({ target }) => target))];
  const subjects = [...new Set(code.map(({ subject }) => subject))];
  const rows = subjects.map((subject) => [
    subject,
    ...code
      .filter((size) => size.subject === subject)
      .flatMap(({ bytes, gcc, clang }) => [
        whole(bytes),
        `${whole(gcc)}${clang === undefined ? "" : ` / ${whole(clang)}`}`,
        (bytes / gcc).toFixed(2),
      ]),
  ]);
  const head = [
    "machine code, bytes",
    ...targets.flatMap((target) => [target, target === "amd64" ? "gcc / clang" : "gcc", "ratio"]),
  ];
  const limits: Readonly<Record<string, Limit>> = ratioLimits;
  const bounds = ["must / aim", ...targets.flatMap((target) => ["", "", bound(limits[target], 2)])];
  const executables = files.map((file) => [
    nameOf(file),
    whole(file.bytes),
    bound(file, 0),
    file.bytes > file.must ? "no" : file.aim !== undefined && file.bytes <= file.aim ? "aim" : "yes",
  ]);
  return [
    table(head, [...rows, bounds]),
    table(["executable, bytes", "measured", "must / aim", "holds"], executables),
  ].join("\n");
}

function bound(limit: Limit | undefined, digits: number): string {
  if (limit === undefined) return "";
  const show = (value: number): string => (digits === 0 ? whole(value) : value.toFixed(digits));
  return limit.aim === undefined ? show(limit.must) : `${show(limit.must)} / ${show(limit.aim)}`;
}

/** The first column is text, the others are numbers. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  const rule = head.map((_, column) => (column === 0 ? "---" : "--:"));
  return [head, rule, ...rows].map(line).join("");
}

function whole(value: number): string {
  return value.toLocaleString("en-US");
}
