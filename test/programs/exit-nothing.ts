// A main without result ends with exit code 0, and only the low byte of a result counts.
//
// exit: 0

export function main(): void {}
