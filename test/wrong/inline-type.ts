// ML1224 2:6
// ML1224 4:15
class Point {
  x: Inline<u8>;
}
function f(p: Inline<Point>): void {}
export function main(): void {}
