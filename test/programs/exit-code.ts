// The result of main is the exit code.
//
// exit: 42

function answer(): i32 {
  return 42;
}

export function main(): i32 {
  return answer();
}
