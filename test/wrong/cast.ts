// ML1208 5:13
// ML1208 6:13
// ML1208 7:13
// ML1208 8:13
class Point {
  x: u32;
}
function f(a: u32, p: Ptr<u8>, q: Point): void {
  const b = a as bool;
  const d = a as Ptr<u8>;
  const e = p as Point;
  const g = q as u32;
}
export function main(): void {}
