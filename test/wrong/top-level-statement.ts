// ML1043 2:1
// ML1043 3:1
let count: u32 = 0;
count = 1;
if (count === 1) {
}
export function main(): void {}
