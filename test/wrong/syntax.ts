// ML1001 2:16
export function main(): i32 {
  let x: u32 = ;
  return 0;
}
