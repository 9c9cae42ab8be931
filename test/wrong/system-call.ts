// ML1607 2:3
// ML1607 3:3
export function main(): void {
  syscall();
  syscall(1, 2, 3, 4, 5, 6, 7, 8);
}
