// ML1102 5:24
// ML1211 7:19
// ML1203 9:10
// ML1101 13:10
import { answer } from "./support/module.ts";
class Point {
  x: u32;
}
const unknown = zeroed<Pont>();
function f(p: Point, n: i64): u32 {
  const wrong = p.z;
  if (wrong) return wrong + unknown.x;
  return n;
}
export function main(): i32 {
  f(unknown, answer);
  return missing;
}
