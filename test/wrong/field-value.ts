// ML1044 2:12
class Point {
  x: u32 = 1;
}
export function main(): void {}
