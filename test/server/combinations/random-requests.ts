/**
 * Random requests: the paths of a site in several spellings, and everything that a request can say besides, as values beside
 * the text, so that the judge needs no parser of requests.
 */

import type { Random } from "./random.ts";
import { times } from "./random.ts";

/** First and last position; without a first one the last so many bytes. */
export type RangeMember = readonly [first: number | undefined, last: number | undefined];

export interface Request {
  /** As it is sent, a character for each byte. */
  readonly text: string;
  readonly line: string;
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
  /** Weights by coding; absent: no such field. */
  readonly accepted?: ReadonlyMap<string, number> | undefined;
  /** Entity-tags, with quotes, or `*`. */
  readonly ifMatch?: readonly string[] | undefined;
  readonly ifNoneMatch?: readonly string[] | undefined;
  readonly ifModifiedSince?: number | undefined;
  readonly ifUnmodifiedSince?: number | undefined;
  /** An entity-tag, or a time. */
  readonly ifRange?: string | number | undefined;
  /** "invalid" is to be passed over. */
  readonly ranges?: readonly RangeMember[] | "invalid" | undefined;
  /** Whom the log has to name, when proxies are trusted. */
  readonly client: string;
  readonly isOld: boolean;
  readonly closes: boolean;
  /** The status of what is wrong with it. */
  readonly error?: number | undefined;
}

export interface RequestContext {
  readonly bufferBytes: number;
  readonly trustedHeader: string;
  readonly lastModified: Date | undefined;
  /** Entity-tags and a length of what the path names. */
  readonly known: (path: string) => { readonly etags: readonly string[]; readonly size: number };
}

const codingNames = ["br", "gzip", "zstd", "identity", "*", "deflate"] as const;
const weights = ["0", "0.001", "0.3", "0.5", "0.999", "1", "1.000", "0.0"] as const;
const refused = ["POST", "PUT", "DELETE", "PATCH", "TRACE"] as const;

