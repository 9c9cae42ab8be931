// ML1204 2:11
// ML1204 3:7
// ML1204 4:11
// ML1201 5:21
function f(a: u32, b: i32, c: usize, p: Ptr<u8>, q: bool): void {
  let x = a + b;
  if (a < b) x = 1;
  let y = c & b;
  const z = q ? a : p;
}
export function main(): void {}
