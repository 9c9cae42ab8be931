// ML1304 3:10
// ML1304 4:10
const buffer = zeroed<Fixed<u8, 4>>();
export function main(): void {
  buffer[4] = 1;
  buffer[-1] = 1;
  buffer[3] = 1;
}
