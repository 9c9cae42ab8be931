/**
 * The same requests to nginx: what it answers otherwise is listed here, each with the reason why ours is right. A
 * difference that is not listed is a failure, and so is a reason that explains none.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitForPort } from "../../src/engine/native-process.ts";
import { freePort } from "../support/free-port.ts";
import { type Address, pipeline, type Response } from "../support/http.ts";
import { temporaryFolder } from "../support/microlith.ts";
import { commandPath, needs } from "../support/require-tool.ts";
import { type Files, startServer } from "../support/server.ts";
import { checkDates } from "./check-dates.ts";
import { checkRanges } from "./check-ranges.ts";
import { checkRows } from "./check-rows.ts";
import { checkConditions, conditionFiles, conditionRows } from "./condition-rows.ts";
import { dateFiles, dateRows, siteTime, twoDigitYears } from "./date-rows.ts";
import { rangeFiles, rangeRows } from "./range-rows.ts";
import { files, tables } from "./rows.ts";

interface Difference {
  readonly why: string;
  /** The names of rows, from their start. */
  readonly rows: RegExp;
}

const differences: Readonly<Record<string, readonly Difference[]>> = {
  targets: [
    {
      why: "what is not served is not found; nginx says that a folder is there",
      rows: /a folder without an index/,
    },
    { why: "the page for errors is no page of the site", rows: /the page for what is not found/ },
    { why: "RFC 9112, section 3.2.4: OPTIONS * is a right request", rows: /asterisk form/ },
    {
      why: "RFC 9112, section 3.2.2: Host is judged, the target's authority says nothing to us",
      rows: /absolute form, whose/,
    },
    { why: "RFC 9112, section 3.2: a target has no fragment; nginx takes it off", rows: /a fragment/ },
  ],
  "path traversal and decoding": [
    {
      why: "a path that leads out of the site is like any other that names nothing",
      rows: /path .*(\.\.|%2e%2e)/,
    },
    { why: "an encoded zero is a byte of a name", rows: /path .*%00/ },
    { why: "paths are not normalised (docs/architecture.md)", rows: /path \/(dir)?(\/|%2F|\.)/ },
  ],
  "request lines": [
    { why: "HTTP/0.9 is answered by an error", rows: /no version|HTTP\/0\.9: / },
    {
      why: "RFC 9110, section 15.6.6: another version is 505",
      rows: /the preface|HTTP\/0\.9, written out|version HTTP\/(?!1\.10)/,
    },
    { why: "RFC 9112, section 2.3: a version has one digit behind the dot", rows: /version HTTP\/1\.10/ },
    { why: "RFC 9112, section 3: single spaces", rows: /two spaces|a space at the end/ },
    {
      why: "RFC 9112, section 2.2: a line end is CR LF; taking others is how requests are smuggled",
      rows: /a bare LF|two bare LFs/,
    },
  ],
  methods: [
    { why: "the connection can go on", rows: /TRACE|CONNECT/ },
    {
      why: "RFC 9110, section 9.1: an unknown method is 501; the methods are case-sensitive, and any token is one",
      rows: /method |options/,
    },
    {
      why: "RFC 9110, section 9.3.7: OPTIONS asks for what may be asked, also of the whole server; nginx refuses it",
      rows: /OPTIONS /,
    },
  ],
  "ranges and conditions": [
    { why: "RFC 9110, section 14.2: Range means something for GET only", rows: /a range of HEAD/ },
    { why: "a condition that fails is no error of framing: the connection goes on", rows: /If-Match of / },
  ],
  Host: [
    { why: "RFC 9110, section 5.5: tabs around a value do not belong to it", rows: /Host "\\ta/ },
    { why: "RFC 9112, section 3.2: a Host that is none is 400", rows: /Host / },
  ],
  "field syntax": [
    { why: "the limit is on bytes, not on fields", rows: /a thousand fields/ },
    { why: "RFC 9112, section 5: a name is a token", rows: /field "X([({/=@]|ä|\\"|"?:? |")/ },
    {
      why: "RFC 9110, section 5.5: control characters, bare CR and LF among them, make a value invalid",
      rows: /field "X: /,
    },
  ],
  "persistent connections": [
    { why: "close is a member of a list, not a part of a word", rows: /a name that contains close/ },
    { why: "RFC 9110, section 7.6.1: Connection is a list of tokens", rows: /a list without commas/ },
  ],
  "bodies and Content-Length": [
    {
      why: "RFC 9110, section 5.5: tabs around a value do not belong to it",
      rows: /spaces around the length/,
    },
    { why: "the method is refused before the length matters, and the connection closes", rows: /length \d+/ },
    { why: "nginx sends 100 although no body follows", rows: /Expect without a body/ },
    { why: "RFC 9110, section 10.1.1: the value is a token", rows: /an expectation that is no token/ },
  ],
  "chunked bodies": [
    {
      why: "RFC 9112, section 6.1: other codings may come before chunked, and a refused body is only passed over",
      rows: /chunked behind another/,
    },
    {
      why: "framing is judged before the method, so what follows a wrong chunk is never a request; nginx closes too, or goes on",
      rows: /chunks /,
    },
    {
      why: "RFC 9112, section 6.1: nothing may follow chunked; the message is malformed, not the coding unknown",
      rows: /coding "chunked/,
    },
    {
      why: "RFC 9112, section 6.3: a body in a coding that does not end in chunks has no length; 400 is a must, 501 were a should",
      rows: /coding (gzip|identity|x?chunkedx?|):/,
    },
  ],
};

