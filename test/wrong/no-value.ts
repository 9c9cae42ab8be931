// ML1214 6:13
// ML1214 7:17
// ML1506 8:3
function f(): void {}
function g(): never {
  unreachable();
}
export function main(): void {
  const x = f();
  const y = 1 + g();
  f() ? 1 : 2;
}
