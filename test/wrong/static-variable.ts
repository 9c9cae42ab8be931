// ML1049 2:10
class Point {
  static count: u32 = 0;
}
export function main(): void {}
