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
  /** Bytes of a connection's buffer: a request's head and body, and a little. */
  export const bufferBytes: number;
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
  /** The tables are packed, and have to be unpacked first. */
  export const hasPackedTables: boolean;

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

  /** The access log; its form (src/site/log-format.ts). */
  export const hasLog: boolean;
  export const isLogJson: boolean;
  export const logDescriptor: number;
  export const logFormat: Ptr<u8>;
  /** Networks whose word on a client's address is believed; src/site/network.ts describes the list. */
  export const hasTrusted: boolean;
  /** They write Forwarded (RFC 7239), not X-Forwarded-For. */
  export const isForwarded: boolean;
  export const trustedNetworks: Ptr<u8>;

  /**
   * The names that the server knows, in three lists. A name is a length byte, a byte with its code, and its characters;
   * two zeros end a list, so that a name that is not in it has the code 0.
   */
  export const methods: Ptr<u8>;
  export const getCode: number;
  export const headCode: number;
  /** Other known methods have higher codes. */
  export const optionsCode: number;

  /** Fields that concern framing and the connection: their codes are bits, and below `keptCode`. */
  export const fieldNames: Ptr<u8>;
  export const hostBit: number;
  /** The field frames the body: Content-Length, which has no other bit, and Transfer-Encoding. */
  export const framingBit: number;
  /** Transfer-Encoding. */
  export const codedBit: number;
  /** From here on: fields whose values are kept. What is added to it, for each, and how many there are. */
  export const keptCode: number;
  export const ifMatch: number;
  export const ifNoneMatch: number;
  export const range: number;
  export const ifRange: number;
  export const acceptEncoding: number;
  /** Only where the site has a time: without, they are not among the names. */
  export const ifUnmodifiedSince: number;
  export const ifModifiedSince: number;
  /** Of trusted proxies, whichever name it has. */
  export const forwarded: number;
  export const keptFields: number;

  /** A field that is a list has the bits of those members in its own code that it may have. */
  export const fieldValues: Ptr<u8>;
  export const chunkedBit: number;
  export const continueBit: number;
  export const closeBit: number;
  export const keepAliveBit: number;
  /** The unit of ranges. */
  export const bytesCode: number;
}
