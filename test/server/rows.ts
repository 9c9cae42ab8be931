/**
 * What the server answers, as tables: a request and the status codes that come back. Behind each request follows a
 * probe on the same connection, so that a row also says whether the connection goes on: `probe` is its answer.
 *
 * The classes are those in which small servers have failed before.
 */

import type { Files } from "../support/server.ts";

export interface Row {
  readonly name: string;
  readonly input: string;
  /** The status codes, in order; "probe" is the answer to the probe. */
  readonly expected: readonly (number | "probe")[];
  /** Of the requests in `input`, when not GET. */
  readonly methods?: readonly string[];
}

export const files: Files = {
  "/index.html": "<!doctype html><title>home</title>",
  "/probe.txt": "probe",
  "/empty.txt": "",
  "/a b.txt": "space",
  "/100%.txt": "percent",
  "/ü.txt": "umlaut",
  "/a+b&c;d=e.txt": "signs",
  "/dir/index.html": "<!doctype html><title>dir</title>",
  "/dir/page.html": "page",
  "/dir/deep/er/index.html": "<!doctype html><title>deep</title>",
  "/.well-known/security.txt": "Contact: mailto:a@example.org",
  "/.hidden": "hidden",
  "/404.html": "<!doctype html><title>nothing here</title>",
};

export const probe = "GET /probe.txt HTTP/1.1\r\nHost: a\r\n\r\n";

const host = "Host: localhost\r\n";
const get = (target: string): string => `GET ${target} HTTP/1.1\r\n${host}\r\n`;
const withField = (field: string): string => `GET / HTTP/1.1\r\n${host}${field}\r\n\r\n`;
const withHost = (value: string): string => `GET / HTTP/1.1\r\nHost:${value}\r\n\r\n`;
const post = (fields: string, body = ""): string => `POST / HTTP/1.1\r\n${host}${fields}\r\n${body}`;
const chunked = (body: string): string => post("Transfer-Encoding: chunked\r\n", body);
const hidden = "GET /hidden HTTP/1.1\r\nHost: evil\r\n\r\n";

const goesOn = (status: number): readonly (number | "probe")[] => [status, "probe"];
const closes = (status: number): readonly number[] => [status];

const row =
  (expected: (status: number) => readonly (number | "probe")[]) =>
  (status: number, name: string, input: string, ...methods: string[]): Row => ({
    name,
    input,
    expected: expected(status),
    methods,
  });
const open = row(goesOn);
const closed = row(closes);

const targets: readonly Row[] = [
  open(200, "the root", get("/")),
  open(200, "a file", get("/index.html")),
  open(200, "an empty file", get("/empty.txt")),
  open(200, "a query", get("/?a=b?c/d")),
  open(200, "an empty query", get("/dir/page.html?")),
  open(200, "a folder", get("/dir/")),
  open(301, "a folder without its slash", get("/dir")),
  open(301, "a folder without its slash, with a query", get("/dir?a=/b&c=%20")),
  open(200, "a deep folder", get("/dir/deep/er/")),
  open(404, "a folder without an index", get("/dir/deep/")),
  open(404, "a folder without an index, without its slash", get("/dir/deep")),
  open(200, "an encoded space", get("/a%20b.txt")),
  open(200, "an encoded percent sign", get("/100%25.txt")),
  open(200, "an encoded letter", get("/%69ndex.htm%6C")),
  open(200, "lower-case hexadecimal digits", get("/%c3%bc.txt")),
  open(200, "bytes that should have been encoded", get("/\xc3\xbc.txt")),
  open(200, "signs that stand for themselves", get("/a+b&c;d=e.txt")),
  open(200, "the same signs, encoded", get("/a%2Bb%26c%3bd%3De.txt")),
  open(404, "a plus is no space", get("/a+b.txt")),
  open(200, "a well-known file", get("/.well-known/security.txt")),
  open(404, "a hidden file", get("/.hidden")),
  open(404, "the page for what is not found", get("/404.html")),
  open(404, "another case", get("/INDEX.HTML")),
  open(404, "a longer path", get("/index.html/")),
  open(404, "a shorter path", get("/index.htm")),
  open(200, "absolute form", get("http://localhost/")),
  open(200, "absolute form with a port and a query", get("HTTP://localhost:8080/index.html?x")),
  open(200, "absolute form without a path", get("http://localhost")),
  open(200, "absolute form with a query only", get("http://localhost?x")),
  open(200, "absolute form with an IPv6 address", get("http://[::1]:80/")),
  closed(400, "asterisk form for a resource", get("*")),
  open(200, "asterisk form", `OPTIONS * HTTP/1.1\r\n${host}\r\n`, "OPTIONS"),
  closed(400, "authority form", `CONNECT localhost:443 HTTP/1.1\r\n${host}\r\n`, "CONNECT"),
  closed(400, "no path", get("index.html")),
  open(200, "absolute form, whose authority says nothing", get("http://a:b@other:port/index.html")),
  closed(400, "a scheme and one slash", get("http:/index.html")),
  ...["/#", "/index.html#top", "/?#", "/?a=b#c", "http://localhost/#top", "#"].map((target) =>
    closed(400, `a fragment, ${target}`, get(target)),
  ),
];

