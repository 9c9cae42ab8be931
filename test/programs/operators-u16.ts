// Every operator of u16 on pairs of edge values from memory; a checksum of the results of each.
// Left out: division by zero.
//
// expect: + fd08d7cf
// expect: - 2d391867
// expect: * bcad2c5a
// expect: / a9f00bde
// expect: % 4fa71d54
// expect: & 2b5bf165
// expect: | 79446a32
// expect: ^ 91b1dfbc
// expect: << f9e9856b
// expect: >> 3e327a60
// expect: negate 62ba1ce2
// expect: ~ 67fe4ace
// expect: < 7f3c9a94
// expect: <= 67bfffc5
// expect: > 6e412fce
// expect: >= 1a08785f
// expect: === 16238299
// expect: !== 3cc97e09

import { flush, showHex } from "./support/print.ts";

const values = table<u16>(0, 1, 2, 7, 10, 0x7fff, 0x8000, 0xfffe, 0xffff);
let sum: u32 = 0;

function mix(value: u32): void {
  sum = (rotateLeft(sum, 5) ^ value) * 0x9e3779b1;
}

function mixValue(value: u16): void {
  mix(value as u32);
}

function end(name: string): void {
  showHex(name, sum);
  sum = 0;
}

function add(): void {
  for (let i: u32 = 0; i < 9; i++) {
    for (let j: u32 = 0; j < 9; j++) mixValue(values[i] + values[j]);
  }
  end("+");
}

function subtract(): void {
  for (let i: u32 = 0; i < 9; i++) {
    for (let j: u32 = 0; j < 9; j++) mixValue(values[i] - values[j]);
  }
  end("-");
}

function multiply(): void {
  for (let i: u32 = 0; i < 9; i++) {
    for (let j: u32 = 0; j < 9; j++) mixValue(values[i] * values[j]);
  }
  end("*");
}

function divide(): void {
  for (let i: u32 = 0; i < 9; i++) {
    const a = values[i];
    for (let j: u32 = 0; j < 9; j++) {
      const b = values[j];
      if (b === 0) continue;
      mixValue(a / b);
    }
  }
  end("/");
}

function remainder(): void {
  for (let i: u32 = 0; i < 9; i++) {
    const a = values[i];
    for (let j: u32 = 0; j < 9; j++) {
      const b = values[j];
      if (b === 0) continue;
      mixValue(a % b);
    }
  }
  end("%");
}

function and(): void {
  for (let i: u32 = 0; i < 9; i++) {
    for (let j: u32 = 0; j < 9; j++) mixValue(values[i] & values[j]);
  }
  end("&");
}

function or(): void {
  for (let i: u32 = 0; i < 9; i++) {
    for (let j: u32 = 0; j < 9; j++) mixValue(values[i] | values[j]);
  }
  end("|");
}

function exclusiveOr(): void {
  for (let i: u32 = 0; i < 9; i++) {
    for (let j: u32 = 0; j < 9; j++) mixValue(values[i] ^ values[j]);
  }
  end("^");
}

function shiftLeft(): void {
  for (let i: u32 = 0; i < 9; i++) {
    for (let b: u32 = 0; b < 16; b++) mixValue(values[i] << b);
  }
  end("<<");
}

function shiftRight(): void {
  for (let i: u32 = 0; i < 9; i++) {
    for (let b: u32 = 0; b < 16; b++) mixValue(values[i] >>> b);
  }
  end(">>");
}

function unary(): void {
  for (let i: u32 = 0; i < 9; i++) mixValue(-values[i]);
  end("negate");
  for (let i: u32 = 0; i < 9; i++) mixValue(~values[i]);
  end("~");
}

/** As a value, which is stored, and as a condition. */
function isLess(): void {
  for (let i: u32 = 0; i < 9; i++) {
    for (let j: u32 = 0; j < 9; j++) {
      const answer = values[i] < values[j];
      mix(answer ? 1 : 0);
    }
  }
  end("<");
}

function isAtMost(): void {
  for (let i: u32 = 0; i < 9; i++) {
    for (let j: u32 = 0; j < 9; j++) {
      if (values[i] <= values[j]) mix(1);
      else mix(0);
    }
  }
  end("<=");
}

function isMore(): void {
  for (let i: u32 = 0; i < 9; i++) {
    for (let j: u32 = 0; j < 9; j++) {
      const answer = values[i] > values[j];
      mix(answer ? 1 : 0);
    }
  }
  end(">");
}

function isAtLeast(): void {
  for (let i: u32 = 0; i < 9; i++) {
    for (let j: u32 = 0; j < 9; j++) {
      if (values[i] >= values[j]) mix(1);
      else mix(0);
    }
  }
  end(">=");
}

function isEqual(): void {
  for (let i: u32 = 0; i < 9; i++) {
    for (let j: u32 = 0; j < 9; j++) {
      const answer = values[i] === values[j];
      mix(answer ? 1 : 0);
    }
  }
  end("===");
}

function isOther(): void {
  for (let i: u32 = 0; i < 9; i++) {
    for (let j: u32 = 0; j < 9; j++) {
      if (values[i] !== values[j]) mix(1);
      else mix(0);
    }
  }
  end("!==");
}

export function main(): void {
  add();
  subtract();
  multiply();
  divide();
  remainder();
  and();
  or();
  exclusiveOr();
  shiftLeft();
  shiftRight();
  unary();
  isLess();
  isAtMost();
  isMore();
  isAtLeast();
  isEqual();
  isOther();
  flush();
}
