/**
 * Asks V8 to optimise functions later than it would. A build is over in a few hundred milliseconds, and at its own pace V8 spends
 * as long again on optimising code that has done most of its work by then: of one core all that time, of two cores half.
 *
 * Only V8 11, which is Node 20's: later versions have a fast compiler between the interpreter and the optimising one
 * (Maglev), do better by themselves, and know the setting by other names. What runs for seconds is optimised all the same.
 */

import { setFlagsFromString } from "node:v8";

/** Bytes of bytecode that a function passes between two looks at whether it is worth optimising; V8 says 67,584. */
const budgetBytes = 400_000;

/** For the whole process, from now on. */
export function optimizeLate(): void {
  if (process.versions.v8.startsWith("11.")) setFlagsFromString(`--interrupt-budget=${budgetBytes}`);
}
