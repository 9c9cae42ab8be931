/** What the wrong programs import. */
export const answer = 42;

const hidden = 1;

export function helper(): i32 {
  return hidden;
}
