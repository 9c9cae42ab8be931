// Storage of a few hundred kilobytes, far offsets within it, and large strides.
//
// expect: first 1 last 2
// expect: rows 7 299 90000
// expect: field 11 22 33
// expect: stride 100 9900
// expect: sum 4950
// expect: before 5 6

import { decimal, flush, put, text } from "./support/print.ts";

class Page {
  head: u32;
  data: Fixed<u8, 65536>;
  tail: u32;
}

class Odd {
  bytes: Fixed<u8, 97>;
  value: u16;
}

const big = zeroed<Fixed<u8, 300000>>();
const rows = zeroed<Fixed<Fixed<u16, 300>, 300>>();
const pages = zeroed<Fixed<Page, 3>>();
const odd = zeroed<Fixed<Odd, 100>>();

function number(value: u32): void {
  put(32);
  decimal(value);
}

function page(index: u32): Page {
  return pages[index];
}

function neighbours(p: Ptr<u8>, index: u32): void {
  number(p[index - 1]);
  number(p[index + 1]);
}

export function main(): void {
  big[0] = 1;
  big[299999] = 2;
  text("first");
  number(big[0]);
  text(" last");
  number(big[big.length - 1]);
  for (let i: u32 = 0; i < 300; i++) rows[i][299 - i] = i as u16;
  let found: u32 = 0;
  for (let i: u32 = 0; i < 300; i++) for (let j: u32 = 0; j < 300; j++) if (rows[i][j] !== 0) found++;
  text("\nrows");
  number(rows[7][292]);
  number(found);
  number(rows.length * 300);
  pages[2].tail = 11;
  page(1).data[65535] = 22;
  page(0).head = 33;
  text("\nfield");
  number(page(2).tail);
  number(pages[1].data[65535]);
  number(pages[0].head);
  for (let i: u32 = 0; i < odd.length; i++) odd[i].value = i as u16;
  text("\nstride");
  number(sizeof<Odd>());
  number(address(odd[99]) - address(odd[0]));
  let sum: u32 = 0;
  for (let i: u32 = 0; i < odd.length; i++) sum += odd[i].value;
  text("\nsum");
  number(sum);
  big[1000] = 5;
  big[1002] = 6;
  text("\nbefore");
  neighbours(big, 1001);
  put(10);
  flush();
}
