/**
 * What a file is: kind, size, permissions, owner, times. The call is `statx` (statx(2), Linux 4.11), the only one whose record is the same
 * on every machine, with sizes and times of 64 bits.
 */

import { SYS_statx } from "microlith:target";
import { AT_FDCWD } from "./files.ts";

const AT_EMPTY_PATH = 0x1000;
/** What every file system tells. */
const STATX_BASIC_STATS = 0x7ff;

/** What `kind` says (inode(7)). */
export const S_IFIFO = 0o010000;
export const S_IFCHR = 0o020000;
export const S_IFDIR = 0o040000;
export const S_IFBLK = 0o060000;
export const S_IFREG = 0o100000;
export const S_IFLNK = 0o120000;
export const S_IFSOCK = 0o140000;
const S_IFMT = 0o170000;

/** `struct statx_timestamp`: since 1970, UTC. */
export class FileTime {
  seconds: i64;
  nanoseconds: u32;
}

/** `struct statx` */
export class FileStatus {
  mask: u32;
  blockBytes: u32;
  attributes: u64;
  links: u32;
  user: u32;
  group: u32;
  /** Kind and permissions. */
  mode: u16;
  inode: u64;
  /** In bytes. */
  size: u64;
  /** Of 512 bytes, as many as are stored. */
  blocks: u64;
  attributesMask: u64;
  accessed: Inline<FileTime>;
  created: Inline<FileTime>;
  /** When something of this record changed. */
  changed: Inline<FileTime>;
  /** When the content changed. */
  modified: Inline<FileTime>;
  others: Fixed<u64, 16>;

  /** S_IFREG, S_IFDIR, … */
  kind(): u32 {
    return this.mode & S_IFMT;
  }

  /** The lower twelve bits of the mode: 0o644. */
  permissions(): u32 {
    return this.mode & ~S_IFMT;
  }
}

/** Of what a path leads to, through links. Returns 0 or a negative errno. */
export function fileStatus(path: usize, to: FileStatus): i32 {
  return syscall(SYS_statx, AT_FDCWD, path, 0, STATX_BASIC_STATS, to) as i32;
}

/** Of what a descriptor has open. Returns 0 or a negative errno. */
export function descriptorStatus(descriptor: i32, to: FileStatus): i32 {
  return syscall(SYS_statx, descriptor, bytes("\0"), AT_EMPTY_PATH, STATX_BASIC_STATS, to) as i32;
}
