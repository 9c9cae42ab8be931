// ML1206 2:13
// ML1206 3:21
// ML1206 4:14
// ML1206 5:14
function f(a: u32, p: Ptr<u8>): void {
  const x = a && true;
  const y = true && p;
  const z = !a;
  const w = !p;
}
export function main(): void {}
