/** The smallest program: it does nothing, successfully. */

export function main(): void {}
