/** IP addresses as text, appended to a `Buffer`. */

import type { Buffer } from "./buffer.ts";
import type { SocketAddress } from "./sockets.ts";

/** Four bytes as `192.0.2.1`. */
export function formatIpv4(to: Buffer, bytes: Ptr<u8>): void {
  for (let i: u32 = 0; i < 4; i++) {
    if (i !== 0) to.byte(byte("."));
    to.decimal(bytes[i]);
  }
}

/**
 * Sixteen bytes, aligned to four, as `2001:db8::1` (RFC 5952): the longest run of zeros, if it has two groups or more, is `::`. An address that
 * stands for one of IPv4 (`::ffff:192.0.2.1`) is written as that.
 */
export function formatIpv6(to: Buffer, bytes: Ptr<u8>): void {
  if (isMappedIpv4(bytes)) {
    formatIpv4(to, bytes.add(12));
    return;
  }
  let runStart: u32 = 8;
  let runLength: u32 = 1;
  let zeros: u32 = 0;
  for (let group: u32 = 0; group < 8; group++) {
    zeros = bytes[group * 2] === 0 && bytes[group * 2 + 1] === 0 ? zeros + 1 : 0;
    if (zeros > runLength) {
      runLength = zeros;
      runStart = group + 1 - zeros;
    }
  }
  for (let group: u32 = 0; group < 8; group++) {
    if (group === runStart) {
      to.text("::");
      group += runLength - 1;
    } else {
      if (group !== 0 && group !== runStart + runLength) to.byte(byte(":"));
      const high: u32 = bytes[group * 2];
      to.hex((high << 8) | bytes[group * 2 + 1], 0);
    }
  }
}

/** An address with its port: `192.0.2.1:80` or `[2001:db8::1]:80`. */
export function formatSocketAddress(to: Buffer, address: SocketAddress): void {
  const isMapped = isMappedIpv4(address.ipv6);
  if (address.isIpv6()) {
    if (!isMapped) to.byte(byte("["));
    formatIpv6(to, address.ipv6);
    if (!isMapped) to.byte(byte("]"));
  } else {
    formatIpv4(to, address.ipv4);
  }
  to.byte(byte(":"));
  to.decimal(address.port());
}

/** `::ffff:0:0/96` */
function isMappedIpv4(bytes: Ptr<u8>): bool {
  const words = pointer<u32>(address(bytes));
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff_0000;
}
