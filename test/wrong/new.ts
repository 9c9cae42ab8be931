// ML1010 5:13
class Point {
  x: u32;
}
export function main(): void {
  const p = new Point();
}
