// ML1046 2:3
// ML1046 3:4
// ML1046 4:3
// ML1046 7:3
class Point {
  #x: u32;
  ["y"]: u32;
  "z-index": u32;
}
enum Choice {
  "a-b",
}
export function main(): void {}
