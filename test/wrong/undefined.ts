// ML1112 2:29
export function main(): void {
  const p: Ptr<u8> | null = undefined;
}
