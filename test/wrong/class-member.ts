// ML1047 2:3
// ML1047 3:3
class Point {
  [index: number]: u8;
  static {
  }
}
export function main(): void {}
