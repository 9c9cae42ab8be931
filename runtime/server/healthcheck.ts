/**
 * `--healthcheck`: the executable as a client of the server that runs beside it, for images that hold nothing else. It goes to the
 * port that the server would listen on, by the same rules, and ends with 0 when the answer's status is 2xx or 3xx,
 * with 1 when it is another, or when none comes in time.
 */

import { healthcheckRequest } from "microlith:options";
import { SYS_connect, SYS_exit_group, SYS_read, SYS_setsockopt, SYS_write, wordBytes } from "microlith:target";
import { makeSocket, socketAddress, sizeOfSocketAddress } from "./socket.ts";

const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SO_SNDTIMEO = 21;
/** `struct timeval`: seconds and microseconds. */
const patience = table<usize>(3, 0);
const name = "--healthcheck\0";
/** "HTTP/1.1 200": the digit that tells the status class. */
const classAt = 9;

/** Whether the first argument asks for it. */
export function isHealthcheck(stack: usize): bool {
  if (load<usize>(stack) < 2) return false;
  const argument = load<usize>(stack + 2 * wordBytes);
  for (let i: u32 = 0; i < name.length; i++) {
    if (load<u8>(argument + i) !== bytes(name)[i]) return false;
  }
  return true;
}

export function checkHealth(port: u32): never {
  const answer = scratch<Fixed<u8, 16>>();
  const socket = makeSocket(port);
  syscall(SYS_setsockopt, socket, SOL_SOCKET, SO_RCVTIMEO, patience, 2 * wordBytes);
  syscall(SYS_setsockopt, socket, SOL_SOCKET, SO_SNDTIMEO, patience, 2 * wordBytes);
  // To "every address" is to this machine.
  syscall(SYS_connect, socket, socketAddress, sizeOfSocketAddress);
  syscall(SYS_write, socket, healthcheckRequest, 1);
  unreachable();
}
