// ML1108 1:17
export function main(): u64 {
  return 0;
}