const conditionDifferences: readonly Difference[] = [
  { why: "RFC 9110, section 14.2: Range means something for GET only", rows: /HEAD \/ \| Range/ },
  { why: "RFC 9110, section 14.2: an invalid Range is ignored", rows: /GET \/ \| Range: bytes=2-1 / },
];

const rangeDifferences: Readonly<Record<string, readonly Difference[]>> = {
  "numbers of any length": [
    {
      why: "RFC 9110, section 14.1.2: a last position beyond the end is the end, and a longer suffix is all",
      rows: /bytes=(0-|99-|-)\d{19}/,
    },
    {
      why: "RFC 9110, section 14.1.2: a set of ranges is satisfiable when one of them is, whatever the others are",
      rows: /bytes=0-0,\d{19}/,
    },
  ],
  "every first and last of small content": [
    {
      why: "RFC 9110, section 15.5.17: no position lies within empty content, and 416 says so",
      rows: /bytes=0-\d? of 0: 200/,
    },
    {
      why: "RFC 9110, section 14.1.1: a range whose last position is less than its first is invalid, and so ignored",
      rows: /bytes=(\d)-(?!\1)\d of \d: 416/,
    },
  ],
  "the unit": [{ why: "RFC 9110, section 14.2: an invalid Range is ignored", rows: /bytes==/ }],
  "no ranges": [
    {
      why: "RFC 9110, section 14.2: an invalid Range is ignored; 416 is for valid ones beyond the end",
      rows: /bytes=/,
    },
  ],
  "whitespace and empty members": [
    {
      why: "RFC 9110, section 5.6.1: whitespace around members is tabs, too, and empty members count for nothing",
      rows: /bytes=([^\t:]*\t|\s*,|[^:]*,\s*(,|:|$))/,
    },
  ],
  amplification: [{ why: "more ranges than 16 are answered with the whole", rows: /bytes=0-0,1-1,/ }],
};

const twoDigits: Difference = {
  why: "RFC 9110, section 5.6.7: years of two digits reach fifty years ahead; nginx's end with 2069",
  rows: /"Thursday, \d\d-\w{3}-7[0-6]/,
};
const noDates: Difference = {
  why: "RFC 9110, sections 13.1.3 to 13.1.5: what is no date is ignored; nginx takes it for the earliest of all, or for what stands in it",
  rows: /"/,
};

const dateDifferences: Readonly<Record<string, readonly Difference[]>> = {
  "that of RFC 850": [twoDigits],
  [twoDigitYears]: [twoDigits],
  "at the limits": [{ why: "RFC 9110, section 5.6.7: a minute may have a leap second", rows: /.*:60 GMT/ }],
  "no dates": [noDates],
  "cut short": [noDates],
};

/** Without a log, with the same page for what is not found, hidden files left out, and relative redirects. */
function configuration(folder: string, port: number): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const user = process.getuid?.() === 0 ? "user root;" : "";
  return `daemon off; worker_processes 1; pid ${folder}/pid; error_log /dev/null; ${user}
events { worker_connections 512; }
http {
  access_log off; lingering_timeout 1s; ${temporary.join(" ")}
  server {
    listen 127.0.0.1:${port}; root ${folder}/site; index index.html; absolute_redirect off; if_modified_since before;
    error_page 404 /404.html;
    location ~ /\\.(?!well-known) { return 404; }
  }
}`;
}

