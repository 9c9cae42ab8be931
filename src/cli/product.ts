/**
 * What a build makes, before it is wrapped and written: executables and what is known about them.
 */

import type { ByteSource } from "../base/byte-source.ts";
import type { Optimize } from "../base/optimize.ts";
import type { Item } from "../elf/executable.ts";
import type { SiteFile } from "../site/scan.ts";
import type { ServerOptions } from "../site/server-options.ts";
import type { SiteOptions } from "../site/site-options.ts";

export interface Product {
  readonly kind: "site" | "program";
  readonly executables: readonly ProductExecutable[];
  /** Of a site: what it is made of. */
  readonly files: readonly SiteFile[];
}

export interface ProductExecutable {
  /** OCI platform, `linux/amd64`. */
  readonly platform: string;
  /** The ELF file; the site's content is read as it is read. */
  readonly file: ByteSource;
  readonly sizes: ExecutableSizes;
  /** The owner of every byte; empty when there are several platforms. */
  readonly items: readonly Item[];
}

/** Bytes of the ELF file by what they are for; they add up to its size. */
export interface ExecutableSizes {
  /** Machine code. */
  readonly codeBytes: number;
  /** Routes, heads, constants, padding. */
  readonly tableBytes: number;
  /** ELF headers, and what is there for debuggers. */
  readonly headerBytes: number;
  /** Stored bodies, every coding counted. */
  readonly contentBytes: number;
}

/** What the user asked for, checked. */
export interface ProductOptions {
  readonly platforms: readonly string[];
  /** Compiled in: the server listens there unless it is told another at start. */
  readonly port: number;
  /** Absent: every address. */
  readonly host: string | undefined;
  /** Absent: the one that suits what is made. */
  readonly layout?: "plain" | "tight" | undefined;
  /** Absent: size. */
  readonly optimize?: Optimize;
  /** What else the server is told; absent: its defaults. */
  readonly server?: Partial<ServerOptions>;
  /** The smallest server, for a site of one page. */
  readonly minimal?: boolean;
  /** Of a site; absent: the defaults. */
  readonly site?: SiteOptions;
  /** What the command writes: it is not part of the site, wherever it lies. */
  readonly outputs?: readonly string[];
  /** Symbols and line tables are added for debuggers. */
  readonly debug?: boolean;
}
