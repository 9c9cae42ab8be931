/**
 * The port: the first argument, else the environment's PORT, else the build's. The kernel leaves both on the initial
 * stack: the number of arguments, their addresses, a zero, the addresses of the environment's strings, a zero.
 */

import { port } from "microlith:options";
import { wordBytes } from "microlith:target";
import { refusePort } from "./socket.ts";

/** Where the address of the first argument stands; it is 0 when there is none. */
export function firstArgument(stack: usize): usize {
  return stack + 2 * wordBytes;
}

/** `argument` is where the address of the one stands that may be the port. */
export function choosePort(argument: usize): u32 {
  const given = load<usize>(argument);
  if (given !== 0) return parsePort(given);
  // From the zero behind the arguments on.
  for (let entry = argument + wordBytes; ; entry += wordBytes) {
    const text = load<usize>(entry);
    if (text === 0) return port;
    // "PORT", as four bytes of a little-endian number. The strings are followed by others, so the load is in bounds.
    if (load<u32>(text) === 0x54524f50 && load<u8>(text + 4) === byte("=")) return parsePort(text + 5);
  }
}

/** The value of the variable whose name of `length` bytes stands at `name`; 0 when it is not set. */
export function findEnvironment(stack: usize, name: Ptr<u8>, length: u32): usize {
  let entry: usize = stack + (load<usize>(stack) + 2) * wordBytes;
  for (;;) {
    const text = load<usize>(entry);
    if (text === 0) return 0;
    entry += wordBytes;
    let at: u32 = 0;
    while (at < length && name[at] === load<u8>(text + at)) at++;
    if (at === length && load<u8>(text + at) === byte("=")) return text + at + 1;
  }
}

/** Decimal, 1 to 65535. */
function parsePort(text: usize): u32 {
  let at: usize = text;
  let number: u32 = 0;
  for (;;) {
    const digit = load<u8>(at);
    if (digit === 0) break;
    const value = (digit - byte("0")) as u8;
    if (value > 9 || number > 6553) refusePort();
    number = number * 10 + value;
    at += 1;
  }
  if (number - 1 > 65534) refusePort();
  return number;
}
