/**
 * Who a client is: the peer of the connection, or, when that is a trusted proxy, whom its header names.
 *
 * Each proxy adds the address that it saw to the end of the list. So the client is the last address that is no trusted
 * proxy's; what stands before it is what that client claims. What is no address ends what can be believed. Only the one
 * header that the proxies write is read: the other one would be the client's own word.
 */

import {
  type descriptors,
  forwardedCode,
  forwardedParameters,
  hasTrusted,
  isForwarded,
  trustedCount,
  trustedNetworks,
} from "microlith:options";
import { addressBytes, mapIpv4, parseAddress } from "./address.ts";
import { findField } from "./fields.ts";
import { AF_INET, type SocketAddress } from "./socket.ts";
import { parseToken, skipSpace, tokenCode } from "./token.ts";

/** 16 bytes in network order. */
class Address {
  words: Fixed<u32, 4>;
}

/** By descriptor: the other end of each connection. */
const peers = zeroed<Fixed<Address, typeof descriptors>>();
/** For accept4: where the kernel puts the peer's address, and how many bytes. */
export const accepted = zeroed<SocketAddress>();
export const acceptedLength = zeroed<Fixed<u32, 1>>();

const client = zeroed<Address>();
const element = zeroed<Address>();

/** The connection that was accepted last has this descriptor. */
export function rememberPeer(descriptor: u32): void {
  const to = pointer<u8>(address(peers[descriptor]));
  if (accepted.family === AF_INET) mapIpv4(to, pointer<u8>(address(accepted) + 4));
  else copy(to, accepted.address, addressBytes);
}

/** The address of whoever sent the request from `start` to `end`. */
export function clientAddress(descriptor: u32, start: Ptr<u8>, end: Ptr<u8>): Ptr<u8> {
  const peer = pointer<u8>(address(peers[descriptor]));
  if (!hasTrusted || !isTrusted(peer)) return peer;
  const found = pointer<u8>(address(client));
  const named = pointer<u8>(address(element));
  let isKnown = false;
  let list = findField(start, end, forwardedCode);
  while (list !== null) {
    place.at = list;
    do {
      if (!parseElement(named)) isKnown = false;
      // Of addresses that are trusted the first counts, unless one follows that is not.
      else if (!isKnown || !isTrusted(named)) {
        copy(found, named, addressBytes);
        isKnown = true;
      }
      place.at = place.at.add(1);
    } while (place.at[-1] === byte(","));
    list = findField(list, end, forwardedCode);
  }
  return isKnown ? found : peer;
}

function isTrusted(candidate: Ptr<u8>): bool {
  for (let network: u32 = 0; network < trustedCount; network++) {
    const base = trustedNetworks.add((network * 2 * addressBytes) as i32);
    let i: u32 = 0;
    while (i < addressBytes && (candidate[i] & base[addressBytes + i]) === base[i]) i++;
    if (i === addressBytes) return true;
  }
  return false;
}

/** How far the header is parsed; behind an element a comma or the end of the line. */
class Place {
  at: Ptr<u8>;
}
const place = zeroed<Place>();

/** One element of the header's list: whether it names an address. */
function parseElement(to: Ptr<u8>): bool {
  if (!isForwarded) {
    const isAddress = parseHost(to);
    while (isText(place.at[0]) && place.at[0] !== byte(",")) place.at = place.at.add(1);
    return isAddress;
  }
  // RFC 7239, section 4: pairs, whose values may be quoted.
  let isAddress = false;
  for (;;) {
    place.at = parseToken(skipSpace(place.at), forwardedParameters);
    const isFor = tokenCode !== 0 && place.at[0] === byte("=");
    if (isFor) {
      place.at = place.at.add(1);
      isAddress = parseHost(to);
    }
    let isQuoted = isFor && wasQuoted;
    while (isText(place.at[0])) {
      if (place.at[0] === byte('"')) isQuoted = !isQuoted;
      if (!isQuoted && (place.at[0] === byte(",") || place.at[0] === byte(";"))) break;
      place.at = place.at.add(1);
    }
    // A quote that is not closed has swallowed what the proxy added.
    if (isQuoted) return false;
    if (place.at[0] !== byte(";")) return isAddress;
    place.at = place.at.add(1);
  }
}

let wasQuoted: bool = false;

/** An address, maybe in quotes and brackets, maybe with a port behind it. */
function parseHost(to: Ptr<u8>): bool {
  place.at = skipSpace(place.at);
  wasQuoted = place.at[0] === byte('"');
  if (wasQuoted) place.at = place.at.add(1);
  if (place.at[0] === byte("[")) place.at = place.at.add(1);
  const end = parseAddress(place.at, to);
  if (end === null) return false;
  place.at = end;
  const next = end[0];
  return (
    next <= byte(" ") ||
    next === byte(",") ||
    next === byte("]") ||
    next === byte(":") ||
    next === byte('"') ||
    next === byte(";")
  );
}

function isText(character: u8): bool {
  return character >= byte(" ") || character === byte("\t");
}
