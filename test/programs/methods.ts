// Methods, static methods and static constants; `this` is a reference; methods call each other and recurse.
//
// expect: 3 10 7
// expect: areas 12 30
// expect: limit 64
// expect: stack 3 2 1 0
// expect: shared 2

import { decimal, flush, put, text } from "./support/print.ts";

class Counter {
  static readonly limit: u32 = 64;
  count: u32;
  step: u16;

  advance(): u32 {
    this.count += this.step;
    return this.count;
  }

  advanceTo(goal: u32): void {
    while (this.count < goal && this.count < Counter.limit) this.advance();
  }

  static distance(left: Counter, right: Counter): u32 {
    return left.count > right.count ? left.count - right.count : right.count - left.count;
  }
}

class Box {
  width: u32;
  height: u32;

  resize(width: u32, height: u32): Box {
    this.width = width;
    this.height = height;
    return this;
  }

  area(): u32 {
    return this.width * this.height;
  }
}

class Stack {
  top: u32;
  items: Fixed<u8, 16>;

  push(value: u8): void {
    this.items[this.top++] = value;
  }

  pop(): u8 {
    return this.items[--this.top];
  }

  isEmpty(): bool {
    return this.top === 0;
  }
}

class Pair {
  left: Inline<Counter>;
  right: Inline<Counter>;
}

const first = zeroed<Counter>();
const second = zeroed<Counter>();
const box = zeroed<Box>();
const stack = zeroed<Stack>();
const pair = zeroed<Pair>();

function number(value: u32): void {
  put(32);
  decimal(value);
}

export function main(): void {
  first.step = 3;
  decimal(first.advance());
  second.step = 5;
  second.advance();
  number(second.advance());
  number(Counter.distance(first, second));
  text("\nareas");
  number(box.resize(3, 4).area());
  number(box.resize(5, 6).area());
  first.step = 1;
  first.advanceTo(100);
  text("\nlimit");
  number(first.count);
  for (let i: u8 = 0; i < 4; i++) stack.push(i);
  text("\nstack");
  while (!stack.isEmpty()) number(stack.pop());
  pair.right.step = 2;
  pair.right.advance();
  text("\nshared");
  number(pair.right.count);
  put(10);
  flush();
}
