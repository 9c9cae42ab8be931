/** Numbers as text. */

/** Decimal, backwards from `end`; returns where it begins. */
export function writeNumber(end: Ptr<u8>, value: u64): Ptr<u8> {
  let at = end;
  let rest = value;
  do {
    at = at.add(-1);
    at[0] = (byte("0") + (rest % 10)) as u8;
    rest /= 10;
  } while (rest !== 0);
  return at;
}

/** The low `digits` digits, in lower case; returns where they end. */
export function writeHexadecimal(start: Ptr<u8>, value: u32, digits: u32): Ptr<u8> {
  let left = digits;
  while (left !== 0) {
    left--;
    const digit = (value >> (left * 4)) & 15;
    start[digits - 1 - left] = (digit + (digit < 10 ? byte("0") : byte("a") - 10)) as u8;
  }
  return start.add(digits);
}
