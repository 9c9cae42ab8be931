/**
 * The three ways in which something fails.
 *
 * A program or a site at fault collects *diagnostics* and ends in a `DiagnosticError` (exit code 1); a command or an
 * environment at fault is a `UserError` (exit code 2, or 1 when the input is meant); anything else is a
 * bug of ours (exit code 70).
 */

/** The command, the environment or the input is at fault: one sentence says what, where and what to try. */
export class UserError extends Error {
  /** 1: the input is at fault; 2: the command line or the environment. */
  readonly exitCode: 1 | 2;
  /** What to try, when we know. */
  readonly help: string | undefined;

  constructor(message: string, options: { exitCode?: 1 | 2; help?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "UserError";
    this.exitCode = options.exitCode ?? 2;
    this.help = options.help;
  }
}

/** An assertion of ours failed. */
export class Bug extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Bug";
  }
}

/** Throws a Bug unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Bug(message);
}

/** For the `default` of an exhaustive switch. */
export function never(value: never): never {
  throw new Bug(`unexpected case: ${JSON.stringify(value)}`);
}