export function randomRequest(random: Random, path: string, context: RequestContext): Request {
  const { etags, size } = context.known(path);
  const method = random.chance(80)
    ? "GET"
    : random.pick(["HEAD", "HEAD", "HEAD", "OPTIONS", "BREW", ...refused]);
  const query = random.chance(20) ? random.pick(["?", "?a=b", "?%20&x=/../", "?q=?"]) : "";
  const isOld = random.chance(8);
  const fields: string[] = [];
  const add = (name: string, value: string): void => {
    const space = random.pick(["", " ", " ", " \t"]);
    fields.push(
      `${random.chance(20) ? name.toUpperCase() : name}:${space}${value}${random.chance(5) ? " " : ""}`,
    );
  };
  if (!isOld || random.chance(50)) add("Host", random.pick(["localhost", "a.example:80", "[::1]"]));
  const accepted = random.chance(60) ? randomWeights(random) : undefined;
  if (accepted !== undefined) add("Accept-Encoding", accepted.text);
  const tags = (): readonly string[] | undefined =>
    random.chance(15)
      ? random.chance(15)
        ? ["*"]
        : times(1 + random.below(3), () => random.pick([...etags, ...etags, '"other"', '""']))
      : undefined;
  const ifMatch = random.chance(40) ? tags() : undefined;
  const ifNoneMatch = tags();
  if (ifMatch !== undefined) add("If-Match", ifMatch.join(random.pick([",", ", "])));
  if (ifNoneMatch !== undefined)
    add(
      "If-None-Match",
      ifNoneMatch.map((tag) => (tag !== "*" && random.chance(20) ? `W/${tag}` : tag)).join(", "),
    );
  const time = (percent: number): number | undefined => {
    const near =
      (context.lastModified?.getTime() ?? 1_600_000_000_000) + 1000 * random.pick([-86_400, -1, 0, 0, 1]);
    return random.chance(percent) ? near : undefined;
  };
  const ifModifiedSince = time(8);
  const ifUnmodifiedSince = time(4);
  if (ifModifiedSince !== undefined) add("If-Modified-Since", new Date(ifModifiedSince).toUTCString());
  if (ifUnmodifiedSince !== undefined) add("If-Unmodified-Since", new Date(ifUnmodifiedSince).toUTCString());
  const ranges = random.chance(30) ? randomRanges(random, size) : undefined;
  if (ranges !== undefined) add("Range", ranges.text);
  const ifRange = random.chance(10) ? (time(30) ?? random.pick([...etags, '"other"'])) : undefined;
  if (ifRange !== undefined)
    add("If-Range", typeof ifRange === "number" ? new Date(ifRange).toUTCString() : ifRange);
  const forwarded = random.chance(30) ? randomForwarded(random, context.trustedHeader) : undefined;
  if (forwarded !== undefined) add(context.trustedHeader, forwarded.text);
  if (random.chance(20))
    add("User-Agent", random.pick(["agent", 'a"b\\c\x7f'.replace("\x7f", "\xff"), "long ".repeat(300)]));
  if (random.chance(10)) add("Referer", random.pick(["https://a.example/", "\xfc\xe4"]));
  const keepsOld = isOld && random.chance(50);
  const wantsClose = random.chance(3);
  if (keepsOld) add("Connection", "keep-alive");
  else if (wantsClose) add("Connection", random.pick(["close", "Close", "te, close"]));
  const body = random.chance(12)
    ? randomBody(random, context.bufferBytes, isOld)
    : { text: "", field: undefined };
  if (body.field !== undefined) fields.push(body.field);
  for (let at = fields.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [fields[at], fields[other]] = [fields[other] ?? "", fields[at] ?? ""];
  }
  const origin = random.chance(5) ? random.pick(["http://any.example:1", "HTTP://x", "https://[::1]"]) : "";
  const target = origin + spell(random, path) + query;
  const line = `${method} ${target} HTTP/1.${isOld ? 0 : 1}`;
  const head = `${line}\r\n${fields.map((field) => `${field}\r\n`).join("")}\r\n`;
  const room = context.bufferBytes - 16;
  const error = line.length + 2 > room ? 414 : head.length > room ? 431 : undefined;
  const isTooLong = head.length + body.text.length > room;
  return {
    text: head + body.text,
    line,
    method,
    path,
    query,
    accepted: accepted?.weights,
    ifMatch,
    ifNoneMatch,
    ifModifiedSince,
    ifUnmodifiedSince,
    ifRange,
    ranges: ranges?.members,
    client: forwarded?.client ?? "127.0.0.1",
    isOld,
    closes: error !== undefined || isTooLong || (isOld ? !keepsOld : wantsClose),
    error,
  };
}

