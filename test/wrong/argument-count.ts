// ML1213 3:3
// ML1213 4:3
// ML1213 5:3
function f(a: u32, b: u32): void {}
export function main(): void {
  f(1);
  f(1, 2, 3);
  unreachable(1);
}
