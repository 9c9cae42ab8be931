// ML1045 2:3
class Point {
  x;
}
export function main(): void {}
