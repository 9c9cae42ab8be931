/**
 * Source files and spans. A span is a pair of offsets into one file, as JavaScript counts them (UTF-16
 * units); line and column are computed when somebody prints them.
 */

export interface SourceFile {
  /** As shown to the user: relative to where they stand, or `runtime/server/main.ts`. */
  readonly path: string;
  readonly text: string;
}

export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** One-based line and column of an offset. */
export function lineAndColumn(file: SourceFile, offset: number): { line: number; column: number } {
  const before = file.text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - before.lastIndexOf("\n") };
}
