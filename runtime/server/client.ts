/**
 * Who a client is: the peer of the connection, or, when that is a trusted proxy, whom its header names.
 *
 * Each proxy adds the address that it saw to the end of the list. So the client is the last address that is no trusted
 * proxy's; what stands before it is what that client claims. What is no address ends what can be believed. Only the one
 * header that the proxies write is read: the other one would be the client's own word.
 */

import { type descriptors, hasTrusted, isForwarded, trustedNetworks } from "microlith:options";
import { addressBytes, mappedWord, parseAddress } from "./address.ts";
import { AF_INET, type SocketAddress } from "./socket.ts";
import { skipSpace, skipToken } from "./token.ts";

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
  const peer = peers[descriptor];
  copy(pointer<u8>(address(peer)), accepted.address, addressBytes);
  if (accepted.family === AF_INET) {
    // Behind an address of IPv4 the kernel writes eight zeros (struct sockaddr_in), which are in place already.
    peer.words[2] = mappedWord;
    peer.words[3] = accepted.word;
  }
}

/** Of the client at the other end of the connection; `hasHeader`: the request that was parsed last has the header. */
export function clientAddress(descriptor: u32, hasHeader: bool): Ptr<u8> {
  const peer = pointer<u8>(address(peers[descriptor]));
  return hasTrusted && hasHeader && isKnown && isTrusted(peer) ? pointer<u8>(address(client)) : peer;
}

/** Whom the header has named is in `client`. */
let isKnown: bool = false;

/** Takes in the value of the header, of which a request may have several. */
export function noteForwarded(value: Ptr<u8>, isFirst: bool): void {
  if (isFirst) isKnown = false;
  const named = pointer<u8>(address(element));
  let at = value;
  do {
    at = parseElement(at, named);
    if (!isNamed) isKnown = false;
    // Of addresses that are trusted the first counts, unless one follows that is not.
    else if (!isKnown || !isTrusted(named)) {
      copy(pointer<u8>(address(client)), named, addressBytes);
      isKnown = true;
    }
    at = at.add(1);
  } while (at[-1] === byte(","));
}

/** Whether the address lies in a network of the list: how many whole bytes are compared, a mask for the next, and the bytes. */
function isTrusted(candidate: Ptr<u8>): bool {
  let network: Ptr<u8> = trustedNetworks;
  for (;;) {
    const whole = network[0];
    if (whole > addressBytes) return false;
    const rest = candidate[whole] & network[1];
    network = network.add(2);
    if (equal(candidate, network, whole) && rest === network[whole]) return true;
    network = network.add(whole).add(1);
  }
}

/** Whether the element that was parsed last has an address. */
let isNamed: bool = false;
/** `for=`, as a little-endian number. */
const addressParameter = 0x3d72_6f66;
const lowerCase = 0x0020_2020;

/** Parses an element of the header's list; returns where it ends: at a comma or at the end of the line. */
function parseElement(start: Ptr<u8>, to: Ptr<u8>): Ptr<u8> {
  let at = start;
  if (isForwarded) isNamed = false;
  for (;;) {
    at = skipSpace(at);
    // RFC 7239, section 4: pairs, whose values may be quoted.
    if (!isForwarded) parseHost(at, to);
    else if ((pointer<u32>(address(at))[0] | lowerCase) === addressParameter) parseHost(at.add(4), to);
    let isQuoted = false;
    while (at[0] >= byte(" ") || at[0] === byte("\t")) {
      if (isForwarded && at[0] === byte('"')) isQuoted = !isQuoted;
      if (!isQuoted && (at[0] === byte(",") || (isForwarded && at[0] === byte(";")))) break;
      at = at.add(1);
    }
    // A quote that is not closed has swallowed what the proxy added.
    if (isQuoted) isNamed = false;
    if (!isForwarded || at[0] !== byte(";")) return at;
    at = at.add(1);
  }
}

/** An address, maybe in brackets, in `Forwarded` maybe in quotes, maybe with a port behind it. */
function parseHost(start: Ptr<u8>, to: Ptr<u8>): void {
  let at = start;
  if (isForwarded && at[0] === byte('"')) at = at.add(1);
  if (at[0] === byte("[")) at = at.add(1);
  const end = parseAddress(at, to);
  isNamed = false;
  if (end !== null && skipToken(end) === end) isNamed = true;
}
