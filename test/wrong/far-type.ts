// ML1604 2:18
// ML1604 3:9
export function main(stack: usize): void {
  const p = load<Ptr<u8>>(stack);
  store<bool>(stack, true);
}
