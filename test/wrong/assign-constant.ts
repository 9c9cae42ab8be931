// ML1215 11:3
// ML1215 12:3
// ML1215 13:3
// ML1215 14:3
// ML1215 15:3
// ML1215 16:3
const LIMIT = 3;
const storage = zeroed<Fixed<u8, 4>>();
class Point {
  static readonly MAX = 3;
}
enum Choice {
  A,
}
export function main(): void {
  const x: u32 = f();
  LIMIT = 4;
  x = 1;
  x++;
  storage = storage;
  Point.MAX = 4;
  Choice.A = 1;
}
function f(): u32 {
  return 1;
}
