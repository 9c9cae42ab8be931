// ML1030 3:16
// ML1030 4:18
export function main(): void {
  const n: u32 = 1;
  const text = `n is ${n}`;
  const tagged = tag`x`;
}
