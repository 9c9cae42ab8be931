/**
 * Folders: made, removed, listed. The kernel hands out as many entries as fit (getdents64(2)), in no order; a `Folder` has room for some and asks
 * for more when they are used up. The record of an entry is the same on every machine.
 *
 * ```
 * const folder = zeroed<Folder>();
 * …
 * if (folder.open(path) < 0) fail("no such folder\n");
 * for (let entry = folder.next(); entry !== null; entry = folder.next()) {
 *   printText(address(entry.name));
 *   print("\n");
 * }
 * folder.close();
 * ```
 */

import { SYS_getdents64, SYS_mkdirat, SYS_unlinkat } from "microlith:target";
import { AT_FDCWD, closeFile, openFile } from "./files.ts";

const AT_REMOVEDIR = 0x200;
/** Before the umask. */
const everything = 0o777;
/** A name has up to 255 bytes, so this is enough for one entry at least. */
const entryWords = 256;

/** `struct linux_dirent64`; the next one follows behind its name. */
export class FolderEntry {
  inode: u64;
  offset: u64;
  /** All of this entry, a multiple of 8. */
  length: u16;
  /** The upper four bits of a mode. */
  type: u8;
  /** Ends in a zero byte. */
  name: Fixed<u8, 5>;

  /** S_IFREG, S_IFDIR and so on, as of a `FileStatus`; a link's is its own. Some file systems do not tell, and say 0. */
  kind(): u32 {
    return (this.type as u32) << 12;
  }

  /** Whether this is the folder itself or the one above it. */
  isDots(): bool {
    const name = this.name;
    return name[0] === byte(".") && (name[1] === 0 || (name[1] === byte(".") && name[2] === 0));
  }
}

export class Folder {
  descriptor: i32;
  /** Among the entries that have been read: the next one, and where they end. */
  at: u32;
  end: u32;
  entries: Fixed<u64, typeof entryWords>;

  /** Returns 0 or more, or a negative errno: -20 (ENOTDIR) when a file is there. */
  open(path: usize): i32 {
    this.descriptor = openFile(path);
    if (this.descriptor < 0) return this.descriptor;
    const length = this.readEntries();
    if (length < 0) this.close();
    return length;
  }

  /** An entry, but neither `.` nor `..`, until `next` is called again; null when there are no more. */
  next(): FolderEntry | null {
    for (;;) {
      if (this.at === this.end && this.readEntries() <= 0) return null;
      const entry = reference<FolderEntry>(this.at);
      this.at += entry.length;
      if (!entry.isDots()) return entry;
    }
  }

  /** Returns how many bytes, 0 at the end, or a negative errno. */
  readEntries(): i32 {
    const length = syscall(SYS_getdents64, this.descriptor, this.entries, entryWords * 8) as i32;
    this.at = address(this.entries);
    this.end = this.at + (length as u32);
    return length;
  }

  close(): void {
    closeFile(this.descriptor);
  }
}

/** Mode 0777 before the umask. Returns 0 or a negative errno: -17 (EEXIST) when something is there. */
export function makeFolder(path: usize): i32 {
  return syscall(SYS_mkdirat, AT_FDCWD, path, everything) as i32;
}

/** Returns 0 or a negative errno: -39 (ENOTEMPTY) when it has entries. */
export function removeFolder(path: usize): i32 {
  return syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR) as i32;
}
