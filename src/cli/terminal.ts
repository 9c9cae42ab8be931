/**
 * What goes to the terminal. Standard output carries a command's result and nothing else; everything
 * that is said beside it goes to standard error through here.
 */

import { styleText } from "node:util";
import { formatNumber } from "../base/numbers.ts";

/** A step is named only when the command has already taken this long: quick commands are silent. */
const momentMs = 1_000;

export type Style = "red" | "bold" | "dim";

/** Standard error is a terminal that wants colours (https://no-color.org). */
export function wantsColor(): boolean {
  return process.stderr.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";
}

/** `text` in a style, where colours are wanted. */
export function styled(style: Style, text: string): string {
  return wantsColor() ? styleText(style, text) : text;
}

/** Text that may hold names of files, with every control character in it written as an escape. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => {
    const known: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
    return known[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** A line beside the result. */
export function note(line: string): void {
  process.stderr.write(`${oneLine(line)}\n`);
}

/** The result: a path, a reference, JSON. */
export function result(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Names the step that begins, if the command has been at it for longer than a moment and someone is looking: a log needs the outcome only. */
export function progress(step: string): void {
  if (process.stderr.isTTY === true && performance.now() > momentMs)
    process.stderr.write(`${styled("dim", `microlith: ${step}`)}\n`);
}

/** `12,345 bytes`: exact, because every byte is looked at. */
export function formatBytes(bytes: number): string {
  return `${formatNumber(bytes)} ${bytes === 1 ? "byte" : "bytes"}`;
}
