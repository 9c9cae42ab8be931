// ML1036 4:3
export function main(): void {
  let x: u32 = 0;
  let y: u32 = 0;
  x++, y++;
}
