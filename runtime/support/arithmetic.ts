/**
 * What 32-bit machines cannot do in an instruction: division, and shifts of 64 bits by a variable amount. The compiler
 * calls these functions by name; only those that a program needs are in its executable.
 *
 * A quotient is found bit by bit: the divisor moves up as far as it stays below the dividend, and comes down again. A
 * division by zero gives some number.
 */

/** The quotient in the lower half, the remainder in the upper half. */
export function divide(value: u32, by: u32): u64 {
  let quotient: u32 = 0;
  let rest = value;
  let shift = (countLeadingZeros(by) - countLeadingZeros(value)) as i32;
  if (shift >= 0) {
    let part = by << (shift as u32);
    do {
      quotient += quotient;
      if (part <= rest) {
        rest -= part;
        quotient++;
      }
      part = part >>> 1;
      shift--;
    } while (shift >= 0);
  }
  return (quotient as u64) | ((rest as u64) << 32);
}

/** Rounds towards zero. */
export function divideSigned(value: i32, by: i32): i32 {
  const quotient = divide((value < 0 ? -value : value) as u32, (by < 0 ? -by : by) as u32) as i32;
  return (value ^ by) < 0 ? -quotient : quotient;
}

export function divideWide(value: u64, by: u64): u64 {
  let quotient: u64 = 0;
  let rest = value;
  let part = by;
  let steps: u32 = 1;
  while (((part >> 32) as i32) >= 0 && part < value) {
    part += part;
    steps++;
  }
  do {
    quotient += quotient;
    if (part <= rest) {
      rest -= part;
      quotient |= 1;
    }
    part = part >> 1;
    steps--;
  } while (steps !== 0);
  return quotient;
}

/** Rounds towards zero. */
export function divideWideSigned(value: i64, by: i64): i64 {
  const quotient = divideWide((value < 0 ? -value : value) as u64, (by < 0 ? -by : by) as u64) as i64;
  return (((value ^ by) >> 32) as i32) < 0 ? -quotient : quotient;
}

export function shiftLeft(value: u64, amount: u32): u64 {
  const low = value as u32;
  if ((amount & 32) !== 0) return ((low << amount) as u64) << 32;
  // Shifted by 32 at most, in two steps, because an amount of 32 counts as none.
  const high = (((value >> 32) as u32) << amount) | ((low >>> 1) >>> ~amount);
  return ((high as u64) << 32) | ((low << amount) as u64);
}

export function shiftRight(value: u64, amount: u32): u64 {
  const high = (value >> 32) as u32;
  if ((amount & 32) !== 0) return (high >>> amount) as u64;
  const low = ((value as u32) >>> amount) | ((high << 1) << ~amount);
  return (((high >>> amount) as u64) << 32) | (low as u64);
}

/** The sign comes in from above. */
export function shiftRightSigned(value: i64, amount: u32): i64 {
  const high = (value >> 32) as i32;
  if ((amount & 32) !== 0) return (high >> amount) as i64;
  const low = ((value as u32) >>> amount) | (((high as u32) << 1) << ~amount);
  return (((high >> amount) as i64) << 32) | (low as i64);
}

export function rotateLeftWide(value: u64, amount: u32): u64 {
  return shiftLeft(value, amount) | shiftRight(value, 0 - amount);
}

/** Calls everything, so that all of it is compiled. */
export function main(): i32 {
  const value =
    divideWide(1, 1) + divide(1, 1) + (divideSigned(1, 1) as u64) + (divideWideSigned(1, 1) as u64);
  return (rotateLeftWide(value, 1) + (shiftRightSigned(value as i64, 1) as u64)) as i32;
}
