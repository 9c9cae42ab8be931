// Files: made, appended to, read whole and in part; and what is not there. The argument is a path that does not exist yet.
//
// args: {file}
// expect: 0
// expect: onetwo
// expect: 6 3
// expect: -2 -2 -9
// expect: emptied 0

import {
  argument,
  closeFile,
  createFile,
  openAppend,
  openFile,
  print,
  printSigned,
  read,
  readFile,
  standardOutput,
  write,
  writeAll,
} from "microlith/std";

const storage = zeroed<Fixed<u8, 64>>();

export function main(stack: usize): void {
  const path = argument(stack, 1);
  const made = createFile(path);
  printSigned(writeAll(made, bytes("one"), 3));
  print("\n");
  closeFile(made);
  const more = openAppend(path);
  write(more, bytes("two"), 3);
  closeFile(more);

  const length = readFile(path, storage, 64);
  write(standardOutput, storage, length as u32);
  print("\n");
  printSigned(length);
  print(" ");
  printSigned(readFile(path, storage, 3));
  print("\n");

  const missing: usize = address(bytes("/missing/file\0"));
  printSigned(openFile(missing));
  print(" ");
  printSigned(readFile(missing, storage, 64));
  print(" ");
  printSigned(read(99, storage, 1));
  print("\n");

  closeFile(createFile(path));
  print("emptied ");
  printSigned(readFile(path, storage, 64));
  print("\n");
}
