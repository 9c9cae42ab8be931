/**
 * Numbers to digits. Each function writes backwards: the digits end just before `end`, and the address of the first comes back,
 * so their number is `end.since(first)`. The caller gives room for the largest: 10 decimal digits for 32 bits, 20 for 64.
 */

/** Needs up to 10 bytes before `end`. */
export function formatDecimal(value: u32, end: Ptr<u8>): Ptr<u8> {
  let at = end;
  let rest = value;
  do {
    at = at.add(-1);
    at[0] = byte("0") + ((rest % 10) as u8);
    rest /= 10;
  } while (rest !== 0);
  return at;
}

/**
 * Needs up to 20 bytes before `end`. The division is done by hand, 16 bits at a time, because machines of 32 bits have none
 * of 64.
 */
export function formatDecimal64(value: u64, end: Ptr<u8>): Ptr<u8> {
  let high = (value >> 32) as u32;
  let low = value as u32;
  let at = end;
  do {
    // Each remainder is below 10, so what is divided has at most 20 bits.
    let part: u32 = high % 10;
    high /= 10;
    part = (part << 16) | (low >> 16);
    const upper: u32 = part / 10;
    part = ((part % 10) << 16) | (low & 0xffff);
    low = (upper << 16) | (part / 10);
    at = at.add(-1);
    at[0] = byte("0") + ((part % 10) as u8);
  } while ((high | low) !== 0);
  return at;
}

/** Lower case, `digits` of them (at most 8) with leading zeros; 0 stands for as many as the number has. */
export function formatHex(value: u32, digits: u32, end: Ptr<u8>): Ptr<u8> {
  let at = end;
  let rest = value;
  let left = digits;
  do {
    const digit = (rest & 15) as u8;
    at = at.add(-1);
    at[0] = digit < 10 ? byte("0") + digit : byte("a") - 10 + digit;
    rest >>= 4;
    if (left !== 0) left--;
  } while (rest !== 0 || left !== 0);
  return at;
}

/** As `formatHex`, with up to 16 digits. */
export function formatHex64(value: u64, digits: u32, end: Ptr<u8>): Ptr<u8> {
  const high = (value >> 32) as u32;
  if (high === 0 && digits <= 8) return formatHex(value as u32, digits, end);
  const middle = formatHex(value as u32, 8, end);
  return formatHex(high, digits > 8 ? digits - 8 : 0, middle);
}
