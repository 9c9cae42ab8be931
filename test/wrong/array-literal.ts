// ML1032 1:16
const primes = [2, 3, 5];
export function main(): void {}
