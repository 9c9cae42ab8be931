// ML1223 1:15
// ML1223 1:24
// ML1223 3:6
// ML1223 4:6
// ML1223 7:13
function f(x: void, y: null): void {}
class Point {
  x: never;
  y: 3;
}
export function main(): void {
  const p = null;
}
