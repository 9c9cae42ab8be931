// ML1203 3:8
// ML1203 3:22
// ML1203 3:28
// ML1203 4:8
// ML1203 4:18
// ML1203 4:24
function take(a: u8, b: i32, c: u32, d: i64): void {}
function f(wide: u32, signed: i32, word: usize): void {
  take(wide, signed, word, word);
  take(wide + 1, wide, signed, wide);
}
export function main(): void {}
