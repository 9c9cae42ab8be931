/**
 * The way to a registry through a proxy: which one the environment names, the tunnel through it that TLS needs, and what its refusals mean. The rules are
 * curl's and Go's: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either case; a proxy without a scheme speaks HTTP; nothing on this machine is
 * looked for through one. Its credentials are in its URL, and in no message.
 *
 * RFC 9110, 9.3.6 (CONNECT), 11.7 (Proxy-Authorization), 15.5.8 (407).
 */

import * as http from "node:http";
import * as https from "node:https";
import { isIP, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { getProxyForUrl } from "proxy-from-env";
import { UserError } from "../base/errors.ts";
import { isPassing, Retryable } from "./retry.ts";

export interface HttpProxy {
  readonly url: URL;
  /** Of every request to it. */
  readonly headers: Readonly<Record<string, string>>;
}

const variables = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
const noProxyHelp = "HTTPS_PROXY or HTTP_PROXY names it, and NO_PROXY the hosts that do not need it";

/** Undefined: straight there. @throws UserError for a proxy that is none, without repeating what may be a secret */
export function proxyFor(target: URL): HttpProxy | undefined {
  if (isLoopback(target.host)) return undefined;
  const named = getProxyForUrl(target.href);
  if (named === "") return undefined;
  // A scheme that is not in the environment is a guess at the target's; proxies are spoken to in plain HTTP unless they say otherwise.
  const isSaid = variables.some((name) => process.env[name] === named);
  const text = isSaid ? named : named.replace(/^https:/, "http:");
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    const what = url === undefined ? "is not a URL" : `is a proxy of the kind ${url.protocol.slice(0, -1)}`;
    throw new UserError(`the proxy that the environment names for ${target.host} ${what}`, {
      help: "HTTP proxies are known: HTTPS_PROXY=http://proxy.example:3128",
    });
  }
  return { url, headers: authorizationOf(url) };
}

/** Addresses of this machine, with or without a port. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, "");
  return (
    name === "localhost" || name.endsWith(".localhost") || name === "[::1]" || /^127(?:\.\d+){3}$/.test(name)
  );
}

/** Where the proxy listens. */
export function proxyAddress({ url }: HttpProxy): { readonly hostname: string; readonly port: number } {
  const usual = url.protocol === "https:" ? 443 : 80;
  return { hostname: bare(url.hostname), port: url.port === "" ? usual : Number(url.port) };
}

/** Whose certificates are taken for a host's. */
export interface Trust {
  readonly ca?: string[];
  readonly rejectUnauthorized?: boolean;
}

/** Keeps TLS connections through tunnels as others keep theirs. */
export function tunnellingAgent(
  proxy: HttpProxy,
  options: https.AgentOptions,
  trust: Trust,
  idleTimeout: number,
): https.Agent {
  const agent = new https.Agent({ ...options, ...trust });
  agent.createConnection = ({ host, port, servername }: https.RequestOptions, callback) => {
    const name = host ?? "";
    tunnel(proxy, `${isIP(name) === 6 ? `[${name}]` : name}:${port ?? 443}`, idleTimeout)
      .then((socket) => {
        const indicated = servername === undefined ? {} : { servername };
        // Whoever waits for the connection hears of the handshake's errors.
        callback?.(null, connectTls({ ...trust, ...indicated, host: name, socket }));
      })
      .catch((error: Error) => callback?.(error, new Duplex()));
    return undefined;
  };
  return agent;
}

/** A connection to `target` (`HOST:PORT`). @throws UserError, or Retryable for what passes */
function tunnel(proxy: HttpProxy, target: string, idleTimeout: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const send = proxy.url.protocol === "https:" ? https.request : http.request;
    const request = send({
      method: "CONNECT",
      ...proxyAddress(proxy),
      path: target,
      headers: { Host: target, ...proxy.headers },
      agent: false,
    });
    request.setTimeout(idleTimeout, () =>
      request.destroy(new Error(`it did not answer for ${idleTimeout / 1000} s`)),
    );
    request.once("connect", ({ statusCode = 0 }, socket: Socket) => {
      if (statusCode >= 200 && statusCode < 300) {
        socket.setTimeout(0);
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(refusalOf(proxy, statusCode, target));
    });
    // Some refuse as if it were any other request.
    request.once("response", (response) => {
      response.resume();
      reject(refusalOf(proxy, response.statusCode ?? 0, target));
    });
    request.once("error", (error) => reject(proxyFailure(proxy, error)));
    request.end();
  });
}

function refusalOf(proxy: HttpProxy, status: number, target: string): Error {
  const { host } = proxy.url;
  if (status === 407) return credentialsRefused(proxy);
  if (isPassing(status)) return new Retryable(`the proxy ${host} answered ${status} for ${target}`);
  return new UserError(`the proxy ${host} refuses to connect to ${target} (${status})`, {
    help: noProxyHelp,
  });
}

/** For a 407, which only proxies answer. */
export function credentialsRefused({ url, headers }: HttpProxy): UserError {
  const isGiven = "Proxy-Authorization" in headers;
  return new UserError(
    `the proxy ${url.host} ${isGiven ? "refuses the user name and password" : "wants a user name and a password"} (407)`,
    { help: "they are in its URL: HTTPS_PROXY=http://USER:PASSWORD@PROXY:PORT" },
  );
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there",
  ENOTFOUND: "there is no such host",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
};

/** For a proxy that cannot be spoken to; what is not there is not tried again. */
export function proxyFailure({ url }: HttpProxy, cause: Error): Error {
  const reason = "code" in cause ? reasons[String(cause.code)] : undefined;
  const message = `cannot reach the proxy ${url.host}`;
  if (reason === undefined) return new Retryable(`${message}: ${cause.message}`);
  return new UserError(`${message}: ${reason}`, { cause, help: noProxyHelp });
}

function authorizationOf({ username, password }: URL): Record<string, string> {
  if (username === "") return {};
  const credentials = `${decoded(username)}:${decoded(password)}`;
  return { "Proxy-Authorization": `Basic ${Buffer.from(credentials).toString("base64")}` };
}

/** What is not percent-encoded well was not encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}
