// ML1038 2:3
export function main(): void {
  debugger;
}
