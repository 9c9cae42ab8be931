// ML1306 1:9
// ML1306 3:11
let a = 0xffff_ffff;
export function main(): void {
  let b = 5_000_000_000;
}
