// Five loops in each other, with a value from each level alive in the innermost; a matrix product; game of life.
//
// expect: count 7776 sum 19440
// expect: matrix 30 24 18 84 69 54 138 114 90
// expect: life .#. .#. .#. ... ### ...
// expect: triples 52

import { decimal, flush, put, text } from "./support/print.ts";

const left = zeroed<Fixed<Fixed<u32, 3>, 3>>();
const right = zeroed<Fixed<Fixed<u32, 3>, 3>>();
const product = zeroed<Fixed<Fixed<u32, 3>, 3>>();
const cells = zeroed<Fixed<Fixed<bool, 5>, 5>>();
const next = zeroed<Fixed<Fixed<bool, 5>, 5>>();

function number(value: u32): void {
  put(32);
  decimal(value);
}

function five(n: u32): void {
  let count: u32 = 0;
  let sum: u32 = 0;
  for (let a: u32 = 0; a < n; a++) {
    for (let b: u32 = 0; b < n; b++) {
      for (let c: u32 = 0; c < n; c++) {
        for (let d: u32 = 0; d < n; d++) {
          for (let e: u32 = 0; e < n; e++) {
            count++;
            sum += a + 2 * b - c + d - 2 * e;
            sum += e & 3 & (a | b | c | d | 3);
            sum -= e & 3;
            sum += c;
          }
        }
      }
    }
  }
  text("count");
  number(count);
  text(" sum");
  number(sum - 19440);
}

function multiply(): void {
  for (let i: u32 = 0; i < 3; i++) {
    for (let j: u32 = 0; j < 3; j++) {
      left[i][j] = i * 3 + j + 1;
      right[i][j] = 9 - (i * 3 + j);
    }
  }
  text("\nmatrix");
  for (let i: u32 = 0; i < 3; i++) {
    for (let j: u32 = 0; j < 3; j++) {
      let sum: u32 = 0;
      for (let k: u32 = 0; k < 3; k++) sum += left[i][k] * right[k][j];
      product[i][j] = sum;
      number(product[i][j]);
    }
  }
}

function neighbours(row: u32, column: u32): u32 {
  let count: u32 = 0;
  for (let i = row - 1; i !== row + 2; i++) {
    for (let j = column - 1; j !== column + 2; j++) {
      if ((i !== row || j !== column) && cells[i][j]) count++;
    }
  }
  return count;
}

function step(): void {
  for (let i: u32 = 1; i < 4; i++) {
    for (let j: u32 = 1; j < 4; j++) {
      const around = neighbours(i, j);
      next[i][j] = around === 3 || (around === 2 && cells[i][j]);
    }
  }
  for (let i: u32 = 1; i < 4; i++) for (let j: u32 = 1; j < 4; j++) cells[i][j] = next[i][j];
}

function show(): void {
  for (let i: u32 = 1; i < 4; i++) {
    put(32);
    for (let j: u32 = 1; j < 4; j++) put(cells[i][j] ? 35 : 46);
  }
}

function triples(limit: u32): u32 {
  let count: u32 = 0;
  for (let c: u32 = 1; c <= limit; c++) {
    for (let a: u32 = 1; a < c; a++) {
      for (let b = a; b < c; b++) {
        if (a * a + b * b > c * c) break;
        if (a * a + b * b === c * c) count++;
      }
    }
  }
  return count;
}

export function main(): void {
  five(6);
  multiply();
  for (let i: u32 = 1; i < 4; i++) cells[i][2] = true;
  text("\nlife");
  show();
  step();
  show();
  text("\ntriples");
  number(triples(100));
  put(10);
  flush();
}
