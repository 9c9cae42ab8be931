// Enums and groups of constants, as values, in switches and as the size of storage.
//
// expect: 0 1 10 11
// expect: red green other
// expect: sum 7
// expect: mask 5 length 12

import { decimal, flush, put, text } from "./support/print.ts";

enum Colour {
  Red,
  Green,
  Blue = 10,
  Grey,
}

const Flag = { Read: 1, Write: 2, Execute: 4 } as const;

const rows = 3;
const columns = rows + 1;
const cells = zeroed<Fixed<u8, 12>>();

function name(colour: Colour): void {
  switch (colour) {
    case Colour.Red:
      text("red ");
      break;
    case Colour.Green:
      text("green ");
      break;
    default:
      text("other");
  }
}

function number(value: u32): void {
  put(32);
  decimal(value);
}

export function main(): void {
  decimal(Colour.Red as u32);
  number(Colour.Green as u32);
  number(Colour.Blue as u32);
  number(Colour.Grey as u32);
  put(10);
  name(Colour.Red);
  name(Colour.Green);
  name(Colour.Grey);
  put(10);
  let mask: u32 = 0;
  mask |= Flag.Read;
  mask |= Flag.Write | Flag.Execute;
  text("sum");
  number(mask);
  mask &= ~Flag.Write;
  text("\nmask");
  number(mask);
  text(" length");
  number(cells.length === rows * columns ? cells.length : 0);
  put(10);
  flush();
}
