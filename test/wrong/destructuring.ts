// ML1004 2:9
// ML1004 5:15
export function main(): i32 {
  const [a, b] = [1, 2];
  return 0;
}
function swap({ a }: Pair): void {}
class Pair {
  a: u8;
}
