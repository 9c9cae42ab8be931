// ML1034 3:7
// ML1034 4:7
export function main(): i32 {
  const x: i32 = 1;
  if (x == 1) return 1;
  if (x != 1) return 2;
  return 0;
}
