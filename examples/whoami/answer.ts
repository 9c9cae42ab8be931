/**
 * The answers. A page is built in one piece: the body first, behind room for the head, then the head before it, because
 * the head has to know the body's length.
 */

import { wordBytes } from "microlith:target";
import {
  type Buffer,
  environmentStart,
  find,
  findByte,
  formatSocketAddress,
  hostName,
  peerAddress,
  type SocketAddress,
} from "microlith/std";
import { listAddresses } from "./interfaces.ts";

const headRoom = 256;
const bodyRoom = 15_360;
const pageBytes = headRoom + bodyRoom;

const storage = zeroed<Fixed<u8, typeof pageBytes>>();
const head = zeroed<Buffer>();
const body = zeroed<Buffer>();
/** Head and body together: what is sent. */
export const page = zeroed<Buffer>();
const peer = zeroed<SocketAddress>();

/** Makes the page for a request of `length` bytes, without the empty line that ends it; 0 is one that is too long. */
export function answer(connection: i32, request: Ptr<u8>, length: u32, stack: usize): void {
  body.use(storage.add(headRoom), bodyRoom);
  head.use(storage, headRoom);
  const line = findByte(request, length, 13);
  const isHead = line > 5 && equal(request, bytes("HEAD "), 5);
  const isGet = line > 4 && equal(request, bytes("GET "), 4);
  const target = request.add(isHead ? 5 : 4);
  head.text("HTTP/1.1 ");
  if (length === 0) {
    head.text("431 Request Header Fields Too Large");
  } else if (find(request, line, " HTTP/1.") === line) {
    head.text("400 Bad Request");
  } else if ((isGet || isHead) && equal(target, bytes("/health "), 8)) {
    head.text("200 OK");
    body.text("ok\n");
  } else {
    head.text("200 OK");
    writeReport(connection, request, length, stack);
  }
  head.text(
    "\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: ",
  );
  head.decimal(body.length);
  head.text("\r\n\r\n");
  // The head ends where the body starts.
  const start = storage.add((headRoom - head.length) as i32);
  moveUp(start, storage, head.length);
  page.use(start, pageBytes);
  page.length = head.length + (isHead ? 0 : body.length);
}

/** Copies to a higher place that may overlap: from the end. */
function moveUp(to: Ptr<u8>, from: Ptr<u8>, length: u32): void {
  for (let i: u32 = length; i > 0; i--) to[i - 1] = from[i - 1];
}

function writeReport(connection: i32, request: Ptr<u8>, length: u32, stack: usize): void {
  body.text("Hostname: ");
  body.length += hostName(body.start.add(body.length as i32), 64);
  body.byte(10);
  listAddresses(body);
  if (peerAddress(connection, peer) >= 0) {
    body.text("RemoteAddr: ");
    formatSocketAddress(body, peer);
    body.byte(10);
  }
  body.byte(10);
  body.append(request, length);
  body.byte(10);
  let entry = environmentStart(stack);
  for (;;) {
    const text = load<usize>(entry);
    if (text === 0) return;
    body.textAt(text);
    body.byte(10);
    entry += wordBytes;
  }
}
