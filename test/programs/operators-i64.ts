// Every operator of i64 on pairs of edge values from memory; a checksum of the results of each.
// Left out: division by zero, and the one quotient that does not fit.
//
// expect: + f48ec099
// expect: - 79fa176b
// expect: * 997ad8b0
// expect: / 30bddf3e
// expect: % 09b6adc9
// expect: & e286e159
// expect: | ebbd8234
// expect: ^ f08cc9eb
// expect: << e2410bdb
// expect: >> 00a6a1f1
// expect: negate e4fbc826
// expect: ~ 7642282a
// expect: < 9914b039
// expect: <= bb6ff2a9
// expect: > c54e29ee
// expect: >= 17c6ef2b
// expect: === aeed5dcd
// expect: !== 25cc1ba2

import { flush, showHex } from "./support/print.ts";

const values = table<i64>(
  0,
  1,
  2,
  7,
  ((~0 as u64) >> 1) as i64,
  -1,
  -2,
  -10,
  ((1 as u64) << 63) as i64,
  (((1 as u64) << 63) as i64) + 1,
);
let sum: u32 = 0;

function mix(value: u32): void {
  sum = (rotateLeft(sum, 5) ^ value) * 0x9e3779b1;
}

function mixValue(value: i64): void {
  mix(value as u32);
  mix((value >> 32) as u32);
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
      if (b === 0 || (a === values[8] && b === -1)) continue;
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
      if (b === 0 || (a === values[8] && b === -1)) continue;
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
    for (let b: u32 = 0; b < 64; b++) mixValue(values[i] << b);
  }
  end("<<");
}

function shiftRight(): void {
  for (let i: u32 = 0; i < 10; i++) {
    for (let b: u32 = 0; b < 64; b++) mixValue(values[i] >> b);
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
