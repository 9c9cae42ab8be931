/**
 * What only the build decides, learned from one request at a time: in which codings each file is stored, with which entity-tags. What
 * has to hold of every file is checked on the way.
 */

import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { decompress as unzstd } from "fzstd";
import type { Response } from "../../support/http.ts";
import { type Form, keyOf } from "./judge.ts";
import type { Answer, Model } from "./model.ts";
import type { RandomOptions } from "./random-options.ts";
import { plainRequest } from "./random-requests.ts";
import type { RandomSite } from "./random-site.ts";
import type { Session } from "./session.ts";

export interface Learned {
  readonly forms: ReadonlyMap<string, readonly Form[]>;
  /** Several ranges can be had. */
  readonly isReadInParts: boolean;
  readonly problems: readonly string[];
}

export async function learn(
  { send }: Session,
  paths: readonly string[],
  model: Model,
  site: RandomSite,
  options: RandomOptions,
): Promise<Learned> {
  const forms = new Map<string, readonly Form[]>();
  const problems: string[] = [];
  for (const path of paths) {
    const answers = model.answers(path);
    for (const answer of answers) {
      if (answer.kind !== "file" && answer.kind !== "listing") continue;
      if (forms.has(keyOf(answer, path))) continue;
      const found: Form[] = [];
      for (const coding of ["br", "gzip", "zstd", "identity"]) {
        const request = plainRequest(path, coding === "identity" ? coding : `${coding}, identity;q=0`);
        if (request.text.length > options.server.bufferBytes - 16) continue;
        const [response] = await send([request], "whole");
        if (response === undefined || response.status === 406) continue;
        const problem = checkContent(response, answer, site, options, model);
        const said = response.fields.get("content-encoding") ?? "identity";
        if (problem === undefined && said === coding) found.push({ ...response, coding });
        // Where the documents leave it open, it may be another answer's.
        if (problem !== undefined && answers.length === 1) {
          problems.push(`${JSON.stringify(path)} ${coding}: ${problem} ${JSON.stringify(answer)}`);
        }
      }
      problems.push(...checkVary(path, found));
      found.sort((one, other) => one.body.length - other.body.length);
      if (found.length > 0) forms.set(keyOf(answer, path), found);
    }
  }
  const whole = [...forms.values()].flat().filter(({ status }) => status === 200);
  const saying = whole.filter(({ fields }) => fields.has("accept-ranges")).length;
  if (saying !== 0 && saying !== whole.length) problems.push(`Accept-Ranges in ${saying} of ${whole.length}`);
  return { forms, isReadInParts: saying > 0, problems };
}

function checkVary(path: string, forms: readonly Form[]): readonly string[] {
  const isVarying = forms.some(({ coding }) => coding !== "identity");
  const wrong = forms.find(
    ({ fields }) => /\bAccept-Encoding\b/i.test(fields.get("vary") ?? "") !== isVarying,
  );
  return wrong === undefined ? [] : [`${JSON.stringify(path)}: Vary is ${wrong.fields.get("vary")}`];
}

function checkContent(
  { status, fields, body }: Response,
  answer: Answer & { readonly kind: "file" | "listing" },
  site: RandomSite,
  { site: options }: RandomOptions,
  model: Model,
): string | undefined {
  const coding = fields.get("content-encoding") ?? "identity";
  if (!["identity", ...options.codings].includes(coding)) return `coded in ${coding}`;
  const wanted = answer.kind === "file" ? answer.status : 200;
  if (status !== wanted) return `${status} instead of ${wanted}`;
  const rules = new Map<string, string | undefined>([
    ["access-control-allow-origin", options.cors],
    ["access-control-expose-headers", options.cors === undefined ? undefined : "*"],
    ["x-content-type-options", options.securityHeaders === "none" ? undefined : "nosniff"],
  ]);
  if (status === 200) rules.set("last-modified", options.lastModified?.toUTCString());
  const isPage = answer.kind === "listing" || /[^/]\.html$/.test(answer.path);
  const isTyped = answer.kind === "listing" && site.headers.some(({ name }) => name === "Content-Type");
  const isText = answer.kind === "listing" || isUtf8(site.content.get(answer.path));
  if (isPage && !isTyped) rules.set("content-type", `text/html${isText ? ";charset=utf-8" : ""}`);
  if (answer.kind === "file") {
    const content = site.content.get(answer.path);
    if (content === undefined || !decode(coding, body).equals(content)) return "other content";
    for (const [name, value] of model.fields(answer.path))
      if (name !== "cache-control" || status === 200) rules.set(name, value);
  }
  for (const [name, value] of rules)
    if (fields.get(name) !== value) return `${name} is ${fields.get(name)}, not ${value}`;
  if (isPage && fields.has("content-security-policy") !== (options.securityHeaders === "strict"))
    return `Content-Security-Policy is ${fields.get("content-security-policy")}`;
  return status === 200 && !/^"[\w-]+"$/.test(fields.get("etag") ?? "") ? "no entity-tag" : undefined;
}

function isUtf8(content: Uint8Array | undefined): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
}

function decode(coding: string, body: Buffer): Buffer {
  switch (coding) {
    case "br":
      return brotliDecompressSync(body);
    case "gzip":
      return gunzipSync(body);
    case "zstd":
      return Buffer.from(unzstd(body));
    default:
      return body;
  }
}
