// ML1603 1:17
const t = table<Ptr<u8>>(1);
export function main(): void {}
