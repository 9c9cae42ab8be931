// The kernel keeps the low byte of the exit code: -2 is 254.
//
// exit: 254

export function main(): i32 {
  return -2;
}
