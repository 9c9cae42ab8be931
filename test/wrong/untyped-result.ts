// ML1041 1:17
export function main() {}
