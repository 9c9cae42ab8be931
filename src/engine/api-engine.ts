/**
 * Docker, and Podman's service, through the Engine API over a unix socket or TCP (docs.docker.com, "Docker Engine API" v1.41; Podman's
 * "compatible" endpoints). No version of the API is asked for, so that the engine answers in its own: engines drop old versions, and what is used here is
 * the same in all of them.
 */

import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import * as http from "node:http";
import * as https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type ByteSource, collectBytes } from "../base/byte-source.ts";
import { UserError } from "../base/errors.ts";
import { fileSource } from "../base/files.ts";
import { dockerFolder } from "../base/home.ts";
import type { Container, Engine, EngineId, RunRequest, SavedImage } from "./engine.ts";

const longestAnswer = 16 << 20;

/** The engine at `unix:///path` or `tcp://host:port`. */
export function apiEngine(
  id: EngineId,
  address: string,
  env: Readonly<Record<string, string | undefined>>,
): Engine {
  const call = (method: string, path: string, options: CallOptions = {}): Promise<http.IncomingMessage> =>
    exchange(id, address, env, method, path, options);
  return {
    id,
    address,
    async version() {
      const answer = await json(await call("GET", "/version"));
      return String(answer.Version ?? "unknown");
    },
    async load(archive) {
      const response = await call("POST", "/images/load?quiet=1", {
        body: archive,
        type: "application/x-tar",
      });
      return loadedNames(id, await collectBytes(response, longestAnswer, `the answer of ${id}`));
    },
    async save(image) {
      const response = await call("GET", `/images/${encodeURIComponent(image)}/get`, {
        missing: `${id} has no image ${image}`,
      });
      return spooled(response);
    },
    run: (request) => run(id, call, request),
    async remove(image) {
      const missing = `${id} has no image ${image}`;
      (await call("DELETE", `/images/${encodeURIComponent(image)}`, { missing })).resume();
    },
  };
}

interface CallOptions {
  readonly body?: ByteSource | string;
  readonly type?: string;
  /** The message for 404. */
  readonly missing?: string;
}
type Call = (method: string, path: string, options?: CallOptions) => Promise<http.IncomingMessage>;

async function exchange(
  id: EngineId,
  address: string,
  env: Readonly<Record<string, string | undefined>>,
  method: string,
  path: string,
  options: CallOptions,
): Promise<http.IncomingMessage> {
  const where = await connectionTo(id, address, env);
  const { body } = options;
  const length = typeof body === "string" ? Buffer.byteLength(body) : body?.size;
  const headers = {
    // A socket has no name; where there is one, the certificate has to be for it.
    ...("socketPath" in where.options ? { Host: "engine" } : {}),
    ...(length === undefined ? {} : { "Content-Length": length }),
    ...(options.type === undefined ? {} : { "Content-Type": options.type }),
  };
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const send = where.secure ? https.request : http.request;
    const request = send({ ...where.options, method, path, headers }, resolve);
    request.once("error", (cause) => reject(unreachable(id, address, cause)));
    if (body === undefined || typeof body === "string") request.end(body);
    else
      Readable.from(body.read(), { objectMode: false })
        .on("error", (error) => request.destroy(error))
        .pipe(request);
  });
  const status = response.statusCode ?? 0;
  if (status < 400) return response;
  const said = Buffer.from(await collectBytes(response, longestAnswer, `the answer of ${id}`)).toString();
  if (status === 404 && options.missing !== undefined) throw new UserError(options.missing);
  throw new UserError(`${id} refuses ${method} ${path.split("?")[0]}: ${messageOf(said)} (${status})`);
}

interface Connection {
  readonly secure: boolean;
  readonly options: https.RequestOptions;
}

async function connectionTo(
  id: EngineId,
  address: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Connection> {
  if (address.startsWith("unix://"))
    return { secure: false, options: { socketPath: address.slice(7), agent: false } };
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^(?:tcp|https?):$/.test(url.protocol)) {
    throw new UserError(`cannot reach ${id} at ${address}: only unix:// and tcp:// addresses are known`, {
      help: "for an engine on another machine, forward its socket: ssh -L /tmp/docker.sock:/var/run/docker.sock HOST",
    });
  }
  const secure = url.protocol === "https:" || (env.DOCKER_TLS_VERIFY ?? "") !== "";
  const options = {
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 2376 : 2375) : Number(url.port),
    agent: false as const,
  };
  return { secure, options: secure ? { ...options, ...(await certificatesOf(id, env)) } : options };
}

