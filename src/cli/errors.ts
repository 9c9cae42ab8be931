/**
 * The end of a command that failed: what is printed, and the exit code.
 *
 * 1: the input is at fault; 2: the command line or the environment; 70: a bug of ours (EX_SOFTWARE of
 * BSD's sysexits). The library throws, and only this file decides what that looks like.
 */

import { CommanderError } from "commander";
import { UserError } from "../base/errors.ts";
import type { DiagnosticError } from "../lang/diagnostics.ts";
import { oneLine, styled, wantsColor } from "./terminal.ts";

export type ExitCode = 0 | 1 | 2 | 70;

export interface Failure {
  readonly text: string;
  readonly exitCode: ExitCode;
}

/** What to print on standard error, and the exit code, for anything that was thrown. */
export async function renderFailure(error: unknown): Promise<Failure> {
  if (isDiagnosticError(error)) {
    const { renderDiagnostics } = await import("../lang/diagnostics.ts");
    return { text: renderDiagnostics(error.diagnostics, { color: wantsColor() }), exitCode: 1 };
  }
  if (error instanceof UserError) {
    return { text: renderUserError(error.message, error.help), exitCode: error.exitCode };
  }
  if (error instanceof CommanderError) return { text: "", exitCode: error.exitCode === 0 ? 0 : 2 };
  return { text: renderBug(error), exitCode: 70 };
}

/** `microlith: error: what. help`, in one line. */
export function renderUserError(message: string, help: string | undefined): string {
  const text = help === undefined ? sentence(message) : `${sentence(message)} ${sentence(capital(help))}`;
  return `microlith: ${styled("red", "error:")} ${oneLine(text)}\n`;
}

/** What commander says about a command line, as one line of ours. */
export function renderUsageError(text: string): string {
  const line = text
    .trim()
    .replace(/^error: /, "")
    .replace(/\n\(Did you mean (.*)\?\)$/s, ". Did you mean $1?")
    .replaceAll("\n", " ");
  return renderUserError(line, undefined);
}

function renderBug(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return (
    `microlith: ${styled("red", "internal error")}: this is a bug in microlith, not in your input.\n${stack}\n` +
    "Please report it to the project, with the lines above and what you ran.\n"
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

/** By name: the front end that defines it is loaded only when something is compiled. */
function isDiagnosticError(error: unknown): error is DiagnosticError {
  return error instanceof Error && error.name === "DiagnosticError";
}
