// Folders and what is in them: made, listed, renamed, removed. The argument is a path that does not exist yet. The names are long, so that
// the kernel hands them out in several turns.
//
// args: {file}
// expect: made 0 -17
// expect: folders 1 files 40 links 1 others 0
// expect: once each
// expect: no folder -20 closed -2
// expect: not empty -39
// expect: renamed 0 -2
// expect: moved
// expect: over it 0
// expect: removed 41 -2

import { SYS_chdir, SYS_symlinkat } from "microlith:target";
import {
  argument,
  type Buffer,
  closeFile,
  createFile,
  type Folder,
  type FolderEntry,
  makeFolder,
  openFile,
  parseDecimal,
  print,
  printSigned,
  readFile,
  removeFile,
  removeFolder,
  rename,
  S_IFDIR,
  S_IFLNK,
  S_IFREG,
  standardOutput,
  textLength,
  write,
} from "microlith/std";

const AT_FDCWD = -100;
const count = 40;
const digits = 100;

const folder = zeroed<Folder>();
const seen = zeroed<Fixed<u8, typeof count>>();
const storage = zeroed<Fixed<u8, 128>>();
const name = zeroed<Buffer>();
const got = zeroed<Fixed<u8, 16>>();

export function main(stack: usize): void {
  const path = argument(stack, 1);
  print("made ");
  printSigned(makeFolder(path));
  show(" ", makeFolder(path));
  syscall(SYS_chdir, path);
  name.use(storage, 128);
  for (let i: u32 = 0; i < count; i++) closeFile(createFile(fileName(i)));
  const inner: usize = address(bytes(".a\0"));
  makeFolder(inner);
  syscall(SYS_symlinkat, bytes("nowhere\0"), AT_FDCWD, bytes("..b\0"));
  list();

  const free = openFile(path);
  closeFile(free);
  print("no folder ");
  printSigned(folder.open(fileName(0)));
  const next = openFile(fileName(0));
  print(next === free ? " closed" : " open");
  closeFile(next);
  show(" ", folder.open(address(bytes("missing\0"))));
  show("not empty ", removeFolder(path));

  const other: usize = address(bytes("other\0"));
  print("renamed ");
  printSigned(rename(inner, other));
  show(" ", rename(inner, other));
  const content: usize = address(bytes("content\0"));
  write(createFile(content), bytes("moved\n"), 6);
  const over = rename(content, fileName(1));
  write(standardOutput, got, readFile(fileName(1), got, 16) as u32);
  show("over it ", over);

  removeFolder(other);
  removeFile(address(bytes("..b\0")));
  let removed: i32 = 0;
  for (let i: u32 = 0; i < count; i++) if (removeFile(fileName(i)) === 0) removed++;
  if (removeFolder(path) === 0) removed++;
  print("removed ");
  printSigned(removed);
  show(" ", openFile(path));
}

function list(): void {
  let folders: i32 = 0;
  let files: i32 = 0;
  let links: i32 = 0;
  let others: i32 = 0;
  folder.open(address(bytes(".\0")));
  for (let entry = folder.next(); entry !== null; entry = folder.next()) {
    switch (entry.kind()) {
      case S_IFDIR:
        folders++;
        break;
      case S_IFREG:
        files++;
        note(entry);
        break;
      case S_IFLNK:
        links++;
        break;
      default:
        others++;
    }
  }
  folder.close();
  print("folders ");
  printSigned(folders);
  print(" files ");
  printSigned(files);
  print(" links ");
  printSigned(links);
  show(" others ", others);
  let isOnce = true;
  for (let i: u32 = 0; i < count; i++) if (seen[i] !== 1) isOnce = false;
  print(isOnce ? "once each\n" : "not each, or not once\n");
}

/** Counts the file of this name. */
function note(entry: FolderEntry): void {
  const text: usize = address(entry.name);
  const number = parseDecimal(text + digits - 2);
  if (textLength(text) === digits && number < count) seen[number]++;
}

/** As many digits as that, of which the last two are the number. */
function fileName(number: u32): usize {
  name.clear();
  while (name.length < digits - 2) name.byte(byte("0"));
  name.decimal(number / 10);
  name.decimal(number % 10);
  name.byte(0);
  return address(storage);
}

function show(text: string, value: i32): void {
  print(text);
  printSigned(value);
  print("\n");
}
