/**
 * HTTP as a registry client needs it: bodies that stream both ways, a CA of one's own, proxies from the environment, connections kept. One call is one
 * request; redirects, retries and authorization are others' work. Nothing here prints, and `trace` sees no secret: no field and no query string.
 */

import * as http from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";
import { connect as connectTls, rootCertificates, type TLSSocket } from "node:tls";
import { getProxyForUrl } from "proxy-from-env";
import type { ByteSource } from "../base/byte-source.ts";

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
  const tls: https.AgentOptions = {
    ...(options.ca === undefined ? {} : { ca: withSystemCertificates(options.ca) }),
    ...(options.anyCertificate === true ? { rejectUnauthorized: false } : {}),
  };
  const agents = {
    "http:": new http.Agent({ keepAlive: true, maxSockets: 8 }),
    "https:": new https.Agent({ keepAlive: true, maxSockets: 8, ...tls }),
  };
  return {
    async send(request) {
      const settings = await settingsFor(request.url, agents, tls);
      const response = await exchange(request, settings, options.idleTimeout ?? 60_000);
      options.trace?.(`${request.method} ${request.url.origin}${request.url.pathname} → ${response.status}`);
      return response;
    },
    close() {
      agents["http:"].destroy();
      agents["https:"].destroy();
    },
  };
}

/** Node replaces its list by the one that it is given. */
function withSystemCertificates(ca: string): string[] {
  return [...rootCertificates, ca];
}

type Agents = { readonly "http:": http.Agent; readonly "https:": https.Agent };

/** Straight to the host, or through the proxy that the environment names for it. */
async function settingsFor(url: URL, agents: Agents, tls: https.AgentOptions): Promise<http.RequestOptions> {
  const secure = url.protocol === "https:";
  const direct = {
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    path: url.pathname + url.search,
  };
  const named = getProxyForUrl(url.href);
  if (named === "") return { ...direct, agent: secure ? agents["https:"] : agents["http:"] };
  const proxy = new URL(named);
  if (!secure) {
    return {
      hostname: proxy.hostname,
      port: proxy.port === "" ? 80 : Number(proxy.port),
      path: url.href,
      headers: { Host: url.host, ...proxyAuthorization(proxy) },
      agent: agents["http:"],
    };
  }
  const socket = await tunnel(proxy, `${direct.hostname}:${direct.port}`);
  const secured = await handshake(socket, direct.hostname, tls);
  return { ...direct, agent: false, createConnection: () => secured };
}

/** TLS over a tunnel; its failure belongs to the request that the tunnel is for. */
function handshake(socket: Socket, servername: string, tls: https.AgentOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = connectTls({ socket, servername, ...tlsOnly(tls) });
    secured.once("error", reject);
    secured.once("secureConnect", () => {
      secured.off("error", reject);
      resolve(secured);
    });
  });
}

function tlsOnly(tls: https.AgentOptions): { ca?: string[]; rejectUnauthorized?: boolean } {
  return {
    ...(Array.isArray(tls.ca) ? { ca: tls.ca.map(String) } : {}),
    ...(tls.rejectUnauthorized === undefined ? {} : { rejectUnauthorized: tls.rejectUnauthorized }),
  };
}

/** RFC 9110, 9.3.6 (CONNECT). */
function tunnel(proxy: URL, target: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const request = http.request({
      method: "CONNECT",
      hostname: proxy.hostname,
      port: proxy.port === "" ? 80 : Number(proxy.port),
      path: target,
      headers: { Host: target, ...proxyAuthorization(proxy) },
      agent: false,
    });
    request.once("connect", (response, socket) => {
      if (response.statusCode === 200) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new Error(`the proxy ${proxy.host} answered ${response.statusCode} to CONNECT ${target}`));
    });
    request.once("error", reject);
    request.end();
  });
}

function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === "") return {};
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "Proxy-Authorization": `Basic ${Buffer.from(credentials).toString("base64")}` };
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
    const send = request.url.protocol === "https:" ? https.request : http.request;
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
