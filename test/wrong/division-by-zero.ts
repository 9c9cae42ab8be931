// ML1302 2:15
// ML1302 5:11
// ML1302 6:8
const zero = 0;
const x = 1 / zero;
export function main(): void {
  let y: u32 = 5;
  y = y % 0;
  y /= zero;
}
