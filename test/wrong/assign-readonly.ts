// ML1217 7:3
// ML1217 8:3
// ML1217 9:3
class Point {
  readonly x: u32;
}
const point = zeroed<Point>();
const primes = table<u8>(2, 3, 5);
export function main(): void {
  point.x = 1;
  primes[0] = 1;
  primes[1]++;
}
