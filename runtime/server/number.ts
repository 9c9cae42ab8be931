/**
 * Digits in places of a fixed width.
 */

/** Replaces the zeros before `end` by decimal digits; returns where they begin. */
export function writeDigits(end: Ptr<u8>, value: u32): Ptr<u8> {
  let at = end;
  let rest = value;
  do {
    at = at.add(-1);
    at[0] = (byte("0") + (rest % 10)) as u8;
    rest /= 10;
  } while (at[-1] === byte("0"));
  return at;
}
