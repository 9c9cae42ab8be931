// ML1026 1:15
// ML1026 1:23
// ML1026 1:35
// ML1026 1:51
function f(x: any, y: unknown, z: keyof Point, n: "text"): void {}
class Point {
  x: u32;
}
export function main(): void {}
