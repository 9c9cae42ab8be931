/**
 * The addresses of this machine's interfaces, as the kernel tells them over a netlink socket (rtnetlink(7)): one request,
 * then messages that hold one address each. No file of /proc or /sys is needed, which a container may not have.
 */

import { SYS_socket } from "microlith:target";
import { type Buffer, closeFile, formatIpv4, formatIpv6, read, write } from "microlith/std";

const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NLMSG_DONE = 3;
const RTM_NEWADDR = 20;
const IFA_ADDRESS = 1;

/** `struct nlmsghdr` and `struct ifaddrmsg`, in words: length 24; RTM_GETADDR (22) and NLM_F_REQUEST | NLM_F_DUMP; zeros. */
const request = table<u32>(24, 22 | (0x301 << 16), 0, 0, 0, 0);
const messageBytes = 16;
const addressBytes = 8;

/** `struct nlmsghdr`, and behind it `struct ifaddrmsg`. */
class Message {
  length: u32;
  type: u16;
  flags: u16;
  sequence: u32;
  port: u32;
  family: u8;
  prefixLength: u8;
  addressFlags: u8;
  scope: u8;
  index: u32;
}

/** `struct rtattr`; its value follows. */
class Attribute {
  length: u16;
  type: u16;
}

const received = zeroed<Fixed<u8, 8192>>();

/** A line `IP: …` for each address. */
export function listAddresses(to: Buffer): void {
  const socket = syscall(SYS_socket, AF_NETLINK, SOCK_RAW, 0) as i32;
  if (socket < 0) return;
  write(socket, pointer<u8>(address(request)), 24);
  while (readMessages(to, socket));
  closeFile(socket);
}

/** Reads what one datagram holds. Whether there is more. */
function readMessages(to: Buffer, socket: i32): bool {
  const length = read(socket, received, 8192);
  if (length <= 0) return false;
  let left = length as u32;
  let at: u32 = address(received);
  while (left >= messageBytes) {
    const message = reference<Message>(at);
    if (message.type === NLMSG_DONE || message.length < messageBytes) return false;
    if (message.type === RTM_NEWADDR) writeAddress(to, message);
    // The next one begins at a multiple of four.
    const size = (message.length + 3) & ~3;
    if (size > left) return false;
    left -= size;
    at += size;
  }
  return true;
}

function writeAddress(to: Buffer, message: Message): void {
  let at: u32 = address(message) + messageBytes + addressBytes;
  const end: u32 = address(message) + message.length;
  while (at + sizeof<Attribute>() <= end) {
    const attribute = reference<Attribute>(at);
    if (attribute.length < sizeof<Attribute>()) return;
    if (attribute.type === IFA_ADDRESS) {
      const value = pointer<u8>(at + sizeof<Attribute>());
      to.text("IP: ");
      if (message.family === AF_INET) formatIpv4(to, value);
      else if (message.family === AF_INET6) formatIpv6(to, value);
      to.byte(10);
    }
    at += (attribute.length + 3) & ~3;
  }
}
