// ML1103 1:10
// ML1103 4:7
// ML1103 7:3
// ML1103 11:3
// ML1103 13:20
// ML1103 15:9
// ML1103 16:10
import { answer } from "./support/module.ts";
const answer = 1;
function f(): void {}
class f {}
class Point {
  x: u32;
  x(): void {}
}
enum Choice {
  A,
  A,
}
function g(a: u32, a: u32): void {
  let b: u32 = 1;
  const b = 2;
  again: again: while (true) {
  }
}
export function main(): void {}
