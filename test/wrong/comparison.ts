// ML1219 8:11
// ML1219 9:7
// ML1219 10:7
// ML1219 11:7
// ML1219 12:7
// ML1219 14:7
// ML1219 15:7
class Point {
  x: u32;
}
class Other {
  x: u32;
}
function f(a: u32, p: Ptr<u8>, q: Ptr<u32>, c: Point, d: Other, text: string): void {
  let b = p === q;
  b = c === d;
  b = c < c;
  b = a === p;
  b = a === null;
  b = b < b;
  b = text === "text";
  b = p < null;
}
export function main(): void {}
