/** The process and its host: its end, its number, its name. */

import { SYS_exit_group, SYS_getpid, SYS_uname } from "microlith:target";
import { printError } from "./print.ts";
import { copyText } from "./text.ts";

/** `struct new_utsname`: system, node, release, version, machine, domain. */
class SystemNames {
  system: Fixed<u8, 65>;
  node: Fixed<u8, 65>;
  others: Fixed<u8, 260>;
}

/** Ends the program. What is left of `status` modulo 256 is its exit status. */
export function exit(status: i32): never {
  syscall(SYS_exit_group, status);
  unreachable();
}

/** Says why on standard error and ends the program with status 1. */
export function fail(message: string): never {
  printError(message);
  exit(1);
}

export function processId(): i32 {
  return syscall(SYS_getpid) as i32;
}

/** The host's name: up to 64 bytes, as many as `capacity` allows. Returns their number. */
export function hostName(to: Ptr<u8>, capacity: u32): u32 {
  const names = scratch<SystemNames>();
  syscall(SYS_uname, names);
  return copyText(to, address(names.node), capacity);
}
