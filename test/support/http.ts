/**
 * A client that sends exactly the bytes that it is told and takes responses apart strictly: whatever is not the
 * form of RFC 9112 is an error, not a guess.
 */

import { connect, type Socket } from "node:net";

export interface Response {
  readonly status: number;
  readonly reason: string;
  /** By name in lower case. A field that stands twice is an error. */
  readonly fields: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** Where to send: an executable's port, or a control's. */
export interface Address {
  readonly port: number;
}

/** Sends the parts, each when the kernel has taken the one before and `pause` ms are over, then ends; all that comes back. */
export async function exchange(
  { port }: Address,
  parts: readonly (string | Uint8Array)[],
  { pause = 0, half = true }: { readonly pause?: number; readonly half?: boolean } = {},
): Promise<Buffer> {
  const socket = await open(port);
  const received = collect(socket);
  for (const [index, part] of parts.entries()) {
    if (index > 0) await sleep(pause);
    socket.write(bytesOf(part));
  }
  if (half) socket.end();
  return received;
}

/** The responses to the requests of `text`, whose methods are `methods` (GET when absent). */
export async function responses(
  address: Address,
  text: string | Uint8Array,
  methods: readonly string[] = [],
): Promise<readonly Response[]> {
  return parseResponses(await exchange(address, [text]), methods);
}

/** One request of a pipeline. */
export interface PipelinedRequest {
  readonly text: string;
  /** GET when absent. */
  readonly method?: string;
}

/**
 * The responses to requests that come in pipelines, `depth` on a connection.
 * @throws Error when one is missing, malformed, or too much
 */
export async function pipeline(
  address: Address,
  requests: readonly PipelinedRequest[],
  depth: number = 100,
): Promise<readonly Response[]> {
  const found: Response[] = [];
  for (let at = 0; at < requests.length; at += depth) {
    const some = requests.slice(at, at + depth);
    const text = some.map((request) => request.text).join("");
    const methods = some.map(({ method = "GET" }) => method);
    const came = await responses(address, text, methods);
    if (came.length !== some.length) throw new Error(`${came.length} responses to ${some.length} requests`);
    found.push(...came);
  }
  return found;
}

/** A connection. Nothing is said of its reset, if nobody listens for that. */
export function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      socket.on("error", () => {});
      resolve(socket);
    });
  });
}

/** Everything until the peer closes; what came before a reset. */
export function collect(socket: Socket): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const done = (): void => {
      socket.destroy();
      resolve(Buffer.concat(chunks));
    };
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("end", done);
    socket.on("error", done);
    socket.on("close", done);
  });
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

export function bytesOf(part: string | Uint8Array): Uint8Array {
  return typeof part === "string" ? Buffer.from(part, "latin1") : part;
}

/** Takes all responses apart. @throws Error when something is left over or malformed */
export function parseResponses(bytes: Buffer, methods: readonly string[] = []): readonly Response[] {
  const found: Response[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const { response, length } = parseResponse(rest, methods[found.length] ?? "GET");
    found.push(response);
    rest = rest.subarray(length);
  }
  return found;
}

/** The first response in `bytes` and its length. */
export function parseResponse(
  bytes: Buffer,
  method: string,
): { readonly response: Response; readonly length: number } {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) throw new Error(`no end of the head in ${JSON.stringify(bytes.toString("latin1", 0, 200))}`);
  const [line = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const [, status = "", reason = ""] = /^HTTP\/1\.1 (\d{3}) ([\x20-\x7e]*)$/.exec(line) ?? [];
  if (status === "") throw new Error(`no status line: ${JSON.stringify(line)}`);
  const fields = new Map<string, string>();
  for (const each of lines) {
    const [, name = "", value = ""] =
      /^([A-Za-z0-9-]+): ([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)$/.exec(each) ?? [];
    if (name === "" || fields.has(name.toLowerCase()))
      throw new Error(`a wrong field: ${JSON.stringify(each)}`);
    fields.set(name.toLowerCase(), value);
  }
  const declared = fields.get("content-length");
  const hasBody = method !== "HEAD" && status !== "304";
  if (hasBody && !/^\d+$/.test(declared ?? "")) throw new Error("no Content-Length");
  const bodyLength = hasBody ? Number(declared) : 0;
  const start = end + 4;
  if (bytes.length < start + bodyLength)
    throw new Error(`the body has ${bytes.length - start} of ${bodyLength} bytes`);
  const body = bytes.subarray(start, start + bodyLength);
  return { response: { status: Number(status), reason, fields, body }, length: start + bodyLength };
}