needs("nginx")("beside nginx", () => {
  const folder = temporaryFolder();
  let port = 0;
  let nginx: ChildProcess | undefined;
  beforeAll(async () => {
    for (const [path, content] of Object.entries({
      ...files,
      ...rangeFiles,
      ...dateFiles,
      ...forConditions,
    })) {
      const place = join(folder, "site", path);
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, content);
      utimesSync(place, siteTime, siteTime);
    }
    port = await freePort();
    writeFileSync(join(folder, "nginx.conf"), configuration(folder, port));
    nginx = spawn(commandPath("nginx") ?? "nginx", ["-c", join(folder, "nginx.conf")], { stdio: "ignore" });
    expect(await waitForPort("127.0.0.1", port, 5000)).toBe(true);
  });
  afterAll(async () => {
    const ended = new Promise((done) => nginx?.once("exit", done));
    nginx?.kill("SIGTERM");
    await ended;
  });

  test.each(Object.entries(tables))("differences have a reason: %s", async (name, rows) => {
    explain(await checkRows({ port }, rows), differences[name] ?? []);
  });

  test("differences have a reason: conditions", async () => {
    // One by one: behind a 412, nginx does not answer what came together with it.
    const rows = conditionRows().filter((_, index) => index % 7 === 0);
    const options = { folder: folderOfConditions, depth: 1 };
    explain(await checkConditions({ port }, rows, options), conditionDifferences);
  });

  test("differences have a reason: fields", async () => {
    const ours = await startServer(files);
    try {
      explain(await compareFields(ours, { port }), fieldDifferences);
    } finally {
      await ours.stop();
    }
  });

  test.each(Object.entries(rangeRows))("differences have a reason: ranges, %s", async (name, rows) => {
    explain(await checkRanges({ port }, rows), rangeDifferences[name] ?? []);
  });

  test.each(Object.entries(dateRows))("differences have a reason: dates, %s", async (name, rows) => {
    explain(await checkDates({ port }, rows, 1), dateDifferences[name] ?? []);
  });
});

/** What is asked for to compare the fields of the answers. */
const compared: Readonly<Record<string, string>> = {
  "a file": "GET /probe.txt",
  "a file by HEAD": "HEAD /probe.txt",
  "a range": "GET /probe.txt|Range: bytes=1-2",
  "two ranges": "GET /probe.txt|Range: bytes=0-0,2-3",
  "no range": "GET /probe.txt|Range: bytes=100-",
  "nothing new": "GET /probe.txt|If-None-Match: *",
  "a failed condition": 'GET /probe.txt|If-Match: "x"',
  "a redirect": "GET /dir",
  "nothing found": "GET /nothing",
  "a method that is refused": "TRACE /probe.txt",
};

/** One line for each field that one of the two has and the other has not. */
async function compareFields(ours: Address, theirs: Address): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [name, request] of Object.entries(compared)) {
    const [line = "", ...fields] = request.split("|");
    const text = [`${line} HTTP/1.1`, "Host: a", ...fields, "", ""].join("\r\n");
    const method = line.split(" ")[0] ?? "";
    const [[our], [their]] = [
      await pipeline(ours, [{ text, method }]),
      await pipeline(theirs, [{ text, method }]),
    ];
    expect([name, our?.status]).toEqual([name, their?.status]);
    const names = (response: Response | undefined): readonly string[] => [...(response?.fields.keys() ?? [])];
    for (const field of names(their)) if (!our?.fields.has(field)) found.push(`${field} of nginx's ${name}`);
    for (const field of names(our)) if (!their?.fields.has(field)) found.push(`${field} of our ${name}`);
  }
  return found;
}

const fieldDifferences: readonly Difference[] = [
  { why: "nobody has to know what serves", rows: /server of nginx's/ },
  { why: "RFC 9112, section 9.3: HTTP/1.1 persists without a word", rows: /connection of nginx's/ },
  { why: "files have no time that means something", rows: /last-modified of nginx's/ },
  { why: "nginx leaves the age of content to guesses", rows: /cache-control of our/ },
  {
    why: "what the status says needs no content, and so no type",
    rows: /content-type of nginx's (no range|a (failed|redirect|method))/,
  },
  { why: "conditions are for what is there", rows: /etag of nginx's nothing found/ },
  { why: "RFC 9110, section 15.5.6: 405 says what is allowed", rows: /allow of our a method/ },
  {
    why: "RFC 9110, section 14.3: Accept-Ranges may stand in any answer about what takes ranges",
    rows: /accept-ranges of our/,
  },
];

/** Within a folder, so that nothing of the others is overwritten. */
const folderOfConditions = "/conditions";
const forConditions: Files = Object.fromEntries(
  Object.entries(conditionFiles).map(([path, content]) => [folderOfConditions + path, content]),
);

/** `found` are lines that begin with the name of a row. */
function explain(found: readonly string[], reasons: readonly Difference[]): void {
  const isExplained = (line: string): boolean => reasons.some(({ rows }) => line.search(rows) === 0);
  expect(found.filter((line) => !isExplained(line))).toEqual([]);
  const idle = reasons.filter(({ rows }) => !found.some((line) => line.search(rows) === 0));
  expect(idle.map(({ why }) => why)).toEqual([]);
}
