/**
 * Files and file descriptors. Every function gives what the kernel gives: a descriptor or a number of bytes, or a negative
 * errno. A path is the address of text that ends in a zero byte: an argument, or `address(bytes("/etc/hostname\0"))`.
 *
 * All of it is `openat`, because the newer machines have no `open`. Linux keeps 32-bit machines from opening
 * files of 2 GiB and more without O_LARGEFILE, whose value differs between 386 and arm; such files are refused there.
 */

import { SYS_close, SYS_openat, SYS_read, SYS_write } from "microlith:target";

export const standardInput: i32 = 0;
export const standardOutput: i32 = 1;
export const standardError: i32 = 2;

/** Paths are relative to the working directory. */
const AT_FDCWD = -100;
const O_WRONLY = 0o1;
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
