/**
 * The port: the first argument, else the environment's PORT, else the build's. The kernel leaves both on the initial
 * stack: the number of arguments, their addresses, a zero, the addresses of the environment's strings, a zero.
 */

import { hasEnvironment, port } from "microlith:options";
import { wordBytes } from "microlith:target";
import { refusePort } from "./socket.ts";

/** Where the address of the first argument stands; it is 0 when there is none. */
export function firstArgument(stack: usize): usize {
  return stack + 2 * wordBytes;
}

/** Where the addresses of the environment's strings begin. */
let environment: usize = 0;

/** Before anybody asks for a variable. */
export function keepEnvironment(stack: usize): void {
  if (hasEnvironment) environment = firstArgument(stack) + load<usize>(stack) * wordBytes;
}

/** `argument` is where the address of the one stands that may be the port. */
export function choosePort(argument: usize): u32 {
  const text = load<usize>(argument);
  if (text !== 0) return parsePort(text);
  if (hasEnvironment) {
    const value = findEnvironment(bytes('PORT"'));
    return value === 0 ? port : parsePort(value);
  }
  // From the zero behind the arguments on.
  for (let entry = argument + wordBytes; ; entry += wordBytes) {
    const variable = load<usize>(entry);
    if (variable === 0) return port;
    // "PORT", as four bytes of a little-endian number. The strings are followed by others, so the load is in bounds.
    if (load<u32>(variable) === 0x54524f50 && load<u8>(variable + 4) === byte("="))
      return parsePort(variable + 5);
  }
}

/** The value of the variable whose name stands at `name`, up to a quote; 0 when it is not set. */
export function findEnvironment(name: Ptr<u8>): usize {
  for (let entry = environment; ; entry += wordBytes) {
    const text = load<usize>(entry);
    if (text === 0) return 0;
    let at = text;
    let wanted = name;
    while (wanted[0] === load<u8>(at)) {
      wanted = wanted.add(1);
      at += 1;
    }
    if (wanted[0] === byte('"') && load<u8>(at) === byte("=")) return at + 1;
  }
}

const mostPort = 65_535;

/** Decimal, 1 to 65535. */
function parsePort(text: usize): u32 {
  let value: u32 = 0;
  for (let at = text; load<u8>(at) !== 0; at += 1) {
    const digit: u32 = (load<u8>(at) as u32) - byte("0");
    value = value * 10 + digit;
    if (digit > 9 || value > mostPort) refusePort();
  }
  if (value === 0) refusePort();
  return value;
}
