// The names of errors, and an end that says which.
//
// expect: ENOENT EPERM EPIPE EDQUOT
// expect: unknown error, unknown error, unknown error
// error: a note
// error: no such file: ENOENT
// exit: 1

import { errorName, failWith, openFile, print, printErrorText, printText } from "microlith/std";

export function main(): void {
  const missing = openFile(address(bytes("/missing/file\0")));
  printText(errorName(missing));
  show(" ", -1);
  show(" ", -32);
  show(" ", -122);
  show("\n", 0);
  show(", ", -4095);
  show(", ", 7);
  print("\n");
  printErrorText(address(bytes("a note\n\0")));
  failWith("no such file: ", missing);
}

function show(before: string, error: i32): void {
  print(before);
  printText(errorName(error));
}
