// ML1005 1:14
// ML1005 6:5
function sum(...values: u32[]): u32 {
  return 0;
}
function f(a: u32): void {}
export function main(): void {
  f(...1);
}
