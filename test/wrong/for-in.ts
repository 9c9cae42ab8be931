// ML1037 3:3
// ML1037 5:3
const numbers = table<u8>(1, 2);
export function main(): void {
  for (const n of numbers) {
  }
  for (const key in numbers) {
  }
}
