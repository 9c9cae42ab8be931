// ML1218 3:4
// ML1112 4:3
export function main(): void {
  let x: u32 = 1;
  (x as u8) = 2;
  undefined = 2;
}