const traversal: readonly Row[] = [
  ...[
    "/../etc/passwd",
    "/..%2f..%2fetc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/..%5c..%5cetc/passwd",
    "/..\\..\\etc\\passwd",
    "/%252e%252e/etc/passwd",
    "/dir/../index.html",
    "/./index.html",
    "/dir/.",
    "/dir/..",
    "//index.html",
    "//",
    "/dir//page.html",
    "/dir%2Fpage.html",
    "/dir%5Cpage.html",
    "/dir%252fpage.html",
    "/index.html%00",
    "/%00index.html",
    "/index.html%00.txt",
    "/%0d%0aSet-Cookie:a=b",
    "/index.html%20",
    "/index.html%2f",
    "/index.html.",
    "/.",
    "/..",
    "/%c0%ae%c0%ae/etc/passwd",
    "/dir/../../../../../../../../etc/passwd",
  ].map((target) => open(404, `path ${target}`, get(target))),
  ...[
    "/%",
    "/%4",
    "/%zz",
    "/%4g",
    "/%g4",
    "/a%",
    "/a%2",
    "/%%41",
    "/%-1",
    "/% 41",
    "/a%20b.txt%",
    "/%\x00",
  ].map((target) => closed(400, `percent-encoding ${JSON.stringify(target)}`, get(target))),
];

