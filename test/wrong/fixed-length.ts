// ML1308 4:16
// ML1308 5:16
// ML1308 6:16
// ML1308 7:16
let n: u32 = 4;
const text = "abc";
class Point {
  a: Fixed<u8, typeof n>;
  b: Fixed<u8, typeof text>;
  c: Fixed<u8, u8>;
  d: Fixed<u8, 3_000_000_000>;
}
export function main(): void {}
