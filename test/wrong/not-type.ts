// ML1110 2:15
const one = 1;
function f(x: one): void {}
export function main(): void {}
