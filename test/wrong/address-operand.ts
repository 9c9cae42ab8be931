// ML1606 3:21
// ML1606 4:21
export function main(): void {
  let x: u32 = 1;
  const a = address(x);
  const b = address("text");
}
