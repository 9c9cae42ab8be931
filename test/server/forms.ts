/**
 * One request of each form that is answered in a way of its own: for tests of how answers travel. What they say is for other
 * tests; here the answer to a request alone, read at once, is what has to come in every other case.
 */

import { type Address, exchange, type PipelinedRequest } from "../support/http.ts";
import type { Files } from "../support/server.ts";

export interface Form extends PipelinedRequest {
  readonly name: string;
}

const content = Buffer.alloc(60_000);
for (let index = 0; index < content.length; index++) content[index] = (index * 2_654_435_761) >>> 24;

export const formFiles: Files = {
  "/index.html": "<!doctype html><title>forms</title>",
  "/folder/index.html": "folder",
  "/404.html": "none",
  "/content.bin": content,
  "/empty.bin": "",
};

const request = (line: string, ...fields: readonly string[]): string =>
  [`${line} HTTP/1.1`, "Host: a", ...fields, "", ""].join("\r\n");
const get = (name: string, target: string, ...fields: readonly string[]): Form => ({
  name,
  text: request(`GET ${target}`, ...fields),
});
const other = (method: string, target: string, ...fields: readonly string[]): Form => ({
  name: `${method} ${target}`,
  text: request(`${method} ${target}`, ...fields),
  method,
});
const many = Array.from({ length: 16 }, (_, index) => `${index * 3}-${index * 3 + 1}`).join();

export const forms: readonly Form[] = [
  get("a page", "/"),
  get("a redirect", "/folder?query"),
  get("a redirect with a range", "/folder?query", "Range: bytes=0-1"),
  get("nothing", "/nothing"),
  get("nothing of nothing", "/nothing", "Range: bytes=0-1", "If-None-Match: *"),
  get("a range", "/", "Range: bytes=1-20"),
  get("a suffix", "/", "Range: bytes=-7"),
  get("two ranges", "/", "Range: bytes=0-9,20-"),
  get("as many ranges as there may be", "/content.bin", `Range: bytes=${many}`),
  get("a range beyond the end", "/", "Range: bytes=1000-"),
  get("ranges that are ignored", "/", "Range: bytes=0-,0-,0-"),
  get("a range of nothing", "/empty.bin", "Range: bytes=0-0"),
  get("a range of what is not the same", "/", "Range: bytes=0-1", 'If-Range: "x"'),
  get("what is not modified", "/", "If-None-Match: *"),
  get("a condition that fails", "/", 'If-Match: "x"'),
  {
    name: "a range of HTTP/1.0",
    text: "GET / HTTP/1.0\r\nRange: bytes=1-2\r\nConnection: keep-alive\r\n\r\n",
  },
  other("HEAD", "/", "Range: bytes=0-1"),
  other("HEAD", "/", "If-None-Match: *"),
  other("OPTIONS", "*"),
  other("OPTIONS", "/"),
  other("TRACE", "/"),
  other("BREW", "/"),
  { name: "a body", text: `${request("POST /", "Content-Length: 5")}hello`, method: "POST" },
  {
    name: "a body in chunks",
    text: `${request("OPTIONS *", "Transfer-Encoding: chunked")}3\r\nabc\r\n0\r\n\r\n`,
    method: "OPTIONS",
  },
];

/** Of `count` requests, each form in turn, in an order that puts each behind many others. */
export function mix(count: number, from: readonly Form[] = forms): readonly Form[] {
  return Array.from(
    { length: count },
    (_, index) => from[(index * 7 + ((index / from.length) | 0)) % from.length],
  ).filter((form) => form !== undefined);
}

/** What has to come: the answers, each to its request alone, one behind the other. Dates are made alike. */
export async function answersOf(server: Address, some: readonly Form[]): Promise<string> {
  const alone = new Map<Form, string>();
  for (const form of new Set(some)) alone.set(form, undated(await exchange(server, [form.text])));
  return some.map((form) => alone.get(form)).join("");
}

export function undated(answer: Buffer): string {
  return answer.toString("latin1").replace(/\r\nDate: [^\r]+/g, "\r\nDate: now");
}
