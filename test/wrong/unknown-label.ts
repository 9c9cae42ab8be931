// ML1505 3:11
export function main(): void {
  outer: while (true) {
    break outr;
  }
}
