// Every operator of i8 on pairs of edge values from memory; a checksum of the results of each.
// Left out: division by zero.
//
// expect: + fe5ffd39
// expect: - 7b4088d6
// expect: * a09b5b41
// expect: / f748971a
// expect: % 2aef2624
// expect: & dc7e75de
// expect: | 1d06e2ca
// expect: ^ 255f9814
// expect: << 10a279d1
// expect: >> ba7931b8
// expect: negate c2adcc88
// expect: ~ af217483
// expect: < 9914b039
// expect: <= bb6ff2a9
// expect: > c54e29ee
// expect: >= 17c6ef2b
// expect: === aeed5dcd
// expect: !== 25cc1ba2

import { flush, showHex } from "./support/print.ts";

const values = table<i8>(0, 1, 2, 7, 127, -1, -2, -10, -128, -127);
let sum: u32 = 0;

function mix(value: u32): void {
  sum = (rotateLeft(sum, 5) ^ value) * 0x9e3779b1;
}

function mixValue(value: i8): void {
  mix(value as u32);
}

function end(name: string): void {
  showHex(name, sum);
  sum = 0;
}

function add(): void {
  for (let i: u32 = 0; i < 10; i++) {
    for (let j: u32 = 0; j < 10; j++) mixValue(values[i] + values[j]);
  }
  end("+");
}

function subtract(): void {
  for (let i: u32 = 0; i < 10; i++) {
    for (let j: u32 = 0; j < 10; j++) mixValue(values[i] - values[j]);
  }
  end("-");
}

function multiply(): void {
  for (let i: u32 = 0; i < 10; i++) {
    for (let j: u32 = 0; j < 10; j++) mixValue(values[i] * values[j]);
  }
  end("*");
}

function divide(): void {
  for (let i: u32 = 0; i < 10; i++) {
    const a = values[i];
    for (let j: u32 = 0; j < 10; j++) {
      const b = values[j];
      if (b === 0) continue;
      mixValue(a / b);
    }
  }
  end("/");
}

function remainder(): void {
  for (let i: u32 = 0; i < 10; i++) {
    const a = values[i];
    for (let j: u32 = 0; j < 10; j++) {
      const b = values[j];
      if (b === 0) continue;
      mixValue(a % b);
    }
  }
  end("%");
}

function and(): void {
  for (let i: u32 = 0; i < 10; i++) {
    for (let j: u32 = 0; j < 10; j++) mixValue(values[i] & values[j]);
  }
  end("&");
}

function or(): void {
  for (let i: u32 = 0; i < 10; i++) {
    for (let j: u32 = 0; j < 10; j++) mixValue(values[i] | values[j]);
  }
  end("|");
}

function exclusiveOr(): void {
  for (let i: u32 = 0; i < 10; i++) {
    for (let j: u32 = 0; j < 10; j++) mixValue(values[i] ^ values[j]);
  }
  end("^");
}

function shiftLeft(): void {
  for (let i: u32 = 0; i < 10; i++) {
    for (let b: u32 = 0; b < 8; b++) mixValue(values[i] << b);
  }
  end("<<");
}

function shiftRight(): void {
  for (let i: u32 = 0; i < 10; i++) {
    for (let b: u32 = 0; b < 8; b++) mixValue(values[i] >> b);
  }
  end(">>");
}

function unary(): void {
  for (let i: u32 = 0; i < 10; i++) mixValue(-values[i]);
  end("negate");
  for (let i: u32 = 0; i < 10; i++) mixValue(~values[i]);
  end("~");
}

/** As a value, which is stored, and as a condition. */
function isLess(): void {
  for (let i: u32 = 0; i < 10; i++) {
    for (let j: u32 = 0; j < 10; j++) {
      const answer = values[i] < values[j];
      mix(answer ? 1 : 0);
    }
  }
  end("<");
}

function isAtMost(): void {
  for (let i: u32 = 0; i < 10; i++) {
    for (let j: u32 = 0; j < 10; j++) {
      if (values[i] <= values[j]) mix(1);
      else mix(0);
    }
  }
  end("<=");
}

function isMore(): void {
  for (let i: u32 = 0; i < 10; i++) {
    for (let j: u32 = 0; j < 10; j++) {
      const answer = values[i] > values[j];
      mix(answer ? 1 : 0);
    }
  }
  end(">");
}

function isAtLeast(): void {
  for (let i: u32 = 0; i < 10; i++) {
    for (let j: u32 = 0; j < 10; j++) {
      if (values[i] >= values[j]) mix(1);
      else mix(0);
    }
  }
  end(">=");
}

function isEqual(): void {
  for (let i: u32 = 0; i < 10; i++) {
    for (let j: u32 = 0; j < 10; j++) {
      const answer = values[i] === values[j];
      mix(answer ? 1 : 0);
    }
  }
  end("===");
}

function isOther(): void {
  for (let i: u32 = 0; i < 10; i++) {
    for (let j: u32 = 0; j < 10; j++) {
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
