// ML1027 1:14
// ML1027 2:15
// ML1042 3:5
// ML1027 3:24
const half = 0.5;
const large = 1e3;
let storage: Fixed<u8, 1.5>;
export function main(): void {}