const requestLines: readonly Row[] = [
  closed(400, "no version", `GET /\r\n${host}\r\n`),
  closed(400, "HTTP/0.9", "GET /\r\n"),
  closed(400, "no version, with a space before it", `GET / \r\n\r\n`),
  closed(400, "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  closed(505, "HTTP/2.0", `GET / HTTP/2.0\r\n${host}\r\n`),
  closed(505, "HTTP/0.9, written out", `GET / HTTP/0.9\r\n${host}\r\n`),
  open(200, "HTTP/1.2", `GET / HTTP/1.2\r\n${host}\r\n`),
  ...["HTTP/0.0", "HTTP/2.1", "HTTP/3.0", "HTTP/9.9"].map((version) =>
    closed(505, `version ${version}`, `GET / ${version}\r\n${host}\r\n`),
  ),
  ...[
    "HTTP/1",
    "HTTP/1.",
    "HTTP/11.1",
    "HTTP/01.1",
    "HTTP/1.01",
    "HTTP/1.10",
    "HTTP/1.x",
    "HTTP/x.1",
    "HTTP/ 1.1",
    "HTTP/1,1",
    "HTTP/1./",
    "HTTP?1.1",
    "http/1.1",
    "TEAPOT/1.1",
    "XHTTP/1.1",
    "HTT/1.1",
  ].map((version) => closed(400, `version ${version}`, `GET / ${version}\r\n${host}\r\n`)),
  closed(400, "two spaces before the target", `GET  / HTTP/1.1\r\n${host}\r\n`),
  closed(400, "two spaces before the version", `GET /  HTTP/1.1\r\n${host}\r\n`),
  closed(400, "a space at the end", `GET / HTTP/1.1 \r\n${host}\r\n`),
  closed(400, "a space at the start", ` GET / HTTP/1.1\r\n${host}\r\n`),
  closed(400, "tabs for spaces", `GET\t/\tHTTP/1.1\r\n${host}\r\n`),
  closed(400, "a bare LF", `GET / HTTP/1.1\n${host}\r\n`),
  closed(400, "a bare CR", `GET / HTTP/1.1\r${host}\r\n`),
  closed(400, "CR CR LF", `GET / HTTP/1.1\r\r\n${host}\r\n`),
  closed(400, "a NUL in the target", get("/\x00")),
  closed(400, "a NUL in the query", get("/?\x00")),
  closed(400, "a control byte in the target", get("/\x01")),
  closed(400, "a space in the target", get("/a b.txt")),
  closed(400, "a tab in the target", get("/a\tb.txt")),
  closed(400, "no method", `/ HTTP/1.1\r\n${host}\r\n`),
  closed(400, "a method that is no token", `G@T / HTTP/1.1\r\n${host}\r\n`),
  open(200, "an empty line before", `\r\n${get("/")}`),
  closed(400, "two bare LFs before", `\n\n${get("/")}`),
  closed(400, "TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
  closed(400, "a proxy protocol line", `PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n${get("/")}`),
];

const methods: readonly Row[] = [
  open(200, "HEAD", `HEAD / HTTP/1.1\r\n${host}\r\n`, "HEAD"),
  ...["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT"].map((method) =>
    open(405, method, `${method} / HTTP/1.1\r\n${host}\r\n`, method),
  ),
  ...[
    "get",
    "Get",
    "GETT",
    "GE",
    "PROPFIND",
    "host",
    "Host",
    "close",
    "chunked",
    "M-SEARCH",
    "G",
    "!#$%&'*+-.^_`|~",
  ].map((method) => open(501, `method ${method}`, `${method} / HTTP/1.1\r\n${host}\r\n`, method)),
  ...["/", "/nothing", "/dir", "*", "http://localhost", "http://localhost/", "/?a=b"].map((target) =>
    open(200, `OPTIONS ${target}`, `OPTIONS ${target} HTTP/1.1\r\n${host}\r\n`, "OPTIONS"),
  ),
  open(200, "OPTIONS with a body", `OPTIONS / HTTP/1.1\r\n${host}Content-Length: 5\r\n\r\nhello`, "OPTIONS"),
  open(
    200,
    "OPTIONS with a request hidden in its body",
    `OPTIONS * HTTP/1.1\r\n${host}Content-Length: ${hidden.length}\r\n\r\n${hidden}`,
    "OPTIONS",
  ),
  closed(200, "OPTIONS and close", `OPTIONS / HTTP/1.1\r\n${host}Connection: close\r\n\r\n`, "OPTIONS"),
  closed(200, "OPTIONS in HTTP/1.0", "OPTIONS / HTTP/1.0\r\n\r\n", "OPTIONS"),
  closed(400, "OPTIONS without Host", "OPTIONS * HTTP/1.1\r\n\r\n", "OPTIONS"),
  open(501, "options", `options / HTTP/1.1\r\n${host}\r\n`, "options"),
  open(405, "TRACE with a body", `TRACE / HTTP/1.1\r\n${host}Content-Length: 5\r\n\r\nhello`, "TRACE"),
  open(405, "TRACE of what is not there", `TRACE /nothing HTTP/1.1\r\n${host}\r\n`, "TRACE"),
  open(405, "CONNECT in absolute form", `CONNECT http://localhost:80/ HTTP/1.1\r\n${host}\r\n`, "CONNECT"),
  closed(
    400,
    "bad framing counts before an unknown method",
    `BREW / HTTP/1.1\r\n${host}Content-Length: x\r\n\r\n`,
  ),
];

const hosts: readonly Row[] = [
  closed(400, "no Host", "GET / HTTP/1.1\r\n\r\n"),
  open(200, "no Host in HTTP/1.0", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
  closed(400, "two Hosts", `GET / HTTP/1.1\r\n${host}${host}\r\n`),
  closed(400, "two Hosts in HTTP/1.0", `GET / HTTP/1.0\r\n${host}${host}\r\n`),
  ...[
    "localhost",
    " a",
    "\ta\t",
    " a.b-c_d~e",
    " 127.0.0.1",
    " a:80",
    " a:",
    " [::1]",
    " [::1]:8080",
    " [1:2::ffff:1.2.3.4]",
    " A.EXAMPLE",
    " %41",
  ].map((value) => open(200, `Host ${JSON.stringify(value)}`, withHost(value))),
  ...[
    "",
    " ",
    " a b",
    " a:b",
    " a:80:80",
    " user@a",
    " a/b",
    " a?b",
    " [::1",
    " ::1",
    " [::1]x",
    " [",
    " :80",
    " a,b",
    " a\\b",
    ' "a"',
    " a\x00",
    " \xe4",
    " http://a",
    " a:-1",
    " a: 80",
  ].map((value) => closed(400, `Host ${JSON.stringify(value)}`, withHost(value))),
  closed(400, "a bad Host with the absolute form", "GET http://a/ HTTP/1.1\r\nHost: a b\r\n\r\n"),
];

const fields: readonly Row[] = [
  open(200, "another case", "GET / HTTP/1.1\r\nhOsT: a\r\n\r\n"),
  open(200, "an empty value", withField("X-Empty:")),
  open(200, "no space", withField("X:y")),
  open(200, "spaces and tabs around", withField("X: \t y \t ")),
  open(200, "bytes from 128 on", withField("X: \x80\xff")),
  open(200, "a delete character", withField("X: \x7f")),
  open(200, "a name like ours, longer", withField("Content-Lengthy: x")),
  open(200, "a name like ours, shorter", withField("Content-Lengt: x")),
  open(200, "all signs of a token", withField("!#$%&'*+-.^_`|~0aZ: x")),
  open(200, "a thousand fields", `GET / HTTP/1.1\r\n${host}${"a:\r\n".repeat(1000)}\r\n`),
  ...[
    "X : y",
    " X: y",
    "X\t: y",
    "X",
    "X y",
    ": y",
    "X\x00: y",
    "X: \x00",
    "X: a\x01",
    "X: a\rb",
    "X: a\nb",
    "X: a\n",
    "X(: y",
    "X\xe4: y",
    "X{}: y",
    'X": y',
    "X/: y",
    "X=: y",
    "X@: y",
    "X: a\x1b[31m",
    "X: y\r\r",
  ].map((field) => closed(400, `field ${JSON.stringify(field)}`, withField(field))),
  closed(400, "a folded field", withField("X: a\r\n b")),
  closed(400, "a folded field, with a tab", withField("X: a\r\n\tb")),
  closed(400, "a field before the first", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
];

const persistence: readonly Row[] = [
  closed(200, "Connection: close", withField("Connection: close")),
  closed(200, "Connection: CLOSE", withField("Connection: CLOSE")),
  closed(200, "close in a list", withField("Connection: foo ,\tclose, bar")),
  closed(200, "close and keep-alive", withField("Connection: keep-alive, close")),
  closed(200, "close in the second field", withField("Connection: keep-alive\r\nConnection: close")),
  open(200, "Connection: keep-alive", withField("Connection: keep-alive")),
  open(200, "empty members", withField("Connection: ,, a,, ,b,")),
  open(200, "an empty list", withField("Connection:")),
  open(200, "a name that contains close", withField("Connection: closed")),
  open(200, "Connection names a field of ours", withField("Connection: host, content-length")),
  open(200, "Proxy-Connection says nothing", withField("Proxy-Connection: close")),
  closed(400, "a list without commas", withField("Connection: a b")),
  closed(200, "HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"),
  open(200, "HTTP/1.0 with keep-alive", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"),
  closed(200, "HTTP/1.0 with both", "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n"),
  closed(404, "close and nothing found", `GET /x HTTP/1.1\r\n${host}Connection: close\r\n\r\n`),
  closed(405, "close and not allowed", `POST / HTTP/1.1\r\n${host}Connection: close\r\n\r\n`),
];

const bodies: readonly Row[] = [
  open(405, "a body", post("Content-Length: 5\r\n", "hello")),
  open(405, "an empty body", post("Content-Length: 0\r\n")),
  open(200, "a body on GET", `GET / HTTP/1.1\r\n${host}Content-Length: 3\r\n\r\nabc`),
  open(405, "a request hidden in a body", post(`Content-Length: ${hidden.length}\r\n`, hidden)),
  open(405, "leading zeros", post("Content-Length: 0005\r\n", "hello")),
  open(405, "spaces around the length", post("Content-Length: \t5 \r\n", "hello")),
  open(405, "a body of 4,000 bytes", post("Content-Length: 4000\r\n", "x".repeat(4000))),
  closed(405, "a body beyond the limit", post("Content-Length: 100000\r\n", hidden)),
  ...["-1", "+5", "5,5", "5, 5", "5 5", "0x5", "5.0", "", " ", "five", "5;", "1e1", "\x0b5"].map((length) =>
    closed(400, `length ${JSON.stringify(length)}`, post(`Content-Length: ${length}\r\n`, "hello")),
  ),
  ...[
    "2147483648",
    "4294967296",
    "4294967301",
    "9223372036854775808",
    "18446744073709551616",
    "18446744073709551621",
    "9".repeat(30),
  ].map((length) => closed(405, `length ${length}`, post(`Content-Length: ${length}\r\n`, hidden))),
  closed(400, "two lengths", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")),
  closed(400, "two different lengths", post("Content-Length: 5\r\nContent-Length: 0\r\n", "hello")),
  closed(400, "length and chunked", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
  closed(400, "chunked and length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")),
  open(200, "Expect without a body", withField("Expect: 100-continue")),
  open(200, "another expectation", withField("Expect: the-unexpected")),
  closed(400, "an expectation that is no token", withField("Expect: the-unexpected=1")),
];

const chunks: readonly Row[] = [
  open(405, "no chunk", chunked("0\r\n\r\n")),
  open(405, "a chunk", chunked("5\r\nhello\r\n0\r\n\r\n")),
  open(405, "several chunks", chunked("1\r\na\r\n00a\r\n0123456789\r\nB\r\n0123456789a\r\n000\r\n\r\n")),
  ...['5;a=b;c="d e"', "5;a", "5;a;b", "5; \ta", '5;a="]";b', "5;a="].map((line) =>
    open(405, `an extension, ${line}`, chunked(`${line}\r\nhello\r\n0;x\r\n\r\n`)),
  ),
  open(405, "a trailer", chunked("5\r\nhello\r\n0\r\nX: y\r\nHost: b\r\nContent-Length: 7\r\n\r\n")),
  open(
    405,
    "a request hidden in a chunk",
    chunked(`${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`),
  ),
  open(405, "chunked behind another coding", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")),
  open(405, "Chunked", post("Transfer-Encoding: Chunked\r\n", "0\r\n\r\n")),
  ...[
    "x\r\n",
    "-1\r\n",
    "+5\r\nhello\r\n",
    "5 \r\nhello\r\n",
    " 5\r\nhello\r\n",
    "0x5\r\nhello\r\n",
    "5\nhello\r\n",
    "5\r\nhelloX\r\n",
    "5\r\nhello\n0\r\n\r\n",
    "5\rhello\r\n",
    ";a\r\nhello\r\n",
    "\r\n",
    "5\r\nhello\r\n\r\n",
    "5zz\r\nhello\r\n",
    "0\r\nX : y\r\n\r\n",
    "0\r\nX\r\n\r\n",
    "0\r\n X: y\r\n\r\n",
    "5;\r\nhello\r\n",
    "5; \r\nhello\r\n",
    "5;a;\r\nhello\r\n",
    "5;a[b=c\r\nhello\r\n",
    '5;"a"\r\nhello\r\n',
    "5;a\x00\r\nhello\r\n",
    "5;a\nb\r\nhello\r\n",
  ].map((body) => closed(400, `chunks ${JSON.stringify(body)}`, chunked(`${body}0\r\n\r\n${hidden}`))),
  ...[
    "ffffffff",
    "100000000",
    "100000005",
    "ffffffffffffffff",
    "10000000000000005",
    "f".repeat(40),
    "7fffffff",
    "80000000",
    "10000",
  ].map((size) => closed(405, `chunk size ${size}`, chunked(`${size}\r\n${hidden}`))),
  ...["gzip", "identity", "", "xchunked", "chunkedx"].map((coding) =>
    closed(400, `coding ${coding}`, post(`Transfer-Encoding: ${coding}\r\n`, `0\r\n\r\n${hidden}`)),
  ),
  ...["chunked, gzip", "chunked, chunked", "chunked;a", "chunked chunked", "chunked\x0b"].map((coding) =>
    closed(
      400,
      `coding ${JSON.stringify(coding)}`,
      post(`Transfer-Encoding: ${coding}\r\n`, `0\r\n\r\n${hidden}`),
    ),
  ),
  closed(
    400,
    "chunked twice",
    post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
  ),
  closed(
    400,
    "chunked in HTTP/1.0",
    `POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
  ),
  closed(405, "chunked and Expect", chunked("").replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n")),
];

/** Without an entity-tag, which each server makes in its own way: condition-rows.ts has those, range-rows.ts what comes back. */
const selections: readonly Row[] = [
  open(206, "a range", withField("Range: bytes=0-1")),
  open(206, "an open range", withField("Range: bytes=1-")),
  open(206, "a suffix", withField("Range: bytes=-1")),
  open(206, "two ranges", withField("Range: bytes=0-1,3-4")),
  open(206, "four ranges", withField("Range: bytes=0-0, 2-2, 4-4, -1")),
  open(416, "a range beyond the end", withField("Range: bytes=1000-")),
  open(200, "a range in another unit", withField("Range: lines=0-1")),
  open(200, "a range of HEAD", `HEAD / HTTP/1.1\r\n${host}Range: bytes=0-1\r\n\r\n`, "HEAD"),
  open(404, "a range of what is not there", `GET /nothing HTTP/1.1\r\n${host}Range: bytes=0-1\r\n\r\n`),
  open(301, "a range of a redirect", `GET /dir HTTP/1.1\r\n${host}Range: bytes=0-1\r\n\r\n`),
  open(304, "If-None-Match: *", withField("If-None-Match: *")),
  open(304, "If-None-Match: * and a range", withField("If-None-Match: *\r\nRange: bytes=0-1")),
  open(200, "If-None-Match of another", withField('If-None-Match: "x", W/"y"')),
  open(200, "If-Match: *", withField("If-Match: *")),
  open(412, "If-Match of another", withField('If-Match: "x"')),
  open(412, "If-Match of another before If-None-Match", withField('If-None-Match: *\r\nIf-Match: "x"')),
  open(412, "If-Match of HEAD", `HEAD / HTTP/1.1\r\n${host}If-Match: "x"\r\n\r\n`, "HEAD"),
  open(200, "If-Range of another", withField('If-Range: "x"\r\nRange: bytes=0-1')),
  closed(206, "a range and close", withField("Range: bytes=0-1\r\nConnection: close")),
  closed(400, "a range with a NUL", withField("Range: bytes=0-\x00")),
  closed(400, "a condition with a bare CR", withField('If-Match: "\r"')),
];

/** By class. */
export const tables: Readonly<Record<string, readonly Row[]>> = {
  targets,
  "path traversal and decoding": traversal,
  "request lines": requestLines,
  methods,
  "ranges and conditions": selections,
  Host: hosts,
  "field syntax": fields,
  "persistent connections": persistence,
  "bodies and Content-Length": bodies,
  "chunked bodies": chunks,
};
