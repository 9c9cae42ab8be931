// ML1040 1:12
function f(x): void {}
export function main(): void {}
