/**
 * IP addresses and networks as the server compares them: 16 bytes in network order, an IPv4 address as the IPv6
 * address that stands for it (RFC 4291, section 2.5.5.2), which is also how a socket for both shows it.
 */

import { isIP, isIPv4 } from "node:net";
import { UserError } from "../base/errors.ts";

/** Addresses whose first `bits` (0 to 128) are those of `address`. */
export interface Network {
  readonly address: Uint8Array;
  readonly bits: number;
}

const mappedPrefix: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** 4 or 16 bytes in network order. */
export function addressBytes(host: string): Uint8Array {
  return isIPv4(host) ? Uint8Array.from(host.split("."), Number) : ipv6Bytes(host);
}

/** `10.0.0.0/8`, `::1`. @throws UserError that names `flag` */
export function parseNetwork(flag: string, text: string): Network {
  const [host = "", length, ...rest] = text.split("/");
  const width = isIPv4(host) ? 32 : 128;
  const bits = length === undefined ? width : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (isIP(host) === 0 || host.includes("%") || rest.length > 0 || !(bits <= width)) {
    throw new UserError(`${flag} ${JSON.stringify(text)} is not a network`, {
      help: "A network is an address and the length of its prefix, for example 10.0.0.0/8 or fd00::/8.",
    });
  }
  const bytes = addressBytes(host);
  return bytes.length === 16
    ? { address: bytes, bits }
    : { address: Uint8Array.from([...mappedPrefix, ...bytes]), bits: bits + 96 };
}

/**
 * For each network the number of whole bytes that are compared, a mask for the next byte, and the bytes, one more than whole
 * ones. A number that is none of bytes ends the list.
 */
export function networkTable(networks: readonly Network[]): Uint8Array {
  const rows = networks.flatMap(({ address, bits }) => {
    const whole = bits >> 3;
    const mask = 0xff & ~(0xff >> (bits & 7));
    return [whole, mask, ...address.subarray(0, whole), (address[whole] ?? 0) & mask];
  });
  return Uint8Array.of(...rows, 0xff);
}

/** Of a valid address; a zone is left out. */
function ipv6Bytes(host: string): Uint8Array {
  const [address = ""] = host.split("%");
  // The last 32 bits may be written as IPv4.
  const text = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((each) => each.toString(16)).join(":"),
  );
  const groupsOf = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((each) => parseInt(each, 16));
  const [before = "", after] = text.split("::");
  const left = groupsOf(before);
  const right = after === undefined ? [] : groupsOf(after);
  const groups = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));
}
