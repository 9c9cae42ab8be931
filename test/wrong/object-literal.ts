// ML1031 2:17
export function main(): void {
  const point = { x: 1 };
}
