// ML1052 2:19
// ML1052 2:33
const length: u32 = 1;
const Lengths = { length, A: 1, f() {} } as const;
export function main(): void {}
