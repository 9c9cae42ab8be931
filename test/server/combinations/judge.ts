/**
 * Whether a response is right for a request, after RFC 9110 and docs/server.md. What only the build decides (which codings a
 * file is stored in, its entity-tags) is learned from single requests before; everything else has to follow from it.
 */

import type { Response } from "../../support/http.ts";
import { parseByteRanges, parseContentRange } from "../../support/multipart.ts";
import type { Answer, Model } from "./model.ts";
import type { RandomOptions } from "./random-options.ts";
import type { RangeMember, Request } from "./random-requests.ts";

/** One form of a file, as a single request got it. */
export type Form = Response & { readonly coding: string };

export interface Site {
  readonly model: Model;
  readonly options: RandomOptions;
  /** By file or path: the smallest first. */
  readonly forms: ReadonlyMap<string, readonly Form[]>;
  /** Several ranges can be had. */
  readonly isReadInParts: boolean;
  /** What the server says itself, by path: their bodies, undefined where they change. */
  readonly live: ReadonlyMap<string, string | undefined>;
}

/** By which `forms` has what is answered. */
export function keyOf(answer: Answer, path: string): string {
  return answer.kind === "file" ? `${answer.status} ${answer.path}` : `listing ${path}`;
}

const allow = "GET, HEAD, OPTIONS";

/** What is wrong with it; undefined: nothing. */
export function judge(site: Site, request: Request, response: Response): string | undefined {
  const { status, fields } = response;
  const connection = request.closes ? "close" : request.isOld ? "keep-alive" : undefined;
  if (fields.get("connection") !== connection)
    return `Connection is ${fields.get("connection")}, not ${connection}`;
  if (!/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/.test(fields.get("date") ?? "")) return "no date";
  if (request.error !== undefined) return expectStatus(request.error, status);
  if (request.method === "OPTIONS") return expectStatus(200, status) ?? expectField(response, "allow", allow);
  if (request.method === "BREW") return expectStatus(501, status);
  if (!["GET", "HEAD"].includes(request.method))
    return expectStatus(405, status) ?? expectField(response, "allow", allow);
  if (site.live.has(request.path)) {
    const body = site.live.get(request.path);
    const isSame =
      body === undefined || request.method === "HEAD" || response.body.toString("latin1") === body;
    return expectStatus(200, status) ?? (isSame ? undefined : "another body of the server's own");
  }
  const problems = site.model
    .answers(request.path)
    .map((answer) => judgeAnswer(site, request, response, answer));
  return problems.includes(undefined) ? undefined : problems.join(" | ");
}

function judgeAnswer(site: Site, request: Request, response: Response, answer: Answer): string | undefined {
  switch (answer.kind) {
    case "line":
      return expectStatus(answer.status, response.status);
    case "redirect":
      return expectStatus(answer.status, response.status) ?? judgeLocation(request, response, answer);
    case "file":
    case "listing":
      return judgeContent(site, request, response, answer);
  }
}

function judgeLocation(
  request: Request,
  { fields }: Response,
  { location, fragment, keepsQuery }: Answer & { readonly kind: "redirect" },
): string | undefined {
  const found = fields.get("location") ?? "";
  const host = location.startsWith("/") ? "site.example" : new URL(location).host;
  if (new URL(found, "http://site.example/some/where").host !== host) return `leads elsewhere: ${found}`;
  const end = `${keepsQuery ? request.query : ""}${fragment}`;
  const isRight = found.endsWith(end) && decodePath(found.slice(0, found.length - end.length)) === location;
  return isRight ? undefined : `Location is ${found}, not ${location}${end}`;
}

/** What is no text in UTF-8 stays as bytes that are none. */
function decodePath(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString());
}

function judgeContent(site: Site, request: Request, response: Response, answer: Answer): string | undefined {
  const forms = site.forms.get(keyOf(answer, request.path));
  if (forms === undefined) return "nothing is known of it";
  const form = chooseForm(forms, request.accepted);
  const { status, fields } = response;
  const isHead = request.method === "HEAD";
  if (form === undefined) return expectStatus(406, status);
  const wanted = expectedStatus(request, form, site);
  const general = expectStatus(wanted, status);
  if (general !== undefined) return `${general} (${form.coding})`;
  switch (wanted) {
    case 304:
      return expectSame(response, form, ["cache-control", "etag", "vary", "expires", "last-modified"]);
    case 206:
      return judgeParts(site, request, response, form);
    case 412:
      return fields.has("etag") || fields.has("cache-control") ? "a failure that caches keep" : undefined;
    case 416:
      return expectField(response, "content-range", `bytes */${form.body.length}`);
    default: {
      const names = new Set([...form.fields.keys(), ...fields.keys()]);
      for (const name of ["date", "connection"]) names.delete(name);
      if (!isHead && !response.body.equals(form.body)) return "another body than a single request's";
      return expectSame(response, form, [...names]);
    }
  }
}

