// Classes inside classes and arrays: one load for a chain of constant steps, computed indices in between.
//
// expect: sizes 4 12 56 168
// expect: corner 5 6
// expect: sum 1176
// expect: names abc def
// expect: grid 0 1 2 10 11 12 20 21 22
// expect: through 77 77

import { decimal, flush, put, text } from "./support/print.ts";

class Point {
  x: u16;
  y: u16;
}

class Line {
  from: Inline<Point>;
  to: Inline<Point>;
  colour: u32;
}

class Shape {
  name: Fixed<u8, 8>;
  lines: Inline<Fixed<Line, 4>>;
}

const shapes = zeroed<Fixed<Shape, 3>>();
const grid = zeroed<Fixed<Fixed<u8, 3>, 3>>();

function number(value: u32): void {
  put(32);
  decimal(value);
}

function setName(shape: Shape, start: u8): void {
  for (let i: u32 = 0; i < 3; i++) shape.name[i] = start + (i as u8);
}

function sum(): u32 {
  let total: u32 = 0;
  for (let i: u32 = 0; i < 3; i++) {
    for (let j: u32 = 0; j < 4; j++) {
      const line = shapes[i].lines[j];
      total += (line.from.x as u32) + line.from.y + line.to.x + line.to.y + line.colour;
    }
  }
  return total;
}

function fillAll(): void {
  for (let i: u32 = 0; i < 3; i++) {
    for (let j: u32 = 0; j < 4; j++) {
      const shape = shapes[i];
      shape.lines[j].from.x = (i * 4 + j) as u16;
      shape.lines[j].from.y = 1;
      shapes[i].lines[j].to.x = (i + j) as u16;
      shapes[i].lines[j].to.y = 10;
      shape.lines[j].colour = 79;
    }
  }
}

export function main(): void {
  text("sizes");
  number(sizeof<Point>());
  number(sizeof<Line>());
  number(sizeof<Shape>());
  number(sizeof<Fixed<Shape, 3>>());
  shapes[2].lines[3].to.x = 5;
  shapes[2].lines[3].to.y = shapes[2].lines[3].to.x + 1;
  text("\ncorner");
  const corner = shapes[2].lines[3].to;
  number(corner.x);
  number(corner.y);
  fillAll();
  text("\nsum");
  number(sum());
  setName(shapes[0], 97);
  setName(shapes[1], 100);
  text("\nnames");
  for (let i: u32 = 0; i < 2; i++) {
    put(32);
    for (let j: u32 = 0; j < 3; j++) put(shapes[i].name[j]);
  }
  for (let i: u32 = 0; i < 3; i++) for (let j: u32 = 0; j < 3; j++) grid[i][j] = (i * 10 + j) as u8;
  text("\ngrid");
  for (let i: u32 = 0; i < 3; i++) for (let j: u32 = 0; j < 3; j++) number(grid[i][j]);
  const one = shapes[1];
  const line = one.lines[2];
  line.from.x = 77;
  text("\nthrough");
  number(shapes[1].lines[2].from.x);
  number(pointer<u16>(address(line))[0]);
  put(10);
  flush();
}
