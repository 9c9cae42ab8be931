// ML1212 7:3
// ML1212 8:3
// ML1212 9:3
// ML1212 10:4
class Point {
  x: u32;
}
const point = zeroed<Point>();
export function main(): void {
  const x: u32 = 1;
  x();
  point.x();
  point();
  (1)();
}
