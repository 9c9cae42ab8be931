// ML1503 2:10
// ML1503 5:3
// ML1503 8:3
// ML1503 11:10
function f(): void {
  return 1;
}
function g(): u32 {
  return;
}
function h(): never {
  return;
}
function i(): u32 {
  return f();
}
export function main(): void {}
