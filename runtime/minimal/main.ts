/**
 * The smallest server that is still an honest one: one page, GET only, one connection at a time, which is closed after its
 * answer. docs/server.md says what it does and what it leaves out.
 *
 * Every wait is the kernel's, and limited: the listener's time limits are inherited by what it accepts. Accepting has one
 * too, so that the loop comes round and looks for signals, which stay blocked. A head may arrive in any pieces, but not
 * in any number of them; an answer is one write, which is cut off when its time is over. Then the write side is closed and the
 * rest of what the client sends is read, so that no reset overtakes the answer. A second request in it is parsed
 * too and changes nothing: nothing can be written any more.
 *
 * There is no writable segment, whose header would be larger than what it saves: what has to be written lies on the
 * stack, below everything that the code uses of it, in pages that are zero at the start. They are there: the kernel maps 128 KiB.
 */

import { hostAddress, hostFamily, port } from "microlith:options";
import { answer, answerBytes, closeBytes, closeOffset, path, pathBytes } from "microlith:page";
import {
  SYS_accept4,
  SYS_bind,
  SYS_close,
  SYS_exit,
  SYS_listen,
  SYS_read,
  SYS_rt_sigprocmask,
  SYS_rt_sigtimedwait,
  SYS_setsockopt,
  SYS_shutdown,
  SYS_socket,
  SYS_write,
  wordBytes,
} from "microlith:target";

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SHUT_WR = 1;
const SOL_SOCKET = 1;
const IPPROTO_TCP = 6;
/** Three bits of level, five of number; the order in which they are set is from the lowest byte. */
const SO_RCVTIMEO = (20 << 3) | SOL_SOCKET;
const TCP_DEFER_ACCEPT = (9 << 3) | IPPROTO_TCP;
const SO_SNDTIMEO = (21 << 3) | SOL_SOCKET;
const SO_REUSEADDR = (2 << 3) | SOL_SOCKET;
const options: u32 = SO_RCVTIMEO | (TCP_DEFER_ACCEPT << 8) | (SO_SNDTIMEO << 16) | (SO_REUSEADDR << 24);
/** Seconds: of the first option, and more for each that follows. */
const firstSeconds = 2;
const moreSeconds = 9;

/** `sigset_t`: bit n is signal n + 1. */
const ending = (1 << (2 - 1)) | (1 << (15 - 1));
const SIGPIPE = 1 << (13 - 1);
const sigsetBytes = 8;

/** What lies where from the bottom of the memory: at most two words each, then `struct sockaddr_in6`, then the head. */
const signalsAt = 0;
const timeAt = 16;
const zeroAt = 32;
const addressAt = 48;
const addressBytes = 28;
const hostBytes = hostFamily === AF_INET ? 4 : 16;
const hostAt = addressAt + (hostFamily === AF_INET ? 4 : 8);
const headAt = 80;
/** A head that reaches this is too long; a read may go beyond it, and so may the next one. */
const headEnd = 0x4000;
const readBytes = 0x4000;
const memoryBytes = 0x1_0000;

/** More than the bytes of a short request that comes byte by byte. */
const pieces = 127;
const emptyLine = 0x0a0d0a0d;
const GET = 0x20544547;
/** A slash, and a space or question mark. */
const ROOT = 0x202f;
const ROOT_QUERY = 0x3f2f;
const statusBytes = 34;

export function main(stack: usize): never {
  const memory: usize = (stack - memoryBytes) & ~15;
  store<u16>(memory + signalsAt, ending | SIGPIPE);
  syscall(SYS_rt_sigprocmask, 0, memory + signalsAt, 0, sigsetBytes);
  store<u8>(memory + signalsAt + 1, ending >> 8);
  const listener = listen(memory, choosePort(load<usize>(stack + 2 * wordBytes)));
  for (;;) {
    if ((syscall(SYS_rt_sigtimedwait, memory + signalsAt, 0, memory + zeroAt, sigsetBytes) as i32) > 0)
      exit(0);
    serve(memory, syscall(SYS_accept4, listener, 0, 0, 0));
  }
}

/** Decimal; without an argument the build's. */
function choosePort(argument: usize): u32 {
  if (argument === 0) return port;
  let at = argument;
  let number: u32 = 0;
  do {
    number = number * 10 + load<u8>(at) - byte("0");
    at += 1;
  } while (load<u8>(at) !== 0);
  return number;
}

/** A socket for IPv6 and IPv4 where the kernel has both. */
function listen(memory: usize, number: u32): isize {
  let family: u32 = hostFamily === AF_INET ? AF_INET : AF_INET6;
  let listener = syscall(SYS_socket, family, SOCK_STREAM, 0);
  if (hostFamily === 0 && listener < 0) {
    family = AF_INET;
    listener = syscall(SYS_socket, family, SOCK_STREAM, 0);
  }
  store<u8>(memory + timeAt, firstSeconds);
  let option = options;
  do {
    syscall(SYS_setsockopt, listener, option & 7, (option >> 3) & 31, memory + timeAt, 2 * wordBytes);
    store<u8>(memory + timeAt, load<u8>(memory + timeAt) + moreSeconds);
    option >>= 8;
  } while (option !== 0);
  // The port in network order, in the upper half. A number that is no port spoils the family.
  store<u32>(memory + addressAt, family | byteSwap(number));
  if (hostFamily !== 0) {
    for (let i: u32 = 0; i < hostBytes; i++) store<u8>(memory + hostAt + i, hostAddress[i]);
  }
  if ((syscall(SYS_bind, listener, memory + addressAt, addressBytes) as i32) < 0) exit(2);
  syscall(SYS_listen, listener, 127);
  return listener;
}

/** All that happens to a connection. Where there is none, every call fails. */
function serve(memory: usize, connection: isize): void {
  let at = memory + headAt;
  let piece: u32 = pieces;
  do {
    const count = syscall(SYS_read, connection, at, readBytes);
    if (count <= 0) break;
    // A head that is too long, or one that has been answered: what comes is passed over.
    if (at < memory + headEnd) {
      const end = at + (count as usize);
      while (at !== end) {
        if (load<u32>(at - 3) === emptyLine) {
          respond(memory + headAt, connection);
          at = memory + headEnd;
          break;
        }
        at += 1;
      }
    }
    piece--;
  } while (piece !== 0);
  syscall(SYS_close, connection);
}

function respond(head: usize, connection: isize): void {
  if (load<u32>(head) !== GET) refuse(connection, bytes("HTTP/1.1 501 \r\nContent-Length: 0\r\n"));
  else if (!isPage(head + 4)) refuse(connection, bytes("HTTP/1.1 404 \r\nContent-Length: 0\r\n"));
  else syscall(SYS_write, connection, answer, answerBytes);
  syscall(SYS_shutdown, connection, SHUT_WR);
}

/** A status and no content. */
function refuse(connection: isize, status: Ptr<u8>): void {
  syscall(SYS_write, connection, status, statusBytes);
  syscall(SYS_write, connection, answer.add(closeOffset), closeBytes);
}

/** Whether the target is the page's path, with or without a query. */
function isPage(target: usize): bool {
  let at: u32 = 0;
  if (pathBytes === 1) {
    const start = load<u16>(target);
    return start === ROOT || start === ROOT_QUERY;
  }
  while (at !== pathBytes) {
    if (load<u8>(target + at) !== path[at]) return false;
    at++;
  }
  return load<u8>(target + at) === byte(" ") || load<u8>(target + at) === byte("?");
}

function exit(status: u32): never {
  syscall(SYS_exit, status);
  unreachable();
}
