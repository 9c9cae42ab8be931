// System calls: results that are errors, six arguments, none, null and negative arguments, pointers to classes.
//
// expect: close -9
// expect: receive -9
// expect: read -9
// expect: empty 0
// expect: hi
// expect: written 3
// expect: compare negative
// exit: 3

import { SYS_close, SYS_exit, SYS_read, SYS_recvfrom, SYS_write } from "microlith:target";
import { flush, put, show, text } from "./support/print.ts";

class Message {
  first: u8;
  second: u8;
  end: u8;
}

const message = zeroed<Message>();

export function main(): void {
  show("close", syscall(SYS_close, -1) as i64);
  show("receive", syscall(SYS_recvfrom, -1, message, 3, 0, null, null) as i64);
  const descriptor: i32 = -1;
  show("read", syscall(SYS_read, descriptor, message, sizeof<Message>()) as i64);
  show("empty", syscall(SYS_write, 1, message, 0) as i64);
  flush();
  message.first = 104;
  message.second = 105;
  message.end = 10;
  const written = syscall(SYS_write, 1, message, 3);
  show("written", written as i64);
  const result = syscall(SYS_close, 1000);
  text("compare ");
  text(result < 0 ? "negative" : "positive");
  put(10);
  flush();
  syscall(SYS_exit, 3);
}
