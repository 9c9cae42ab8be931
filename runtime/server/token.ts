/**
 * Tokens (RFC 9110, section 5.6.2) and the names among them that the server knows: methods, fields and the few
 * values of fields that matter.
 *
 * One list serves for all. Fields and values are stored in lower case and match any case; methods are stored in upper
 * case, which a folded byte never equals, and so match exactly.
 */

import { tokens } from "microlith:options";

/** Bit c is set for each byte c below 128 that a token may have: !#$%&'*+-.^_`|~, digits, letters. */
const tokenBytes = table<u32>(0, 0x03ff_6cfa, 0xc7ff_fffe, 0x57ff_ffff);

/** The number of the token that was parsed last; one more than the last name's when it is unknown. */
export let tokenNumber: u32 = 0;

/** Parses a token, which may be empty; returns its end. */
export function parseToken(at: Ptr<u8>): Ptr<u8> {
  const end = skipToken(at);
  tokenNumber = findName(tokens, at, end.since(at));
  return end;
}

/** The number of the name in the list, from 1; one more than the last name's when it is not there. */
export function findName(names: Ptr<u8>, at: Ptr<u8>, length: u32): u32 {
  let name = names;
  let number: u32 = 1;
  while (name[0] !== 0) {
    if (name[0] === length && isName(at, name.add(1), length)) break;
    name = name.add(name[0] + 1);
    number++;
  }
  return number;
}

export function skipToken(at: Ptr<u8>): Ptr<u8> {
  let end = at;
  while (end[0] < 128 && ((tokenBytes[end[0] >> 5] >> (end[0] & 31)) & 1) !== 0) end = end.add(1);
  return end;
}

function isName(at: Ptr<u8>, name: Ptr<u8>, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    if (at[i] !== name[i] && (at[i] | 0x20) !== name[i]) return false;
  }
  return true;
}

/** Passes over optional whitespace: spaces and tabs. */
export function skipSpace(at: Ptr<u8>): Ptr<u8> {
  let end = at;
  while (end[0] === byte(" ") || end[0] === byte("\t")) end = end.add(1);
  return end;
}

/** The value of a hexadecimal digit; more than 15: it is none. */
export function hexDigit(character: u8): u8 {
  const digit = (character - byte("0")) as u8;
  if (digit <= 9) return digit;
  const letter = ((character | 0x20) - byte("a")) as u8;
  return letter < 6 ? ((letter + 10) as u8) : 255;
}
