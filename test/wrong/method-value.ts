// ML1225 8:19
// ML1225 9:19
class Point {
  x: u32;
  grow(): void {}
  static make(): void {}
}
const point = zeroed<Point>();
export function main(): void {
  const f = point.grow;
  const g = Point.make;
}
