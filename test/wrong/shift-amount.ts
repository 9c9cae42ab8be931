// ML1303 3:12
// ML1303 4:9
// ML1303 6:12
// ML1303 7:12
export function main(): void {
  let x: u8 = 1;
  x = x << 8;
  x <<= 9;
  let y: u64 = 1;
  y = y >> 64;
  y = y << -1;
}
