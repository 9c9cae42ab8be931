/**
 * Arguments and environment, as the kernel leaves them on the initial stack: the number of arguments, their addresses, 0, the
 * addresses of the environment's `NAME=value` texts, 0. `stack` is what `main(stack: usize)` is given. The texts end in a
 * zero byte and may lie anywhere in memory, so their addresses are a `usize`: see text.ts for what reads them.
 */

import { wordBytes } from "microlith:target";

/** The program's name counts. */
export function argumentCount(stack: usize): u32 {
  return load<usize>(stack) as u32;
}

/** The address of argument `index`; 0 is the program's name. The result is 0 behind the last. */
export function argument(stack: usize, index: u32): usize {
  if (index >= argumentCount(stack)) return 0;
  return load<usize>(stack + wordBytes + index * wordBytes);
}

/** Where the arguments' addresses from `first` on begin; a 0 ends them. */
export function argumentsStart(stack: usize, first: u32): usize {
  return stack + wordBytes + first * wordBytes;
}

/** Where the environment's addresses begin; a 0 ends them. */
export function environmentStart(stack: usize): usize {
  return stack + (load<usize>(stack) + 2) * wordBytes;
}

/** The address of the value of the environment's `name`; 0 when it is not set. */
export function environment(stack: usize, name: string): usize {
  const wanted = bytes(name);
  let entry = environmentStart(stack);
  for (;;) {
    const text = load<usize>(entry);
    if (text === 0) return 0;
    let at: u32 = 0;
    while (at < name.length && load<u8>(text + at) === wanted[at]) at++;
    if (at === name.length && load<u8>(text + at) === byte("=")) return text + at + 1;
    entry += wordBytes;
  }
}
