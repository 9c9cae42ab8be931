// What a file is, by path and by descriptor. The argument is a path that does not exist yet.
//
// args: {file}
// expect: 0 regular 1234 links 1
// expect: recent
// expect: 0 the same
// expect: 640
// expect: 0 folder
// expect: 0 device
// expect: 0 pipe
// expect: missing -2 -9

import { SYS_fchmodat } from "microlith:target";
import {
  argument,
  closeFile,
  createFile,
  descriptorStatus,
  type FileStatus,
  fileStatus,
  makePipe,
  openFile,
  print,
  printDecimal,
  printDecimal64,
  printSigned,
  removeFile,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFREG,
  S_IFSOCK,
  setFileLength,
  unixTime,
  write,
} from "microlith/std";

const AT_FDCWD = -100;
const status = zeroed<FileStatus>();
const other = zeroed<FileStatus>();
const ends = zeroed<Fixed<i32, 2>>();

export function main(stack: usize): void {
  const path = argument(stack, 1);
  const file = createFile(path);
  write(file, bytes("x"), 1);
  setFileLength(file, 1234);
  closeFile(file);
  printSigned(fileStatus(path, status));
  showKind(status);
  print(" ");
  printDecimal64(status.size);
  print(" links ");
  printDecimal(status.links);
  print("\n");
  const age = (unixTime() as i64) - status.modified.seconds;
  if (age >= 0 && age < 60 && status.modified.nanoseconds < 1_000_000_000) print("recent\n");

  const again = openFile(path);
  printSigned(descriptorStatus(again, other));
  print(other.inode === status.inode && other.size === status.size ? " the same\n" : " another\n");
  closeFile(again);
  syscall(SYS_fchmodat, AT_FDCWD, path, 0o640);
  fileStatus(path, status);
  const permissions = status.permissions();
  printDecimal((permissions >> 6) * 100 + ((permissions >> 3) & 7) * 10 + (permissions & 7));
  print("\n");
  removeFile(path);

  showPath(address(bytes("/\0")));
  showPath(address(bytes("/dev/null\0")));
  makePipe(ends);
  printSigned(descriptorStatus(ends[0], status));
  showKind(status);
  print("\nmissing ");
  printSigned(fileStatus(path, status));
  print(" ");
  printSigned(descriptorStatus(99, status));
  print("\n");
}

function showPath(path: usize): void {
  printSigned(fileStatus(path, status));
  showKind(status);
  print("\n");
}

function showKind(of: FileStatus): void {
  switch (of.kind()) {
    case S_IFREG:
      print(" regular");
      break;
    case S_IFDIR:
      print(" folder");
      break;
    case S_IFLNK:
      print(" link");
      break;
    case S_IFCHR:
    case S_IFBLK:
      print(" device");
      break;
    case S_IFIFO:
      print(" pipe");
      break;
    case S_IFSOCK:
      print(" socket");
      break;
  }
}
