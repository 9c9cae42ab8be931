/**
 * The choice among content codings (RFC 9110, sections 8.4 and 12.5.3). Only in sites that store some content in more than
 * one form.
 */

import { acceptEncoding } from "microlith:options";
import { codingNames, hasIdentity, notAcceptable, type Representation } from "microlith:site";
import { kept } from "./request.ts";
import { parseToken, skipSpace, skipWithSpace, tokenCode } from "./token.ts";

const identity = 0;
/** `q=`, as a little-endian number. */
const weightParameter = 0x3d71;
const lowerCase = 0x20;
/**
 * A thousand times the q-value that the request gives to a coding, plus 1; 0: it does not name it. By the coding's code, which is
 * one more than the kind of a representation; 0 is what we do not know.
 */
const weights = zeroed<Fixed<u32, 6>>();
const others = 2;
const least = 2;
const most = 1001;

/** Takes in the value of Accept-Encoding, up to where it is malformed. */
function weigh(value: Ptr<u8>): void {
  let at = value;
  for (;;) {
    at = skipSpace(parseToken(at, codingNames));
    const code = tokenCode;
    let weight: u32 = 1000;
    if (at[0] === byte(";")) {
      at = skipWithSpace(at);
      if ((pointer<u16>(address(at))[0] | lowerCase) === weightParameter) at = at.add(2);
      weight = 0;
      let digits: u32 = 4;
      do {
        weight *= 10;
        const digit: u32 = (at[0] as u32) - byte("0");
        if (digit <= 9) {
          weight += digit;
          at = at.add(1);
          if (at[0] === byte(".")) at = at.add(1);
        }
        digits--;
      } while (digits !== 0);
      at = skipSpace(at);
    }
    weights[code] = weight + 1;
    if (at[0] !== byte(",")) return;
    at = skipWithSpace(at);
  }
}

/** Of the representation and those behind it, the one that the client likes best, the first among equals. */
export function chooseCoding(first: Representation): Representation {
  const value = kept[acceptEncoding];
  // Of what is not named, when `*` is not, either. Who does not ask can read the others, too (RFC 9110, section 12.5.3).
  let unnamedIdentity: u32 = most;
  let unnamedCoding: u32 = least;
  fill(pointer<u8>(address(weights)), 0, sizeof<Fixed<u32, 6>>());
  if (value !== null) {
    unnamedIdentity = least;
    unnamedCoding = 0;
    weigh(value);
  }
  let best: Representation = notAcceptable;
  let bestWeight: u32 = 1;
  let each = first;
  for (;;) {
    const kind: u32 = each.kind;
    let weight = weights[kind + 1];
    if (weight === 0) weight = weights[others];
    if (weight === 0) weight = kind === identity ? unnamedIdentity : unnamedCoding;
    if (weight > bestWeight) {
      best = each;
      bestWeight = weight;
    }
    if (kind === identity) return best;
    const next = pointer<u32>(address(each))[-1];
    if (!hasIdentity && next === 0) return best;
    each = reference<Representation>(next);
  }
}
