// ML1403 1:18
// ML1403 3:21
const x = zeroed<u32>();
export function main(): void {
  const y = scratch<Ptr<u8>>();
}
