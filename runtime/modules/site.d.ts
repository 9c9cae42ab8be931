/** The site, as tables that src/site makes; docs/server.md describes their layout. */
declare module "microlith:site" {
  /** What a path leads to: a status, header fields but Content-Length, and a body. The head follows the object. */
  export class Representation {
    bodyLength: u32;
    /** Header fields and the empty line; the body follows them. */
    headLength: u16;
    /**
     * What a 304 repeats besides ETag, the last field: the end of one of `repeatedTexts`; in sites without, the length of all that it
     * repeats, the last bytes of the head. 0: no validator.
     */
    repeated: u16;
    /** The end of one of `typeTexts`. */
    type: u16;
    /** The status code, less `statusBase`. */
    status: i8;
    /**
     * 0: content as it is. 2, 3, 4: content in a coding; the four bytes before the object are the address of the next best
     * representation, or 0. 8: a redirect, whose head is the beginning of Location. It goes on with the query; or, when
     * `pieceSlices` is more than 1, with pieces: the number of a part of the target (0: the query), the length of a text,
     * the text; 255 ends them.
     */
    kind: u8;
  }

  /** One path that the site answers. */
  export class Route {
    key: Ptr<u8>;
    representation: Representation;
    keyLength: u32;
  }

  /** A form of paths that are not in the table of routes. */
  export class Pattern {
    /** UTF-8; 1 stands for a segment, 2 for the rest of the path; ended by 0. */
    text: Ptr<u8>;
    representation: Representation;
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
  /** Bytes of a batch that are sent in one turn; some content is longer. */
  export const mostAtOnce: number;
  export const hasLongContent: boolean;
  /** Subtracted from every status code. */
  export const statusBase: number;
  /** Some route is a redirect. */
  export const hasRedirects: boolean;
  /** Slices of memory that continue the location of the redirect that has the most. */
  export const pieceSlices: number;
  /** Some paths are matched by patterns, in this order. */
  export const hasPatterns: boolean;
  export const patterns: Ptr<Pattern>;
  export const patternCount: number;
  /** Segments and rests in the pattern that has the most. */
  export const mostParts: number;
  /** Some content is stored in several codings; `hasIdentity`: as it is, too. */
  export const hasCodings: boolean;
  export const hasIdentity: boolean;
  /** A list like those of `microlith:options`: identity 1, `*` 2, the codings one more than their kinds. */
  export const codingNames: Ptr<u8>;
  /** When the client accepts no stored coding. */
  export const notAcceptable: Representation;
  /** For every path that is neither a route nor matched by a pattern. */
  export const notFound: Representation;
  /** Answers of the server itself, where its options ask for them. All but the first are forms, which lie in `liveForms`. */
  export const healthy: Representation;
  export const metrics: Representation;
  export const configJson: Representation;
  export const configScript: Representation;
  export const liveForms: Ptr<u8>;
  export const liveFormBytes: number;
  export const liveFormCount: number;
  /** Bytes of an entity-tag with its quotes; 0: no representation has one. */
  export const entityTagBytes: number;
  /** It is known when the site is from; as a number that runtime/server/dates.ts describes. */
  export const hasLastModified: boolean;
  export const siteTime: number;
  /**
   * Templates of fields that many heads would have, each with the line end before it: Content-Type, and what a 304 repeats. At 0 is
   * an empty one. Few and small pages have all fields in their heads.
   */
  export const hasFieldTexts: boolean;
  export const typeTexts: Ptr<u8>;
  /** Else what a 304 repeats is in the heads, because there is no room for it. */
  export const hasRepeatedTexts: boolean;
  export const repeatedTexts: Ptr<u8>;
  /** Of `repeatedTexts`, what is true of all content. */
  export const contentFields: Ptr<u8>;
  /** Of the longest Content-Type, and of the longest with the longest of the others. */
  export const mostTypeBytes: number;
  export const mostFieldBytes: number;
  /** For years of two digits: the century of those up to the pivot; the others are of the one before. */
  export const twoDigitCentury: number;
  export const twoDigitPivot: number;

  /**
   * Fields that responses share: a line end, `Connection: keep-alive`, Date with zeros for digits, `commonBytes` of what all
   * responses of the site have, `Connection: close`. Packed they are a form, which is its own base.
   */
  export const sharedFields: Ptr<u8>;
  export const hasPackedFields: boolean;
  export const commonBytes: number;

  /** The fields, and an empty line, for a method that is not allowed. */
  export const allowance: Ptr<u8>;
  export const allowanceBytes: number;
  /**
   * Templates: Content-Type of several ranges, and the delimiter of parts, each with the line end before it. The second is the address
   * of the first character; two hyphens and a line end follow the last. Sites that have them have `typeTexts`, too.
   */
  export const hasMultipart: boolean;
  export const multipart: Ptr<u8>;
  export const delimiter: Ptr<u8>;
  export const delimiterBytes: number;
}
