// One of two files that import each other.

import { right } from "./right.ts";

export const weight: u32 = 3;
export let visits: u32 = 0;

function hash(value: u32): u32 {
  return value * 31;
}

export function left(depth: u32): u32 {
  visits++;
  return depth === 0 ? hash(1) : right(depth - 1) + weight;
}

export function visited(): u32 {
  return visits;
}
