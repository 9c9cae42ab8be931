// ML1220 2:11
// ML1220 4:13
// ML1220 5:13
function f(a: i32, b: i64): void {
  let x = a >>> 1;
  x >>>= 1;
  const y = b >>> 1;
  const z = -1 >>> 1;
}
export function main(): void {}
