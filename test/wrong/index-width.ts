// ML1210 2:5
// ML1210 3:19
// ML1210 4:23
function f(p: Ptr<u8>, i: usize, j: u64): void {
  p[i] = 1;
  const q = p.add(j);
  const x: u32 = 1 << i;
}
export function main(): void {}
