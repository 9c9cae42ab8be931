// ML1048 2:11
// ML1048 3:13
// ML1048 4:3
// ML1048 6:12
class Point {
  private x: u32;
  protected f(): void {}
  y?: u32;
}
function f(this: Point): void {}
export function main(): void {}