/** A request that nobody may answer with what it asks for. */
export function wrongRequest(random: Random): Request {
  const [error, text] = random.pick([
    [400, "GET / HTTP/1.1\r\n\r\n"],
    [400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
    [400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n"],
    [400, "GET /\r\n\r\n"],
    [400, "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n"],
    [400, "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"],
    [400, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    [400, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\n1"],
    [400, "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n\r\n"],
    [400, "GET / HTTP/1.1\r\nHost: a\r\n folded: x\r\n\r\n"],
    [400, "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"],
    [505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"],
  ] as const);
  return { ...plainRequest("/"), text, error };
}

/** A single GET. */
export function plainRequest(path: string, accepted: string = ""): Request {
  const line = `GET ${path.split("/").map(encodeURIComponent).join("/")} HTTP/1.1`;
  const field = accepted === "" ? "" : `Accept-Encoding: ${accepted}\r\n`;
  return {
    text: `${line}\r\nHost: a\r\n${field}Connection: close\r\n\r\n`,
    line,
    method: "GET",
    path,
    query: "",
    client: "127.0.0.1",
    isOld: false,
    closes: true,
  };
}

/** Percent-encoded where it has to be, and elsewhere sometimes. */
function spell(random: Random, path: string): string {
  const percent = random.pick([0, 0, 0, 20, 100]);
  return [...Buffer.from(path)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      const isPlain =
        character === "/" || (/[\w.~!$&'()*+,;=:@-]/.test(character) && !random.chance(percent));
      const hex = byte.toString(16).padStart(2, "0");
      return isPlain ? character : `%${random.chance(50) ? hex : hex.toUpperCase()}`;
    })
    .join("");
}

function randomWeights(random: Random): {
  readonly text: string;
  readonly weights: ReadonlyMap<string, number>;
} {
  const chosen = codingNames.filter(() => random.chance(40));
  const found = new Map<string, number>();
  const parts = chosen.map((coding) => {
    const weight = random.chance(50) ? undefined : random.pick(weights);
    found.set(coding, Number(weight ?? 1));
    const name = random.chance(10) ? coding.toUpperCase() : coding;
    return weight === undefined ? name : `${name}${random.pick([";q=", "; q=", " ; Q="])}${weight}`;
  });
  // A field without a value is written with a blank, which is none.
  return { text: parts.join(random.pick([",", ", ", " ,, "])), weights: found };
}

function randomRanges(
  random: Random,
  size: number,
): { readonly text: string; readonly members: readonly RangeMember[] | "invalid" } {
  if (random.chance(15)) {
    const text = random.pick([
      "bytes=5-2",
      "bytes=a-b",
      "items=0-1",
      "bytes=-",
      "bytes 0-1",
      "bytes=0-1x",
      "bytes=1-2,4-3",
    ]);
    return { text, members: "invalid" };
  }
  const position = (): number =>
    random.pick([0, 1, random.below(size + 1), Math.max(0, size - 1), size, size + 5]);
  const count = random.pick([1, 1, 1, 2, 3, 16, 17]);
  const members = times(count, (): RangeMember => {
    const first = count > 3 ? random.below(size + 1) : position();
    switch (count > 3 ? 0 : random.below(4)) {
      case 0:
        return [first, first + random.below(3)];
      case 1:
        return [first, undefined];
      case 2:
        return [undefined, position()];
      default:
        return [first, first + position()];
    }
  });
  const text = members.map(([first = "", last = ""]) => `${first}-${last}`).join(random.pick([",", ", "]));
  return { text: `bytes=${text}`, members };
}

function randomForwarded(random: Random, name: string): { readonly text: string; readonly client: string } {
  const client = random.pick(["192.0.2.1", "2001:db8::1"]);
  const proxies = times(random.below(3), () => `127.0.0.${1 + random.below(200)}`);
  const said = random.chance(50) ? ["10.1.1.1"] : [];
  const all = [...said, client, ...proxies];
  if (name === "x-forwarded-for") return { text: all.join(random.pick([",", ", "])), client };
  const node = (address: string): string => (address.includes(":") ? `"[${address}]:80"` : address);
  return {
    text: all.map((address) => `${random.pick(["for", "For"])}=${node(address)};proto=http`).join(", "),
    client,
  };
}

function randomBody(
  random: Random,
  bufferBytes: number,
  isOld: boolean,
): { readonly text: string; readonly field: string } {
  const size = random.pick([0, 1, 10, 200, bufferBytes, 3 * bufferBytes]);
  const text = "GET /in-the-body HTTP/1.1\r\n\r\n".repeat(Math.ceil(size / 29)).slice(0, size);
  if (isOld || random.chance(50)) return { text, field: `Content-Length: ${size}` };
  const chunks: string[] = [];
  for (let at = 0; at < size; ) {
    const length = Math.min(size - at, 1 + random.below(200));
    chunks.push(
      `${length.toString(16)}${random.pick(["", ";x=y", ';x="y"'])}\r\n${text.slice(at, at + length)}\r\n`,
    );
    at += length;
  }
  return {
    text: `${chunks.join("")}0\r\n${random.pick(["", "X-Trailer: t\r\n"])}\r\n`,
    field: "Transfer-Encoding: chunked",
  };
}
