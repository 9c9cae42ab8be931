// ML1402 1:21
// ML1402 2:7
const huge = zeroed<Fixed<u64, 0x1000_0000>>();
class Point {
  a: Fixed<u64, 0x1000_0000>;
}
export function main(): void {}
