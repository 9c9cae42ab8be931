/**
 * Files and file descriptors. Every function gives what the kernel gives: a descriptor or a number of bytes, or a negative
 * errno. A path is the address of text that ends in a zero byte: an argument, or `address(bytes("/etc/hostname\0"))`.
 *
 * All of it is `openat`, because the newer machines have no `open`. Linux keeps 32-bit machines from opening
 * files of 2 GiB and more without O_LARGEFILE, whose value differs between 386 and arm; such files are refused there.
 */

import {
  SYS__llseek,
  SYS_close,
  SYS_ftruncate,
  SYS_lseek,
  SYS_openat,
  SYS_read,
  SYS_renameat2,
  SYS_unlinkat,
  SYS_write,
  wordBytes,
} from "microlith:target";

export const standardInput: i32 = 0;
export const standardOutput: i32 = 1;
export const standardError: i32 = 2;

/** Where `seek` counts from: the start, where the descriptor is, the end. */
export const SEEK_SET = 0;
export const SEEK_CUR = 1;
export const SEEK_END = 2;

/** Paths are relative to the working directory. */
export const AT_FDCWD = -100;
const O_WRONLY = 0o1;
const O_RDWR = 0o2;
const O_CREAT = 0o100;
const O_TRUNC = 0o1000;
const O_APPEND = 0o2000;
/** Before the umask. */
const readableAndWritable = 0o666;

/** Opens for reading. */
export function openFile(path: usize): i32 {
  return syscall(SYS_openat, AT_FDCWD, path, 0, 0) as i32;
}

/** Opens for writing; an existing file is emptied. */
export function createFile(path: usize): i32 {
  return syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, readableAndWritable) as i32;
}

/** Opens for writing at the end. */
export function openAppend(path: usize): i32 {
  return syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, readableAndWritable) as i32;
}

/** Opens for reading and writing at the start; what an existing file holds is kept. */
export function openReadWrite(path: usize): i32 {
  return syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT, readableAndWritable) as i32;
}

export function closeFile(descriptor: i32): void {
  syscall(SYS_close, descriptor);
}

/** Reads up to `capacity` bytes. 0 is the end. */
export function read(descriptor: i32, to: Ptr<u8>, capacity: u32): i32 {
  return syscall(SYS_read, descriptor, to, capacity) as i32;
}

/** Writes up to `length` bytes; pipes and sockets may take fewer. */
export function write(descriptor: i32, from: Ptr<u8>, length: u32): i32 {
  return syscall(SYS_write, descriptor, from, length) as i32;
}

/** Writes all of it. Returns 0, or the negative errno that ended it. */
export function writeAll(descriptor: i32, from: Ptr<u8>, length: u32): i32 {
  let at: u32 = 0;
  while (at < length) {
    const written = write(descriptor, from.add(at as i32), length - at);
    if (written < 0) return written;
    at += written as u32;
  }
  return 0;
}

/** Reads a whole file, or its first `capacity` bytes. Returns the number of bytes, or a negative errno. */
export function readFile(path: usize, to: Ptr<u8>, capacity: u32): i32 {
  const file = openFile(path);
  if (file < 0) return file;
  let length: u32 = 0;
  let got: i32 = 0;
  do {
    got = read(file, to.add(length as i32), capacity - length);
    if (got > 0) length += got as u32;
  } while (got > 0);
  closeFile(file);
  return got < 0 ? got : (length as i32);
}

/** Moves to `offset`, counted from `whence`: SEEK_SET, SEEK_CUR or SEEK_END. Returns the place, or a negative errno. */
export function seek(descriptor: i32, offset: i64, whence: u32): i64 {
  if (wordBytes === 8) return syscall(SYS_lseek, descriptor, offset as isize, whence);
  const place = scratch<Fixed<i64, 1>>();
  const result = syscall(SYS__llseek, descriptor, (offset >> 32) as i32, offset as i32, place, whence) as i32;
  return result < 0 ? result : place[0];
}

/** Cuts a file that is open for writing, or lengthens it by zeros. Returns 0 or a negative errno. */
export function setFileLength(descriptor: i32, length: usize): i32 {
  return syscall(SYS_ftruncate, descriptor, length) as i32;
}

/** Takes a name away; the content goes with the last name, when nobody has it open. Returns 0 or a negative errno. */
export function removeFile(path: usize): i32 {
  return syscall(SYS_unlinkat, AT_FDCWD, path, 0) as i32;
}

/**
 * Gives a file or folder another name in the same file system, and takes that name from a file or empty folder that had it. Others see
 * the one or the other at any moment. Returns 0 or a negative errno.
 */
export function rename(from: usize, to: usize): i32 {
  return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0) as i32;
}
