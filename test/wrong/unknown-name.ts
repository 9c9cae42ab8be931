// ML1101 3:3
// ML1101 4:3
// ML1101 5:3
let counter: u32 = 0;
export function main(): void {
  conter = 1;
  unrechable();
  completelyDifferent(1);
}
