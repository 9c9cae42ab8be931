/**
 * The first process of a machine that has nothing but a kernel: runs the programs that lie beside it and says how they
 * ended, then starts the server there and is its client. Its console is the test's.
 */

import { AF_INET, SIOCSIFFLAGS, SYS_execve, SYS_ioctl } from "microlith:kernel";
import { SYS_clone, SYS_kill, SYS_socket, SYS_wait4 } from "microlith:target";
import {
  closeFile,
  connectTcp,
  exit,
  print,
  printDecimal,
  read,
  SIGTERM,
  sleep,
  standardOutput,
  writeAll,
} from "microlith/std";

const SOCK_DGRAM = 2;
const IFF_UP = 1;
const SIGCHLD = 17;
const loopback: u32 = 0x7f000001;
const port = 8080;

/** `struct ifreq` */
class Interface {
  name: Fixed<u8, 16>;
  flags: u16;
  rest: Fixed<u8, 22>;
}

const lo = zeroed<Interface>();
const words = zeroed<Fixed<usize, 4>>();
const answer = zeroed<Fixed<u8, 4096>>();

export function main(): i32 {
  runAndTell("/true\0", "true");
  runAndTell("/hello\0", "hello");
  raiseLoopback();
  const server = start("/server\0", "8080\0", "\0");
  if (!isHealthyInTime()) {
    print("never healthy\n");
    return 1;
  }
  print("healthy\n");
  fetchPage();
  syscall(SYS_kill, server, SIGTERM);
  tell("server", waitFor(server));
  return 0;
}

function runAndTell(path: string, name: string): void {
  tell(name, waitFor(start(path, "\0", "\0")));
}

/** `(name) ended with N`, as the kernel's `wait` has it. */
function tell(name: string, status: i32): void {
  print(name);
  print(" ended with ");
  printDecimal(status as u32);
  print("\n");
}

/** Up to two arguments; the empty text stands for none. Returns the child's number. */
function start(path: string, first: string, second: string): i32 {
  const child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) as i32;
  if (child !== 0) return child;
  words[0] = address(bytes(path));
  words[1] = first.length > 1 ? address(bytes(first)) : 0;
  words[2] = second.length > 1 ? address(bytes(second)) : 0;
  words[3] = 0;
  // The environment is the empty list at the end of the arguments.
  syscall(SYS_execve, bytes(path), words, words.add(3));
  print("not executed\n");
  exit(127);
}

function waitFor(child: i32): i32 {
  const status = scratch<Fixed<i32, 1>>();
  status[0] = -1;
  syscall(SYS_wait4, child, status, 0, 0);
  return status[0];
}

/** The kernel makes the interface and leaves it down. */
function raiseLoopback(): void {
  const socket = syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0) as i32;
  lo.name[0] = byte("l");
  lo.name[1] = byte("o");
  lo.flags = IFF_UP;
  if ((syscall(SYS_ioctl, socket, SIOCSIFFLAGS, lo) as i32) < 0) print("no loopback\n");
  closeFile(socket);
}

function isHealthyInTime(): bool {
  for (let tries: u32 = 0; tries < 100; tries++) {
    if (waitFor(start("/server\0", "--healthcheck\0", "8080\0")) === 0) return true;
    sleep(50);
  }
  return false;
}

function fetchPage(): void {
  const connection = connectTcp(loopback, port);
  const request = "GET / HTTP/1.0\r\n\r\n";
  writeAll(connection, bytes(request), request.length);
  for (let got = 1; got > 0; ) {
    got = read(connection, answer, 4096);
    if (got > 0) writeAll(standardOutput, answer, got as u32);
  }
  closeFile(connection);
}
