/**
 * Tokens (RFC 9110, section 5.6.2) and the few among them that mean something here: methods, names of fields, values
 * of fields. Each of the three is a list that the tool makes (src/site/tokens.ts); the code of a name says what it is.
 *
 * Names of fields and values are listed in lower case and match any case. Methods are listed in upper case, which a
 * folded byte never equals, and so match exactly.
 */

/** Bit c is set for each byte c below 128 that a token may have: !#$%&'*+-.^_`|~, digits, letters. */
const tokenBytes = table<u32>(0, 0x03ff_6cfa, 0xc7ff_fffe, 0x57ff_ffff);

/** Of the token that was parsed last; 0: it is not listed. */
export let tokenCode: u32 = 0;

/** Parses a token, which may be empty, and looks it up; returns its end. */
export function parseToken(at: Ptr<u8>, list: Ptr<u8>): Ptr<u8> {
  const end = skipToken(at);
  const length = end.since(at);
  let name = list;
  // A name is its length, its code and its characters.
  while (name[0] !== 0 && (name[0] !== length || !isName(at, name, length))) name = name.add(name[0]).add(2);
  tokenCode = name[1];
  return end;
}

export function skipToken(at: Ptr<u8>): Ptr<u8> {
  let end = at;
  for (;;) {
    const character: u32 = end[0];
    if (character > 127 || ((tokenBytes[character >> 5] >> (character & 31)) & 1) === 0) return end;
    end = end.add(1);
  }
}

function isName(at: Ptr<u8>, name: Ptr<u8>, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    const character: u32 = at[i];
    const wanted: u32 = name[i + 2];
    if (character !== wanted && (character | 0x20) !== wanted) return false;
  }
  return true;
}

/** Passes over a character and the optional whitespace behind it. */
export function skipWithSpace(at: Ptr<u8>): Ptr<u8> {
  return skipSpace(at.add(1));
}

/** Passes over optional whitespace: spaces and tabs. */
export function skipSpace(at: Ptr<u8>): Ptr<u8> {
  let end = at;
  while (end[0] === byte(" ") || end[0] === byte("\t")) end = end.add(1);
  return end;
}

/** The value of a hexadecimal digit; more than 15: it is none. */
export function hexDigit(character: u32): u32 {
  const digit = character - byte("0");
  if (digit <= 9) return digit;
  // Without the bit that makes a letter small; what is no letter of the six stays beyond them, or below zero.
  return ((character - byte("A")) & ~0x20) + 10;
}

/** More than any content has, and may be added to an address. */
const mostDecimal: u32 = 0x7fff_ffff;
/** Ten times as much and nine is not more. */
const mostTenth = 0x0ccc_cccc;

/** More than any number. */
export const noDecimal: u32 = 0xffff_ffff;

/** Of the digits that were parsed last, at most `mostDecimal`; `noDecimal` when there were none. */
export let decimal: u32 = 0;

/** Parses decimal digits; returns their end. */
export function parseDecimal(start: Ptr<u8>): Ptr<u8> {
  let at = start;
  let value: u32 = 0;
  for (;;) {
    const digit: u32 = (at[0] as u32) - byte("0");
    if (digit > 9) break;
    value = value < mostTenth ? value * 10 + digit : mostDecimal;
    at = at.add(1);
  }
  decimal = at === start ? noDecimal : value;
  return at;
}

/** A number that grew beyond this is too large, whatever its other digits are. */
const largeHexadecimal: u32 = 0x0100_0000;

/** Of the hexadecimal digits that were parsed last; from `largeHexadecimal` on without the last of them. */
export let hexadecimal: u32 = 0;

/** Parses hexadecimal digits; returns where they end. */
export function parseHexadecimal(start: Ptr<u8>): Ptr<u8> {
  let at = start;
  let value: u32 = 0;
  for (;;) {
    const digit = hexDigit(at[0]);
    if (digit > 15) break;
    if (value < largeHexadecimal) value = value * 16 + digit;
    at = at.add(1);
  }
  hexadecimal = value;
  return at;
}
