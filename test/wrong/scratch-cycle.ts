// ML1404 2:9
function ping(n: u32): void {
  const buffer = scratch<Fixed<u8, 4>>();
  buffer[0] = n as u8;
  if (n > 0) pong(n - 1);
}
function pong(n: u32): void {
  ping(n);
}
export function main(): void {
  ping(3);
}
