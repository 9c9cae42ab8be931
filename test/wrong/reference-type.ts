// ML1605 2:23
export function main(): void {
  const p = reference<u8>(1);
}
