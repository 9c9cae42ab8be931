// Files: made, appended to, read whole and in part, sought in, cut; and what is not there. The argument is a path that does not exist yet.
//
// args: {file}
// expect: 0
// expect: onetwo
// expect: 6 3
// expect: -2 -2 -9
// expect: emptied 0
// expect: 0 4 7 -22
// expect: 5000000000 4999999999 0
// expect: abXdefg
// expect: 0 ab 0 3
// expect: kept ab
// expect: removed 0 -2

import {
  argument,
  closeFile,
  createFile,
  openAppend,
  openFile,
  openReadWrite,
  print,
  printDecimal,
  printSigned,
  printSigned64,
  read,
  readFile,
  removeFile,
  SEEK_CUR,
  SEEK_END,
  SEEK_SET,
  seek,
  setFileLength,
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

  seekAndCut(path);
  print("removed ");
  printSigned(removeFile(path));
  print(" ");
  printSigned(removeFile(path));
  print("\n");
}

function seekAndCut(path: usize): void {
  const file = openReadWrite(path);
  write(file, bytes("abcdefg"), 7);
  showPlace(seek(file, 0, SEEK_SET), " ");
  showPlace(seek(file, 4, SEEK_CUR), " ");
  showPlace(seek(file, 0, SEEK_END), " ");
  showPlace(seek(file, -8, SEEK_CUR), "\n");
  // Beyond 32 bits there is nothing, but a place.
  showPlace(seek(file, 5_000_000_000, SEEK_SET), " ");
  showPlace(seek(file, -1, SEEK_CUR), " ");
  printSigned(read(file, storage, 64));
  print("\n");
  seek(file, 2, SEEK_SET);
  write(file, bytes("X"), 1);
  seek(file, 0, SEEK_SET);
  write(standardOutput, storage, read(file, storage, 64) as u32);
  print("\n");
  // Cut to two bytes, then lengthened by three zeros.
  printSigned(setFileLength(file, 2));
  seek(file, 0, SEEK_SET);
  print(" ");
  write(standardOutput, storage, read(file, storage, 64) as u32);
  print(" ");
  setFileLength(file, 5);
  const zeros = read(file, storage, 64);
  printDecimal(storage[0] | storage[1] | storage[2]);
  print(" ");
  printSigned(zeros);
  print("\n");
  closeFile(file);
  const kept = openReadWrite(path);
  read(kept, storage, 64);
  closeFile(kept);
  print("kept ");
  write(standardOutput, storage, 2);
  print("\n");
}

function showPlace(place: i64, after: string): void {
  printSigned64(place);
  print(after);
}
