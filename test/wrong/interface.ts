// ML1016 1:1
// ML1016 4:15
interface Point {
  x: u32;
}
function f(p: { x: u32 }): void {}
export function main(): void {}
