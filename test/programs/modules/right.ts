// The other one; its `hash` is not that of left.ts.

import { left } from "./left.ts";

export class Pair {
  first: u32;
  second: u32;

  sum(): u32 {
    return hash(this.first) + this.second;
  }
}

export const pair = zeroed<Pair>();

function hash(value: u32): u32 {
  return value ^ 255;
}

export function right(depth: u32): u32 {
  return depth === 0 ? hash(1) : left(depth - 1) * 2;
}
