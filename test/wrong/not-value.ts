// ML1109 10:16
// ML1109 11:7
// ML1109 12:7
// ML1109 13:7
// ML1109 14:7
class Point {
  x: u32;
}
enum Choice {
  A,
}
type Alias = u8;
function f(): void {}
export function main(): void {
  let x: u32 = Point;
  x = Choice;
  x = Alias;
  x = f;
  x = copy;
}
