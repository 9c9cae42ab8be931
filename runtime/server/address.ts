/**
 * IP addresses as text (RFC 4291, section 2.2; RFC 5952) and as 16 bytes in network order. One of IPv4 is the IPv6 address
 * that stands for it, as a socket for both shows it.
 */

import { decimal, hexadecimal, parseDecimal, parseHexadecimal } from "./token.ts";
import { writeByte, writeDecimal, writeHex } from "./writer.ts";

export const addressBytes = 16;
/** `::ffff:0:0/96`: the words in front of an address of IPv4. */
export const mappedWord: u32 = 0xffff_0000;
const prefixBytes = 12;
const ipv4Bytes = 4;
const groupCount = 8;

/** Writes the address at `from`, which is aligned to four. */
export function writeAddress(from: Ptr<u8>): void {
  const words = pointer<u32>(address(from));
  if ((words[0] | words[1]) === 0 && words[2] === mappedWord) {
    for (let i: u32 = prefixBytes; ; i++) {
      writeDecimal(from[i]);
      if (i === addressBytes - 1) return;
      writeByte(byte("."));
    }
  }
  // The first of the longest runs of zeros, if it has two groups or more, is left out.
  let zeros: u32 = 0;
  let longest: u32 = 1;
  let gapEnd: u32 = 0;
  let group: u32 = 0;
  do {
    zeros = pointer<u16>(address(from))[group] === 0 ? zeros + 1 : 0;
    group++;
    if (zeros > longest) {
      longest = zeros;
      gapEnd = group;
    }
  } while (group < groupCount);
  for (group = 0; group < groupCount; group++) {
    const isGap = group + longest === gapEnd;
    if (isGap || group !== 0) writeByte(byte(":"));
    if (isGap) group = gapEnd - 1;
    else writeHex(groupOf(from, group), 0);
  }
  if (gapEnd === groupCount) writeByte(byte(":"));
}

function groupOf(from: Ptr<u8>, group: u32): u32 {
  return byteSwap(pointer<u16>(address(from))[group]) >> 16;
}

/**
 * Reads the address at `start` into `to`; returns where its text ends, null when there is none. A colon without a
 * neighbour counts for two.
 */
export function parseAddress(start: Ptr<u8>, to: Ptr<u8>): Ptr<u8> | null {
  fill(to, 0, addressBytes);
  let at = start;
  let count: u32 = 0;
  /** Where `::` stands; more than there are bytes: nowhere. */
  let gap: u32 = addressBytes + 1;
  for (;;) {
    const end = parseHexadecimal(at);
    const digits = end.since(at);
    if (end[0] === byte(".")) {
      if (at === start) {
        pointer<u32>(address(to))[2] = mappedWord;
        count = prefixBytes;
      }
      if (count > prefixBytes) return null;
      const last = count + ipv4Bytes;
      for (;;) {
        at = parseDecimal(at);
        // Without digits it is more.
        if (decimal > 255) return null;
        to[count] = decimal as u8;
        count++;
        if (count === last) break;
        if (at[0] !== byte(".")) return null;
        at = at.add(1);
      }
      break;
    }
    if (digits === 0) {
      if (gap < count) return null;
      gap = count;
    } else {
      if (digits > 4 || count === addressBytes) return null;
      to[count] = (hexadecimal >> 8) as u8;
      to[count + 1] = hexadecimal as u8;
      count += 2;
    }
    at = end;
    if (at[0] !== byte(":")) break;
    at = at.add(1);
  }
  if (at === start) return null;
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
