// Output for the test programs: bytes collect in a buffer, `flush` writes them.

import { SYS_write } from "microlith:target";

const capacity: u32 = 4096;
const buffer = zeroed<Fixed<u8, 4096>>();
let used: u32 = 0;

export function flush(): void {
  let written: u32 = 0;
  while (written < used) {
    const result = syscall(SYS_write, 1, buffer.add(written), used - written);
    if (result <= 0) break;
    written += result as u32;
  }
  used = 0;
}

export function put(value: u8): void {
  if (used === capacity) flush();
  buffer[used] = value;
  used++;
}

export function text(value: string): void {
  const address = bytes(value);
  for (let i: u32 = 0; i < value.length; i++) put(address[i]);
}

export function line(value: string): void {
  text(value);
  put(10);
}

export function decimal(value: u64): void {
  const digits = scratch<Fixed<u8, 20>>();
  let rest = value;
  let at: u32 = 20;
  do {
    at--;
    digits[at] = byte("0") + ((rest % 10) as u8);
    rest /= 10;
  } while (rest !== 0);
  for (; at < 20; at++) put(digits[at]);
}

export function signed(value: i64): void {
  if (value < 0) put(byte("-"));
  decimal((value < 0 ? -value : value) as u64);
}

export function hex(value: u32): void {
  for (let shift: u32 = 32; shift > 0; ) {
    shift -= 4;
    const digit = ((value >>> shift) & 15) as u8;
    put(digit < 10 ? byte("0") + digit : byte("a") - 10 + digit);
  }
}

/** `name value` on a line of its own. */
export function show(name: string, value: i64): void {
  text(name);
  put(32);
  signed(value);
  put(10);
}

export function showHex(name: string, value: u32): void {
  text(name);
  put(32);
  hex(value);
  put(10);
}

export function showBool(name: string, value: bool): void {
  text(name);
  line(value ? " true" : " false");
}
