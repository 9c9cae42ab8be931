// ML1307 1:7
// ML1307 3:6
// ML1307 4:6
const a = b + 1;
const b = a + 1;
type Self = Self;
enum Choice {
  A = Choice.A,
}
export function main(): void {}
