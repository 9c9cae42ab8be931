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
  SYS_setsockopt,
  SYS_write,
  wordBytes,
} from "microlith:target";
import { listener, makeSocket, type SocketAddress, socketAddress } from "./socket.ts";

const SOCK_STREAM = 1;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SO_SNDTIMEO = 21;
/** `struct timeval`: seconds and microseconds. */
const patience = zeroed<Fixed<usize, 2>>();
/** `"HTTP/1.1 200"`: the digit that tells the class. */
const classOffset = 9;
const answer = zeroed<Fixed<u8, 16>>();
/** The third to the sixth character of the option, as a little-endian number. No port has them. */
const heal = 0x6c61_6568;

/** Whether the argument, which may be null, asks for it. */
export function isHealthcheck(argument: usize): bool {
  return argument !== 0 && load<u32>(argument + 2) === heal;
}

export function checkHealth(port: u32): never {
  makeSocket(port, SOCK_STREAM);
  patience[0] = 3;
  for (let option: u32 = SO_RCVTIMEO; option <= SO_SNDTIMEO; option++) {
    syscall(SYS_setsockopt, listener, SOL_SOCKET, option, patience, 2 * wordBytes);
  }
  // "Every address" is this machine. What fails later shows in the answer that is not there.
  if ((syscall(SYS_connect, listener, socketAddress, sizeof<SocketAddress>()) as i32) >= 0) {
    syscall(SYS_write, listener, healthcheckRequest, healthcheckRequestBytes);
    syscall(SYS_read, listener, answer, 16);
  }
  const isHealthy = answer[classOffset] >> 1 === byte("2") >> 1;
  syscall(SYS_exit_group, (isHealthy ? 0 : 1) as u32);
  unreachable();
}
