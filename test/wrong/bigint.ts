// ML1028 1:13
const big = 5n;
export function main(): void {}
