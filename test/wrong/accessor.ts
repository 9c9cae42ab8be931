// ML1012 2:7
// ML1012 5:3
class Point {
  get x(): u32 {
    return 1;
  }
  accessor y: u32;
}
export function main(): void {}
