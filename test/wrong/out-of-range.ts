// ML1202 3:8
// ML1202 3:13
// ML1202 3:18
// ML1202 5:18
// ML1202 6:19
// ML1202 9:10
function take(a: u8, b: i8, c: u64): void {}
export function main(): void {
  take(256, 128, -1);
  const x: u8 = 1;
  const y: u32 = 4294967296;
  if (other() === 300) take(0, 0, 0);
}
function other(): u8 {
  return 0 - 1;
}
