// ML1042 2:7
export function main(): void {
  let x: u32;
}
