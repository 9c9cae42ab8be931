// ML1050 2:13
// ML1050 3:13
export function main(): void {
  const x = <u32>1;
  const y = 2 satisfies u32;
}
