// Text: lengths, comparisons, numbers, searches.
//
// args: hello 0 4294967294 4294967295 12a -1 99999999999
// expect: 5 0
// expect: true false true false
// expect: true false false
// expect: 0 4294967294
// expect: true true true true true
// expect: hel 3
// expect: 2 5 2 5 0

import {
  argument,
  copyText,
  equalText,
  find,
  findByte,
  invalidNumber,
  parseDecimal,
  print,
  printDecimal,
  standardOutput,
  startsWith,
  textLength,
  write,
} from "microlith/std";

const storage = zeroed<Fixed<u8, 16>>();

export function main(stack: usize): void {
  const hello = argument(stack, 1);
  const empty: usize = address(bytes("\0"));
  show(textLength(hello), " ");
  show(textLength(empty), "\n");
  showBool(equalText(hello, "hello"), " ");
  showBool(equalText(hello, "hell"), " ");
  showBool(equalText(empty, ""), " ");
  showBool(equalText(hello, "hello!"), "\n");
  showBool(startsWith(hello, "hell"), " ");
  showBool(startsWith(hello, "hello!"), " ");
  showBool(startsWith(hello, "e"), "\n");
  show(parseDecimal(argument(stack, 2)), " ");
  show(parseDecimal(argument(stack, 3)), "\n");
  showBool(parseDecimal(argument(stack, 4)) === invalidNumber, " ");
  showBool(parseDecimal(argument(stack, 5)) === invalidNumber, " ");
  showBool(parseDecimal(argument(stack, 6)) === invalidNumber, " ");
  showBool(parseDecimal(argument(stack, 7)) === invalidNumber, " ");
  showBool(parseDecimal(empty) === invalidNumber, "\n");
  const length = copyText(storage, hello, 3);
  write(standardOutput, storage, length);
  print(" ");
  show(length, "\n");
  copyText(storage, hello, 16);
  show(findByte(storage, 5, byte("l")), " ");
  show(findByte(storage, 5, byte("x")), " ");
  show(find(storage, 5, "llo"), " ");
  show(find(storage, 5, "llo!"), " ");
  show(find(storage, 5, ""), "\n");
}

function show(value: u32, after: string): void {
  printDecimal(value);
  print(after);
}

function showBool(value: bool, after: string): void {
  print(value ? "true" : "false");
  print(after);
}
