// Every operator of i16 on pairs of edge values from memory; a checksum of the results of each.
// Left out: division by zero.
//
// expect: + c9c6ed2c
// expect: - ab2a05f9
// expect: * aee634ec
// expect: / 3be28898
// expect: % 47508114
// expect: & 1be14478
// expect: | 134074c2
// expect: ^ 1098c7db
// expect: << 0479ce26
// expect: >> 64efb6bc
// expect: negate 82d9e999
// expect: ~ 5f4a2e7b
// expect: < 9914b039
// expect: <= bb6ff2a9
// expect: > c54e29ee
// expect: >= 17c6ef2b
// expect: === aeed5dcd
// expect: !== 25cc1ba2

import { flush, showHex } from "./support/print.ts";

const values = table<i16>(0, 1, 2, 7, 32767, -1, -2, -10, -32768, -32767);
let sum: u32 = 0;

function mix(value: u32): void {
  sum = (rotateLeft(sum, 5) ^ value) * 0x9e3779b1;
}

function mixValue(value: i16): void {
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
    for (let b: u32 = 0; b < 16; b++) mixValue(values[i] << b);
  }
  end("<<");
}

function shiftRight(): void {
  for (let i: u32 = 0; i < 10; i++) {
    for (let b: u32 = 0; b < 16; b++) mixValue(values[i] >> b);
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
