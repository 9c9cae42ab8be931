/** The site, as tables that src/site makes; docs/server.md describes their layout. */
declare module "microlith:site" {
  /** What a path leads to: a status line, header fields and a body, ready to be sent. The head follows the object. */
  export class Representation {
    /** The status line: a length byte, then that many bytes. */
    status: Ptr<u8>;
    bodyLength: u32;
    /** Header fields and the empty line; the body follows them. */
    headLength: u16;
    /** The last bytes of the head, which a 304 repeats: the fields that RFC 9110 names, ETag last. 0: no validator. */
    validatorLength: u8;
    /** 1: a redirect. The head is the status line and Location without its line end, whose value the query goes on. */
    redirect: u8;
  }

  /** One path that the site answers. */
  export class Route {
    key: Ptr<u8>;
    representation: Representation;
    keyLength: u32;
  }

  export const routes: Ptr<Route>;
  export const routeCount: number;
  /** When the number of routes is a power of two: slot = product >> routeShift. Else 0. */
  export const routeShift: number;
  /** What the hash of a path starts from. */
  export const hashStart: number;
  export const hashMultiplier: number;
  /** Sites with more than a few routes: what is added to a path's hash, by the hash's high bits. */
  export const hasDisplacements: boolean;
  export const displacements: Ptr<u16>;
  export const displacementShift: number;
  /** Some route is a redirect. */
  export const hasRedirects: boolean;
  /** For every path that is not a route. */
  export const notFound: Representation;
  /** Answers of the server itself, where its options ask for them. */
  export const healthy: Representation;
  export const metrics: Representation;
  export const configJson: Representation;
  export const configScript: Representation;
  /** Bytes of an entity-tag with its quotes; 0: no representation has one. */
  export const entityTagBytes: number;

  /** Status lines: a length byte, then that many bytes. */
  export const statusOk: Ptr<u8>;
  export const statusNotModified: Ptr<u8>;
  export const statusBadRequest: Ptr<u8>;
  export const statusMethodNotAllowed: Ptr<u8>;
  export const statusUriTooLong: Ptr<u8>;
  export const statusFieldsTooLarge: Ptr<u8>;
  export const statusUnavailable: Ptr<u8>;
  export const statusNotImplemented: Ptr<u8>;
  export const statusVersionNotSupported: Ptr<u8>;
}
