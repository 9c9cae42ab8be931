// ML1003 2:3
export function main(): i32 {
  var x: i32 = 1;
  return x;
}
