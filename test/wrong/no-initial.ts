// ML1001 1:7
const missing: u32;
export function main(): void {}
