/**
 * Last-Modified and the conditions on dates (RFC 9110, sections 13.1.3 to 13.1.5 and 13.2.2), on each implementation of the server.
 */

import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onEveryServer } from "../support/every-server.ts";
import { type Address, exchange, parseResponses, type Response } from "../support/http.ts";
import { compileServer, type Files, startServer } from "../support/server.ts";
import { mapSite } from "../support/site-server.ts";
import { askAll, checkDates } from "./check-dates.ts";
import {
  type DateRow,
  dateFiles,
  dateRows,
  forms,
  modelOrder,
  type Order,
  siteTime,
  twoDigitYears,
} from "./date-rows.ts";

const files: Files = { ...dateFiles, "/index.html": "home", "/404.html": "none", "/dir/index.html": "x" };
const lastModified = siteTime.toUTCString();

onEveryServer("dates", files, check, { lastModified: siteTime });

function check(server: Address): void {
  let tag = "";
  beforeAll(async () => {
    tag = (await one("/data.bin")).fields.get("etag") ?? "";
  });

  const one = async (path: string, fields: readonly string[] = [], method = "GET"): Promise<Response> => {
    const [response] = await askAll(server, [{ path, fields, method }]);
    if (response === undefined) throw new Error("no response");
    return response;
  };

  it("say when the site is from, where there is content", async () => {
    const said = async (...request: Parameters<typeof one>): Promise<readonly unknown[]> => {
      const { status, fields } = await one(...request);
      return [status, fields.get("last-modified")];
    };
    expect(await said("/")).toEqual([200, lastModified]);
    expect(await said("/", [], "HEAD")).toEqual([200, lastModified]);
    expect(await said("/data.bin", ["Range: bytes=0-1"])).toEqual([206, lastModified]);
    expect(await said("/data.bin", ["Range: bytes=0-1,3-4"])).toEqual([206, lastModified]);
    expect(await said("/data.bin", ["If-None-Match: *"])).toEqual([304, lastModified]);
    expect(await said("/data.bin", [`If-Modified-Since: ${lastModified}`])).toEqual([304, lastModified]);
    expect(await said("/data.bin", [`If-Modified-Since: ${lastModified}`], "HEAD")).toEqual([
      304,
      lastModified,
    ]);
    expect(await said("/nothing")).toEqual([404, undefined]);
    expect(await said("/dir")).toEqual([301, undefined]);
    expect(await said("/", [], "POST")).toEqual([405, undefined]);
    expect(await said("/", [], "OPTIONS")).toEqual([200, undefined]);
  });

  it("a 304 for a date has what one for a tag has", async () => {
    const [byTag, byDate] = [
      await one("/data.bin", [`If-None-Match: ${tag}`]),
      await one("/data.bin", [`If-Modified-Since: ${lastModified}`]),
    ];
    const without = ({ fields }: Response): unknown => [...fields].filter(([name]) => name !== "date");
    expect([byDate.status, byDate.body.length, without(byDate)]).toEqual([304, 0, without(byTag)]);
    expect([...byDate.fields.keys()]).toEqual([
      "accept-ranges",
      "last-modified",
      "cache-control",
      "date",
      "etag",
    ]);
  });

  it("are conditions on content only", async () => {
    const fields = [
      `If-Modified-Since: ${lastModified}`,
      "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
    ];
    for (const [path, method, status] of [
      ["/nothing", "GET", 404],
      ["/dir", "GET", 301],
      ["/", "POST", 405],
      ["/", "BREW", 501],
    ] as const) {
      expect((await one(path, fields, method)).status).toBe(status);
    }
  });

  it.each(Object.entries(dateRows))("are taken rightly: %s", async (_, rows) => {
    expect(await checkDates(server, rows)).toEqual([]);
  });

  it("are taken as the model says, whatever they are", async () => {
    expect(await checkDates(server, randomRows(400))).toEqual([]);
  });

  it.each(["GET", "HEAD"])("come in the order of section 13.2.2: every combination, %s", async (method) => {
    const cases = combinations(tag).map((each) => ({ ...each, path: "/data.bin", method }));
    const found = await askAll(server, cases);
    const wrong = cases.filter(({ expected }, index) => {
      // A range is asked for in each, and is for GET only.
      return found[index]?.status !== (method === "HEAD" && expected === 206 ? 200 : expected);
    });
    expect(wrong).toEqual([]);
    expect(found.length).toBe(cases.length);
  });

  it("are none where a field stands twice or more", async () => {
    const old = "Thu, 01 Jan 1970 00:00:00 GMT";
    for (const name of ["If-Modified-Since", "If-Unmodified-Since"]) {
      for (const values of [
        [lastModified, lastModified],
        [old, old],
        [lastModified, old],
        ["", old],
        [old, "", ""],
      ])
        expect(
          (
            await one(
              "/data.bin",
              values.map((value) => `${name}: ${value}`),
            )
          ).status,
        ).toBe(200);
    }
    // The one does not count for the other, nor does what stands in a trailer.
    expect(
      (await one("/data.bin", [`If-Unmodified-Since: ${lastModified}`, `If-Modified-Since: ${old}`])).status,
    ).toBe(200);
    expect(
      (await one("/data.bin", [`If-Unmodified-Since: ${old}`, `If-Modified-Since: ${old}`])).status,
    ).toBe(412);
    expect(
      (await one("/data.bin", [`If-Unmodified-Since: ${lastModified}`, `If-Modified-Since: ${lastModified}`]))
        .status,
    ).toBe(304);
    const head = "GET /data.bin HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n";
    const trailer = `\r\n0\r\nIf-Unmodified-Since: ${old}\r\n\r\n`;
    expect(parseResponses(await exchange(server, [head + trailer])).map(({ status }) => status)).toEqual([
      200,
    ]);
    const both = `If-Modified-Since: ${lastModified}\r\n\r\n0\r\nIf-Modified-Since: ${old}\r\n\r\n`;
    expect(parseResponses(await exchange(server, [head + both])).map(({ status }) => status)).toEqual([304]);
  });

  it("are the same however the request is cut", async () => {
    const values = Object.values(forms).map((form) => form(siteTime));
    for (const value of values) {
      const text = `GET /data.bin HTTP/1.1\r\nIf-Modified-Since: ${value}\r\nHost: a\r\n\r\n`;
      const answers = await Promise.all(
        Array.from(text, (_, at) => exchange(server, [text.slice(0, at), text.slice(at)], { pause: 2 })),
      );
      expect(new Set(answers.map((bytes) => parseResponses(bytes)[0]?.status))).toEqual(new Set([304]));
      const single = await exchange(server, [...text], { pause: 1 });
      expect(parseResponses(single).map(({ status }) => status)).toEqual([304]);
    }
  });
}

