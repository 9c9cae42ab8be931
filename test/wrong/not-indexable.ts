// ML1209 2:13
// ML1209 3:13
function f(a: u32, text: string): void {
  const x = a[0];
  const y = text[0];
}
export function main(): void {}
