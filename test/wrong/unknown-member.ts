// ML1211 13:22
// ML1211 14:14
// ML1211 15:13
// ML1211 16:9
// ML1211 17:9
// ML1211 18:14
// ML1506 19:3
// ML1211 20:9
// ML1211 21:9
// ML1211 22:9
// ML1506 23:3
// ML1211 24:5
class Point {
  width: u32;
  static readonly LIMIT = 3;
  grow(): void {}
  static make(): void {}
}
enum Choice {
  First,
}
const point = zeroed<Point>();
const points = zeroed<Fixed<Point, 2>>();
function f(p: Ptr<Point>): void {
  let x: u32 = point.widht;
  x = Choice.Frist;
  x = Point.LIMITS;
  x = p.width;
  x = p.length;
  x = "text".size;
  points.lenght;
  point.grwo();
  point.make();
  Point.grow();
  Point.width;
  p.sub(1);
}
export function main(): void {}