/** Right dates of all forms, some of them with a character or two changed, left out or added. */
function randomRows(count: number): readonly DateRow[] {
  let state = 9110;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const makers = Object.values(forms);
  const characters = " ,:-0123456789GMTMarFebThu\xa0\t/";
  return Array.from({ length: count }, () => {
    const time = new Date(siteTime.getTime() + (random(2 ** 31) - 2 ** 30) * (random(4) === 0 ? 0 : 500));
    let value = makers[random(makers.length)]?.(time) ?? "";
    for (let changes = random(4); changes > 0; changes--) {
      const at = random(value.length + 1);
      const added = random(3) === 0 ? "" : (characters[random(characters.length)] ?? "");
      value = value.slice(0, at) + added + value.slice(at + random(2));
    }
    return { value, order: modelOrder(value) };
  });
}

interface Combination {
  readonly fields: readonly string[];
  readonly expected: number;
}

/** Every field absent, met, not met and wrong, with every other; what RFC 9110, section 13.2.2, says of them. */
function combinations(tag: string): readonly Combination[] {
  const before = "Thu, 05 Mar 2026 09:08:06 GMT";
  const after = "Thu Mar  5 09:08:08 2026";
  const matches = [undefined, tag, '"other"'];
  const dates = [undefined, before, lastModified, after, "soon"];
  const ranges = [undefined, tag, '"other"', before, lastModified, after];
  const all: Combination[] = [];
  for (const ifMatch of matches)
    for (const unmodified of dates)
      for (const noneMatch of matches)
        for (const modified of dates)
          for (const ifRange of ranges) {
            const fields = Object.entries({
              "If-Range": ifRange,
              "If-Modified-Since": modified,
              "If-None-Match": noneMatch,
              "If-Unmodified-Since": unmodified,
              "If-Match": ifMatch,
              Range: "bytes=0-0",
            }).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
            all.push({ fields, expected: expectedOf() });

            function expectedOf(): number {
              if (ifMatch !== undefined ? ifMatch !== tag : unmodified === before) return 412;
              if (
                noneMatch !== undefined ? noneMatch === tag : modified === lastModified || modified === after
              )
                return 304;
              return ifRange === undefined || ifRange === tag || ifRange === lastModified ? 206 : 200;
            }
          }
  return all;
}

