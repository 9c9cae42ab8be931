// ML1022 1:15
// ML1022 2:12
function f(x: number): void {}
const big: bigint = 5;
export function main(): void {}
