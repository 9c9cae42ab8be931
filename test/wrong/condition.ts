// ML1207 2:7
// ML1207 3:10
// ML1207 4:18
// ML1207 5:10
function f(a: u32, p: Ptr<u8> | null): void {
  if (a) f(1, p);
  while (p) f(1, p);
  const x: u32 = a - 1 ? 1 : 2;
  for (; a & 1; ) f(1, p);
}
export function main(): void {}
