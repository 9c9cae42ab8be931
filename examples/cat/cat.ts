/** `cat FILE…`: writes files one after the other to standard output; `-`, or no file at all, is standard input. */

import {
  argument,
  argumentCount,
  closeFile,
  equalText,
  exit,
  openFile,
  printError,
  read,
  standardInput,
  standardOutput,
  writeAll,
} from "microlith/std";

const capacity = 65_536;
const buffer = zeroed<Fixed<u8, typeof capacity>>();

export function main(stack: usize): i32 {
  const count = argumentCount(stack);
  if (count < 2) return copyAll(standardInput) ? 0 : 1;
  let status: i32 = 0;
  for (let i: u32 = 1; i < count; i++) {
    const path = argument(stack, i);
    const file = equalText(path, "-") ? standardInput : openFile(path);
    if (file < 0 || !copyAll(file)) {
      printError("cat: a file cannot be read\n");
      status = 1;
    }
    if (file > 0) closeFile(file);
  }
  return status;
}

/** Whether it could be read to its end. Ends the program when nobody takes the output. */
function copyAll(file: i32): bool {
  for (;;) {
    const length = read(file, buffer, capacity);
    if (length <= 0) return length === 0;
    if (writeAll(standardOutput, buffer, length as u32) < 0) exit(1);
  }
}
