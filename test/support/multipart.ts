/**
 * A reader of `multipart/byteranges` (RFC 9110, section 14.6; RFC 2046, section 5.1.1) that shares nothing with the server: it goes by
 * the lengths that the parts say they have, and where one ends the delimiter has to stand, and nowhere before.
 */

export interface RangePart {
  readonly first: number;
  readonly last: number;
  /** Of the whole content. */
  readonly size: number;
  /** Undefined: the part does not say. */
  readonly mediaType: string | undefined;
  readonly content: Buffer;
}

/** The parts in their order. `contentType` is the field of the response. @throws Error with what is malformed */
export function parseByteRanges(contentType: string, body: Buffer): readonly RangePart[] {
  const delimiter = Buffer.from(`--${boundaryOf(contentType)}`);
  const parts: RangePart[] = [];
  // An empty line may come before the first delimiter.
  let at = body.subarray(0, 2).toString() === "\r\n" ? 2 : 0;
  for (;;) {
    expectText(body, at, delimiter);
    at += delimiter.length;
    if (body.subarray(at, at + 2).toString() === "--") break;
    expectText(body, at, "\r\n");
    const headEnd = body.indexOf("\r\n\r\n", at);
    if (headEnd < 0) throw new Error("a part without the end of its fields");
    const fields = parseFields(body.toString("latin1", at + 2, headEnd));
    const range = parseContentRange(fields.get("content-range") ?? "");
    const start = headEnd + 4;
    const end = start + range.last - range.first + 1;
    const content = body.subarray(start, end);
    if (content.includes(Buffer.concat([Buffer.from("\r\n"), delimiter])))
      throw new Error("a delimiter within a part");
    expectText(body, end, "\r\n");
    parts.push({ ...range, mediaType: fields.get("content-type"), content });
    at = end + 2;
  }
  const rest = body.toString("latin1", at + 2);
  if (rest !== "" && rest !== "\r\n") throw new Error(`behind the last part: ${JSON.stringify(rest)}`);
  return parts;
}

function boundaryOf(contentType: string): string {
  const [, quoted, plain] =
    /^multipart\/byteranges; ?boundary=(?:"([^"]+)"|([^"\s;]+))$/.exec(contentType) ?? [];
  const boundary = quoted ?? plain ?? "";
  if (!/^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/.test(boundary))
    throw new Error(`no boundary: ${contentType}`);
  // Unquoted it is a token (RFC 9110, section 5.6.6).
  if (quoted === undefined && !/^[\w!#$%&'*+.^`|~-]+$/.test(boundary))
    throw new Error(`no token: ${boundary}`);
  return boundary;
}

function expectText(body: Buffer, at: number, text: string | Buffer): void {
  const found = body.subarray(at, at + text.length);
  if (!found.equals(Buffer.from(text)))
    throw new Error(
      `${JSON.stringify(found.toString("latin1"))} at ${at} instead of ${JSON.stringify(text.toString())}`,
    );
}

function parseFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split("\r\n")) {
    const [, name = "", value = ""] = /^([A-Za-z-]+): ([\x21-\x7e]+(?: [\x21-\x7e]+)*)$/.exec(line) ?? [];
    if (name === "" || fields.has(name.toLowerCase()))
      throw new Error(`a wrong field: ${JSON.stringify(line)}`);
    fields.set(name.toLowerCase(), value);
  }
  return fields;
}

/** @throws Error when it is none of an answer with content */
export function parseContentRange(value: string): Pick<RangePart, "first" | "last" | "size"> {
  const [, first, last, size] = /^bytes (0|[1-9]\d*)-(0|[1-9]\d*)\/(0|[1-9]\d*)$/.exec(value) ?? [];
  const range = { first: Number(first), last: Number(last), size: Number(size) };
  if (!(range.first <= range.last && range.last < range.size))
    throw new Error(`no range: ${JSON.stringify(value)}`);
  return range;
}
