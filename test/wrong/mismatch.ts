// ML1201 11:8
// ML1201 11:11
// ML1201 11:17
// ML1201 11:25
// ML1201 11:33
// ML1201 12:14
// ML1201 12:22
// ML1201 12:29
// ML1201 12:32
// ML1201 13:24
class Point {
  x: u32;
}
class Other {
  x: u32;
}
const point = zeroed<Point>();
const buffer = zeroed<Fixed<u8, 4>>();
function take(a: bool, b: u32, c: Ptr<u8>, d: Point, e: Ptr<u32>): void {}
export function main(): void {
  take(1, true, "text", buffer, 5);
  take(true, buffer, point, 0, buffer);
  const other: Other = point;
}