it("the model says what the tables say", () => {
  for (const { value, order } of Object.values(dateRows).flat())
    expect([value, modelOrder(value)]).toEqual([value, order]);
});

it("random dates are of every order", () => {
  const orders = new Set(randomRows(400).map(({ order }) => order));
  expect(orders).toEqual(new Set(["earlier", "same", "later", "no date"]));
});

describe("a site without a time", () => {
  it("has nothing of this in its executable", async () => {
    const names = /\b(dates\.|dateHolds|parseDate)|if-(un)?modified-since/i;
    expect(await mapSite(files)).not.toMatch(names);
    expect(await mapSite(files, {}, siteTime)).toMatch(/\bdateHolds\b/);
    const text = Buffer.from(compileServer(files).executable.bytes).toString("latin1");
    expect([text.includes("if-none-match"), /modified-since|last-modified/i.test(text)]).toEqual([
      true,
      false,
    ]);
  });

  it("passes over such conditions", async () => {
    const server = await startServer(files);
    try {
      const conditions = [
        `If-Modified-Since: ${lastModified}`,
        "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
      ];
      const [response] = await askAll(server, [{ path: "/", fields: conditions, method: "GET" }]);
      expect([response?.status, response?.fields.has("last-modified")]).toEqual([200, false]);
    } finally {
      await server.stop();
    }
  });
});

/** What a control takes a value for. */
type Reading = (value: string) => Order;

const orderOf = (milliseconds: number): Order => {
  if (Number.isNaN(milliseconds)) return "no date";
  if (milliseconds === siteTime.getTime()) return "same";
  return milliseconds < siteTime.getTime() ? "earlier" : "later";
};

/** Servers that are wrong in ways in which others have been, and the tables that notice it. */
const controls: readonly (readonly [string, Reading, readonly string[]])[] = [
  ["that takes what Date.parse takes", (value) => orderOf(Date.parse(value)), ["no dates", "cut short"]],
  [
    "that compares text",
    (value) => (value.trim() === lastModified ? "same" : "earlier"),
    ["the preferred form", "that of RFC 850", "that of asctime", "no dates"],
  ],
  [
    "that takes a wrong date for the beginning of time",
    (value) => (modelOrder(value) === "no date" ? "earlier" : modelOrder(value)),
    ["no dates", "cut short"],
  ],
  [
    "whose years of two digits are all of this century",
    (value) =>
      modelOrder(
        value.replace(/(-\w{3}-)(\d\d) /, (_, month, year) => `${month}${year > "76" ? "50" : year} `),
      ),
    [twoDigitYears],
  ],
];

describe.each(controls)("a control %s", (_, read, tables) => {
  const control = createServer((socket) => {
    let text = "";
    socket.on("error", () => {});
    socket.on("data", (data) => {
      const requests = (text + data.toString("latin1")).split("\r\n\r\n");
      text = requests.pop() ?? "";
      for (const request of requests) socket.write(controlAnswer(request, read));
    });
  });
  let address: Address = { port: 0 };
  beforeAll(async () => {
    await new Promise<void>((done) => control.listen(0, "127.0.0.1", () => done()));
    address = { port: (control.address() as AddressInfo).port };
  });
  afterAll(() => new Promise<void>((done) => control.close(() => done())));

  it.each(tables)("fails the table: %s", async (name) => {
    expect(await checkDates(address, dateRows[name] ?? [])).not.toEqual([]);
  });

  it("passes where it is right, so that it fails for its mistake only", async () => {
    expect(await checkDates(address, [{ value: lastModified, order: "same" }])).toEqual([]);
  });
});

function controlAnswer(request: string, read: Reading): string {
  const value = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "im").exec(request)?.[1];
  const orderIn = (name: string): Order => read(value(name) ?? "");
  const [since, until, range] = ["If-Modified-Since", "If-Unmodified-Since", "If-Range"].map(orderIn);
  if (value("If-Unmodified-Since") !== undefined && until === "earlier")
    return "HTTP/1.1 412 Precondition Failed\r\nContent-Length: 0\r\n\r\n";
  if (value("If-Modified-Since") !== undefined && (since === "same" || since === "later"))
    return "HTTP/1.1 304 Not Modified\r\n\r\n";
  const isPart = value("Range") !== undefined && range === "same";
  return isPart
    ? "HTTP/1.1 206 Partial Content\r\nContent-Length: 1\r\n\r\n0"
    : "HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\n0";
}
