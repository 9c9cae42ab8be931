/**
 * HTTP as a registry client needs it: bodies that stream both ways, a CA of one's own, proxies from the environment, connections kept. One call is one
 * request; redirects, retries and authorization are others' work. Nothing here prints, and `trace` sees no secret: no field and no query string.
 */

import * as http from "node:http";
import * as https from "node:https";
import { rootCertificates } from "node:tls";
import type { ByteSource } from "../base/byte-source.ts";
import { UserError } from "../base/errors.ts";
import {
  credentialsRefused,
  type HttpProxy,
  proxyAddress,
  proxyFailure,
  proxyFor,
  type Trust,
  tunnellingAgent,
} from "./proxy.ts";

export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: ByteSource;
  /** Hears how many bytes of the body were taken. */
  readonly onSent?: (bytes: number) => void;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** To be read or discarded; it ends in an error when the connection breaks. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives the connection back without reading on. */
  discard(): void;
}

export interface HttpOptions {
  /** PEM of certificates to trust beside the system's. */
  readonly ca?: string;
  /** Any certificate will do. */
  readonly anyCertificate?: boolean;
  /** Without a byte in either direction, in milliseconds. */
  readonly idleTimeout?: number;
  readonly trace?: (line: string) => void;
}

export interface HttpClient {
  send(request: HttpRequest): Promise<HttpResponse>;
  close(): void;
}

export function createHttpClient(options: HttpOptions = {}): HttpClient {
  const trust: Trust = {
    ...(options.ca === undefined ? {} : { ca: withSystemCertificates(options.ca) }),
    ...(options.anyCertificate === true ? { rejectUnauthorized: false } : {}),
  };
  const idleTimeout = options.idleTimeout ?? 60_000;
  const ways = findWays(trust, idleTimeout);
  return {
    async send(request) {
      const { settings, forwarder } = ways.to(request.url);
      const send = (): Promise<HttpResponse> => exchange(request, settings, idleTimeout);
      const response = await (forwarder === undefined ? send() : exchangeThrough(forwarder, send));
      options.trace?.(`${request.method} ${request.url.origin}${request.url.pathname} → ${response.status}`);
      return response;
    },
    close: ways.close,
  };
}

/** Node replaces its list by the one that it is given. */
function withSystemCertificates(ca: string): string[] {
  return [...rootCertificates, ca];
}

interface Way {
  readonly settings: http.RequestOptions;
  /** The one that gets the request itself; one that only has a tunnel is not told of it. */
  readonly forwarder?: HttpProxy;
}

/** Connections by where they lead: straight to the host, or through the proxy that the environment names for it. */
function findWays(trust: Trust, idleTimeout: number): { to(url: URL): Way; close(): void } {
  const kept = { keepAlive: true, maxSockets: 8 };
  const plain = new http.Agent(kept);
  const direct = new https.Agent({ ...kept, ...trust });
  const tunnelling = new Map<string, https.Agent>();
  const through = (proxy: HttpProxy): https.Agent => {
    const agent = tunnelling.get(proxy.url.href) ?? tunnellingAgent(proxy, kept, trust, idleTimeout);
    tunnelling.set(proxy.url.href, agent);
    return agent;
  };
  return {
    to(url) {
      const secure = url.protocol === "https:";
      const proxy = proxyFor(url);
      if (!secure && proxy !== undefined) {
        const settings = {
          ...proxyAddress(proxy),
          path: url.href,
          headers: { Host: url.host, ...proxy.headers },
        };
        return {
          settings: { ...settings, agent: proxy.url.protocol === "https:" ? direct : plain },
          forwarder: proxy,
        };
      }
      const settings = {
        hostname: url.hostname.replace(/^\[|\]$/g, ""),
        port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
        path: url.pathname + url.search,
      };
      const agent = !secure ? plain : proxy === undefined ? direct : through(proxy);
      return { settings: { ...settings, agent } };
    },
    close() {
      for (const agent of [plain, direct, ...tunnelling.values()]) agent.destroy();
    },
  };
}

/** A request that the proxy is to pass on; it may answer in its own name. */
async function exchangeThrough(proxy: HttpProxy, send: () => Promise<HttpResponse>): Promise<HttpResponse> {
  const response = await send().catch((error: Error) => {
    // A connection that breaks later is tried again as any other.
    const failure = proxyFailure(proxy, error);
    throw failure instanceof UserError ? failure : error;
  });
  if (response.status !== 407) return response;
  response.discard();
  throw credentialsRefused(proxy);
}

function exchange(
  request: HttpRequest,
  settings: http.RequestOptions,
  idleTimeout: number,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const headers = {
      "User-Agent": "microlith",
      ...settings.headers,
      ...request.headers,
      ...(request.body === undefined ? {} : { "Content-Length": String(request.body.size) }),
    };
    const send = settings.agent instanceof https.Agent ? https.request : http.request;
    const outgoing = send({ ...settings, method: request.method, headers });
    outgoing.setTimeout(idleTimeout, () => {
      outgoing.destroy(
        Object.assign(new Error(`no answer for ${idleTimeout / 1000} s`), { code: "ETIMEDOUT" }),
      );
    });
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      // Errors of the rest of the upload no longer matter; those of the download end its iteration.
      outgoing.on("error", () => {});
      resolve({
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        body: incoming,
        discard: () => void incoming.resume(),
      });
    });
    const { body } = request;
    if (body === undefined) outgoing.end();
    else write(outgoing, body, request.onSent).catch((error: Error) => outgoing.destroy(error));
  });
}

async function write(
  outgoing: http.ClientRequest,
  body: ByteSource,
  onSent?: (bytes: number) => void,
): Promise<void> {
  for await (const chunk of body.read()) {
    if (outgoing.destroyed) return;
    if (!outgoing.write(chunk)) {
      await new Promise<void>((resolve) => {
        const go = (): void => {
          outgoing.off("drain", go);
          outgoing.off("close", go);
          resolve();
        };
        outgoing.once("drain", go);
        outgoing.once("close", go);
      });
    }
    onSent?.(chunk.length);
  }
  outgoing.end();
}
