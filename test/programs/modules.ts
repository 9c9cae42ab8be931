// Several files: functions, constants, classes, storage and variables of other files, files that import each other, two
// functions of one name.
//
// expect: left 31 257 65
// expect: right 254 62 514
// expect: pair 256
// expect: visits 6 weight 3

import { left, visited, weight } from "./modules/left.ts";
import { type Pair, pair, right } from "./modules/right.ts";
import { decimal, flush, put, text } from "./support/print.ts";

function number(value: u32): void {
  put(32);
  decimal(value);
}

function fill(target: Pair): void {
  target.first = 254;
  target.second = 255;
}

export function main(): void {
  text("left");
  for (let i: u32 = 0; i < 3; i++) number(left(i));
  text("\nright");
  for (let i: u32 = 0; i < 3; i++) number(right(i));
  fill(pair);
  text("\npair");
  number(pair.sum());
  text("\nvisits");
  number(visited());
  text(" weight");
  number(weight);
  put(10);
  flush();
}