/** Section 12.5.3 of RFC 9110, and the first among equals. */
function chooseForm(forms: readonly Form[], accepted: Request["accepted"]): Form | undefined {
  // Content of one form that everybody can read is sent whatever the field says.
  if (forms.every(({ coding }) => coding === "identity")) return forms[0];
  const identity = forms.find(({ coding }) => coding === "identity");
  if (accepted === undefined) return identity ?? forms[0];
  // Lower than any that can be said.
  const silent = (coding: string): number => (coding === "identity" ? 0.0001 : 0);
  const weigh = ({ coding }: Form): number => accepted.get(coding) ?? accepted.get("*") ?? silent(coding);
  const best = Math.max(...forms.map(weigh));
  return best === 0 ? undefined : forms.find((form) => weigh(form) === best);
}

/** Of what would be a 200, in the order of the table of docs/server.md. */
function expectedStatus(request: Request, form: Form, site: Site): number {
  if (form.status !== 200) return form.status;
  const etag = form.fields.get("etag") ?? "";
  const time = site.options.site.lastModified?.getTime();
  const names = (tags: readonly string[]): boolean => tags.includes("*") || tags.includes(etag);
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince, ifRange, ranges } = request;
  if (ifMatch !== undefined) {
    if (!names(ifMatch)) return 412;
  } else if (time !== undefined && ifUnmodifiedSince !== undefined && ifUnmodifiedSince < time) return 412;
  if (ifNoneMatch !== undefined) {
    if (names(ifNoneMatch)) return 304;
  } else if (time !== undefined && ifModifiedSince !== undefined && ifModifiedSince >= time) return 304;
  if (request.method === "HEAD" || ranges === undefined || ranges === "invalid") return 200;
  if (ifRange !== undefined && ifRange !== etag && (time === undefined || ifRange !== time)) return 200;
  const size = form.body.length;
  const found = slices(ranges, size);
  if (size === 0 && ranges.some(([first]) => first === undefined)) return 200;
  const total = found.reduce((sum, [start, end]) => sum + end - start, 0);
  if (found.length === 0) return 416;
  if (found.length > 16 || total > size || (found.length > 1 && !site.isReadInParts)) return 200;
  return 206;
}

/** Those of the ranges that lie within, as start and end. */
function slices(
  ranges: readonly RangeMember[],
  size: number,
): readonly (readonly [start: number, end: number])[] {
  return ranges.flatMap(([first, last]) => {
    const start = first ?? Math.max(0, size - (last ?? 0));
    const end = first === undefined ? size : Math.min(size, (last ?? size) + 1);
    return start < end ? [[start, end] as const] : [];
  });
}

function judgeParts(site: Site, request: Request, response: Response, form: Form): string | undefined {
  const wanted = slices(request.ranges === "invalid" ? [] : (request.ranges ?? []), form.body.length);
  const type = response.fields.get("content-type") ?? "";
  const same = [...form.fields.keys()].filter(
    (name) => !/^(date|connection|content-length|content-type)$/.test(name),
  );
  const problem = expectSame(response, form, same);
  if (problem !== undefined) return problem;
  const [only, ...others] = wanted;
  if (only !== undefined && others.length === 0) {
    const { first, last, size } = parseContentRange(response.fields.get("content-range") ?? "");
    if (first !== only[0] || last !== only[1] - 1 || size !== form.body.length) return "another range";
    return response.body.equals(form.body.subarray(...only))
      ? expectSame(response, form, ["content-type"])
      : "other bytes of a range";
  }
  if (!site.isReadInParts) return "several parts";
  const parts = parseByteRanges(type, response.body);
  const isRight =
    parts.length === wanted.length &&
    parts.every(({ first, last, size, mediaType, content }, index) => {
      const [start, end] = wanted[index] ?? [0, 0];
      const isPlace = first === start && last === end - 1 && size === form.body.length;
      return (
        isPlace &&
        mediaType === form.fields.get("content-type") &&
        content.equals(form.body.subarray(start, end))
      );
    });
  return isRight ? undefined : "other parts";
}

function expectStatus(wanted: number, found: number): string | undefined {
  return wanted === found ? undefined : `${found} instead of ${wanted}`;
}

function expectField({ fields }: Response, name: string, wanted: string): string | undefined {
  return fields.get(name) === wanted ? undefined : `${name} is ${fields.get(name)}, not ${wanted}`;
}

function expectSame(response: Response, form: Form, names: readonly string[]): string | undefined {
  const name = names.find((each) => response.fields.get(each) !== form.fields.get(each));
  return name === undefined
    ? undefined
    : `${name} is ${response.fields.get(name)}, a single request's ${form.fields.get(name)}`;
}
