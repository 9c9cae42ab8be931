/**
 * `--healthcheck`: the executable as a client of the server that runs beside it, for images that hold nothing else. It
 * goes to the port that the server would listen on, by the same rules, and ends with 0 when the answer's status is
 * 2xx or 3xx, with 1 when it is another, or when none comes in time.
 */

import { healthcheckRequest, healthcheckRequestBytes } from "microlith:options";
import {
  SYS_connect,
  SYS_exit_group,
  SYS_read,
  SYS_sendto,
  SYS_setsockopt,
  wordBytes,
} from "microlith:target";
import { listener, makeSocket, type SocketAddress, socketAddress } from "./socket.ts";

const SOCK_STREAM = 1;
const MSG_NOSIGNAL = 0x4000;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SO_SNDTIMEO = 21;
/** `struct timeval`: seconds and microseconds. */
const patience = table<usize>(3, 0);
const name = "--healthcheck\0";

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
  makeSocket(port, SOCK_STREAM);
  for (let option: u32 = SO_RCVTIMEO; option <= SO_SNDTIMEO; option++) {
    syscall(SYS_setsockopt, listener, SOL_SOCKET, option, patience, 2 * wordBytes);
  }
  // "Every address" is this machine. A failure shows in the next call, at last in the answer that is not there.
  syscall(SYS_connect, listener, socketAddress, sizeof<SocketAddress>());
  syscall(SYS_sendto, listener, healthcheckRequest, healthcheckRequestBytes, MSG_NOSIGNAL, 0, 0);
  answer[0] = 0;
  syscall(SYS_read, listener, answer, 16);
  // "HTTP/1.1 200": the digit that tells the class.
  syscall(SYS_exit_group, answer[0] === byte("H") && (answer[9] & 0xfe) === byte("2") ? 0 : 1);
  unreachable();
}
