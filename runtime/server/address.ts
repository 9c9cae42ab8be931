/**
 * IP addresses from text (RFC 4291, section 2.2) to 16 bytes in network order; IPv4 becomes the IPv6 address that stands for
 * it, as a socket for both shows it.
 */

import { hexDigit } from "./token.ts";

export const addressBytes = 16;
/** `::ffff:0:0/96` */
const mappedPrefix = table<u8>(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff);
const prefixBytes = 12;

/** The IPv6 address that stands for four bytes of IPv4. */
export function mapIpv4(to: Ptr<u8>, from: Ptr<u8>): void {
  copy(to, mappedPrefix, prefixBytes);
  copy(to.add(prefixBytes), from, 4);
}

/** Returns where the address ends; null when there is none. */
export function parseAddress(start: Ptr<u8>, to: Ptr<u8>): Ptr<u8> | null {
  let at = parseIpv4(start, to.add(prefixBytes));
  if (at !== null) {
    copy(to, mappedPrefix, prefixBytes);
    return at;
  }
  fill(to, 0, addressBytes);
  at = start;
  let count: u32 = 0;
  /** Where `::` stands; more than there are bytes: nowhere. */
  let gap: u32 = addressBytes + 1;
  for (;;) {
    if (at[0] === byte(":") && at[1] === byte(":")) {
      if (gap <= addressBytes) return null;
      gap = count;
      at = at.add(2);
      if (hexDigit(at[0]) > 15) break;
    } else if (count !== 0) {
      if (at[0] !== byte(":")) break;
      at = at.add(1);
    }
    if (count <= addressBytes - 4) {
      const end = parseIpv4(at, to.add(count));
      if (end !== null) {
        at = end;
        count += 4;
        break;
      }
    }
    if (count === addressBytes) return null;
    let group: u32 = 0;
    const digits = at;
    for (;;) {
      const digit = hexDigit(at[0]);
      if (digit > 15) break;
      group = group * 16 + digit;
      at = at.add(1);
    }
    if (at.since(digits) - 1 > 3) return null;
    to[count] = (group >> 8) as u8;
    to[count + 1] = group as u8;
    count += 2;
  }
  if (gap > addressBytes) return count === addressBytes ? at : null;
  // What stands behind the gap belongs to the end.
  for (let last: u32 = addressBytes; count > gap; ) {
    last--;
    count--;
    const value = to[count];
    to[count] = 0;
    to[last] = value;
  }
  return at;
}

/** Four decimal numbers; null when there are none. `to` may be written to all the same. */
function parseIpv4(start: Ptr<u8>, to: Ptr<u8>): Ptr<u8> | null {
  let at = start;
  for (let i: u32 = 0; ; i++) {
    const digits = at;
    let value: u32 = 0;
    for (;;) {
      const digit = (at[0] - byte("0")) as u8;
      if (digit > 9) break;
      value = value * 10 + digit;
      if (value > 255) return null;
      at = at.add(1);
    }
    if (at === digits) return null;
    to[i] = value as u8;
    if (i === 3) return at;
    if (at[0] !== byte(".")) return null;
    at = at.add(1);
  }
}