/** Whom to trust and who we are, from where Docker's own command has it; without a folder that was named only as far as it is there. */
async function certificatesOf(
  id: EngineId,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Pick<https.RequestOptions, "ca" | "cert" | "key">> {
  const named = env.DOCKER_CERT_PATH;
  const folder = named ?? dockerFolder(env);
  const read = async (name: string): Promise<Buffer | undefined> => {
    try {
      return await readFile(join(folder, name));
    } catch (cause) {
      if (named === undefined) return undefined;
      throw new UserError(`${id} is to be reached with TLS, and ${join(folder, name)} could not be read`, {
        cause,
        help: "DOCKER_CERT_PATH names the folder of ca.pem, cert.pem and key.pem",
      });
    }
  };
  // One after the other, so that it is always the same that is missed first.
  const ca = await read("ca.pem");
  const cert = await read("cert.pem");
  const key = await read("key.pem");
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  };
}

function unreachable(id: EngineId, address: string, cause: Error): UserError {
  const code = "code" in cause ? String(cause.code) : "";
  const reason =
    code === "ENOENT" || code === "ECONNREFUSED"
      ? "nobody listens there"
      : code === "EACCES"
        ? "permission denied"
        : cause.message;
  const help = code === "EACCES" ? "run as root, or as a member of the engine's group" : `is ${id} running?`;
  return new UserError(`cannot reach ${id} at ${address}: ${reason}`, { cause, help });
}

/** `Loaded image: NAME` or `Loaded image ID: sha256:…`, in lines of JSON; Podman says several with commas. */
function loadedNames(id: EngineId, answer: Uint8Array): readonly string[] {
  const text = Buffer.from(answer)
    .toString()
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => streamText(id, line))
    .join("");
  return [...text.matchAll(/Loaded image(?: ID|\(s\))?: ([^\n]+)/g)].flatMap(([, names = ""]) =>
    names.split(",").map((name) => name.trim()),
  );
}

function streamText(id: EngineId, line: string): string {
  const value = parse(line);
  if (typeof value.error === "string") throw new UserError(`${id} cannot load the archive: ${value.error}`);
  return typeof value.stream === "string" ? value.stream : "";
}

async function spooled(response: http.IncomingMessage): Promise<SavedImage> {
  const folder = await mkdtemp(join(tmpdir(), "microlith-"));
  const discard = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const path = join(folder, "image.tar");
    await pipeline(response, createWriteStream(path));
    return { archive: await fileSource(path), discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

async function run(id: EngineId, call: Call, request: RunRequest): Promise<Container> {
  const publish = request.publish ?? [];
  const body = JSON.stringify({
    Image: request.image,
    ...(request.args === undefined ? {} : { Cmd: request.args }),
    ...(request.env === undefined ? {} : { Env: request.env }),
    ExposedPorts: Object.fromEntries(publish.map((port) => [`${port.containerPort}/tcp`, {}])),
    HostConfig: {
      NetworkMode: request.hostNetwork === true ? "host" : "default",
      PortBindings: Object.fromEntries(
        publish.map((port) => [
          `${port.containerPort}/tcp`,
          [{ HostIp: port.host, HostPort: String(port.hostPort) }],
        ]),
      ),
    },
  });
  const created = await json(
    await call("POST", "/containers/create", {
      body,
      type: "application/json",
      missing: `${id} has no image ${request.image}`,
    }),
  );
  const container = String(created.Id);
  const remove = async (): Promise<void> =>
    void (await call("DELETE", `/containers/${container}?force=1&v=1`)).resume();
  try {
    const attached = await call("POST", `/containers/${container}/attach?stream=1&stdout=1&stderr=1`, {
      body: "",
    });
    (await call("POST", `/containers/${container}/start`, { body: "" })).resume();
    const ended = call("POST", `/containers/${container}/wait`, { body: "" })
      .then(json)
      .then(async (answer) => {
        await remove();
        return Number(answer.StatusCode);
      });
    ended.catch(() => {});
    return {
      id: container,
      output: demultiplexed(attached),
      ended,
      async stop(seconds) {
        (await call("POST", `/containers/${container}/stop?t=${seconds}`, { body: "" })).resume();
        await ended;
      },
    };
  } catch (error) {
    await remove().catch(() => {});
    throw error;
  }
}

/** Frames of both streams: one byte says which, three are zero, four are the length (Engine API, "Attach to a container"). */
async function* demultiplexed(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let pending = Buffer.alloc(0);
  for await (const chunk of stream) {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 8) {
      const end = 8 + pending.readUInt32BE(4);
      if (pending.length < end) break;
      yield pending.subarray(8, end);
      pending = pending.subarray(end);
    }
  }
}

async function json(response: http.IncomingMessage): Promise<Record<string, unknown>> {
  return parse(Buffer.from(await collectBytes(response, longestAnswer, "the engine's answer")).toString());
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function messageOf(answer: string): string {
  const { message, cause } = parse(answer);
  return typeof message === "string"
    ? message
    : typeof cause === "string"
      ? cause
      : answer.trim().slice(0, 200);
}
