/** What was chosen when the server was built: constants, so that what is not used is not compiled. */
declare module "microlith:options" {
  /** The port when neither argument nor environment names one. */
  export const port: number;
  /** 0: every address, IPv6 and IPv4. Else the address family of `hostAddress`, AF_INET or AF_INET6. */
  export const hostFamily: number;
  /** 4 or 16 bytes, in network order. */
  export const hostAddress: Ptr<u8>;

  /** Descriptors, ours included, that the process may have open; each connection is one. */
  export const descriptors: number;
  /** Bytes of a request's head and body together, plus `bufferSlack`. */
  export const bufferBytes: number;
  /** Buffers for connections whose input waits. */
  export const bufferCount: number;
  /** Requests that are answered by one system call. */
  export const batchRequests: number;

  /** Limits in seconds: between requests, for a request to arrive, for a peer that stops reading, … */
  export const idleSeconds: number;
  export const requestSeconds: number;
  export const stallSeconds: number;
  /** … for a peer to close after us, and for everybody to finish after SIGTERM. */
  export const lingerSeconds: number;
  export const drainSeconds: number;
  /** How long after SIGTERM new connections are still taken in. */
  export const drainDelaySeconds: number;

  /** The rights of root are given up for these. */
  export const hasUser: boolean;
  export const userId: number;
  export const userGroup: number;
  /** System calls are filtered. */
  export const hasSandbox: boolean;

  /** Several processes share the port: as many as there are processors, or always `mostWorkers`. */
  export const hasWorkers: boolean;
  export const hasAutomaticWorkers: boolean;
  export const mostWorkers: number;

  /** `--healthcheck` is understood; the request that it sends. */
  export const hasHealthcheck: boolean;
  export const healthcheckRequest: Ptr<u8>;
  export const healthcheckRequestBytes: number;

  /** Representations of `microlith:site` that are not what they seem: runtime/server/live.ts. */
  export const hasHealth: boolean;
  export const hasMetrics: boolean;
  export const hasEnvironment: boolean;
  /** Each name with its equals sign, ended by a zero; a zero ends the list. */
  export const environmentNames: Ptr<u8>;

  /** The access log; src/site/log-format.ts describes its format. */
  export const hasLog: boolean;
  export const isLogJson: boolean;
  export const logDescriptor: number;
  export const logFormat: Ptr<u8>;
  /** Networks whose word on a client's address is believed: 16 bytes of address, 16 bytes of mask. */
  export const hasTrusted: boolean;
  /** They write Forwarded (RFC 7239), not X-Forwarded-For. */
  export const isForwarded: boolean;
  export const trustedCount: number;
  export const trustedNetworks: Ptr<u8>;

  /** The names that the server knows, each a length byte and the name; a zero ends them. Numbers count from 1. */
  export const tokens: Ptr<u8>;
  export const tokenGet: number;
  export const tokenHead: number;
  /** Methods stand first; those up to this one are known. */
  export const tokenLastMethod: number;
  export const tokenHost: number;
  export const tokenConnection: number;
  export const tokenContentLength: number;
  export const tokenTransferEncoding: number;
  export const tokenExpect: number;
  export const tokenIfNoneMatch: number;
  export const tokenClose: number;
  export const tokenKeepAlive: number;
  export const tokenChunked: number;
  export const tokenContinue: number;
  export const tokenReferer: number;
  export const tokenUserAgent: number;
  export const tokenForwarded: number;
  export const tokenFor: number;
}
