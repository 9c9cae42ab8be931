/**
 * A descriptor says what a blob is, how long it is and what its digest is (image-spec, descriptor.md). Documents (config,
 * manifest, index) are values together with the exact bytes that were digested: what others wrote is never spelled anew.
 */

import { type ByteSource, bytesSource } from "../base/byte-source.ts";
import { canonicalJsonBytes, type Json } from "../base/canonical-json.ts";
import { type Digest, digestOf } from "../base/digest.ts";
import type { Platform } from "./platform.ts";

export type Annotations = Readonly<Record<string, string>>;

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  readonly platform?: Platform;
  readonly annotations?: Annotations;
  readonly artifactType?: string;
  readonly urls?: readonly string[];
  /** The blob itself, in base64. */
  readonly data?: string;
}

/** A JSON value with the bytes it was read from or is written as. */
export interface Document<T> {
  readonly value: T;
  readonly bytes: Uint8Array;
  readonly descriptor: Descriptor;
}

/** Bytes to be stored under their descriptor's digest. */
export interface Blob {
  readonly descriptor: Descriptor;
  readonly content: ByteSource;
}

/** The canonical document of a value of ours. */
export function documentOf<T extends object>(mediaType: string, value: T): Document<T> {
  const bytes = canonicalJsonBytes(value as unknown as Json);
  return { value, bytes, descriptor: descriptorOf(mediaType, bytes) };
}

export function descriptorOf(mediaType: string, bytes: Uint8Array): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

export function blobOf(document: Document<unknown>): Blob {
  return { descriptor: document.descriptor, content: bytesSource(document.bytes) };
}

/** The descriptor with more annotations. */
export function withAnnotations(descriptor: Descriptor, annotations: Annotations | undefined): Descriptor {
  if (annotations === undefined || Object.keys(annotations).length === 0) return descriptor;
  return { ...descriptor, annotations: { ...descriptor.annotations, ...annotations } };
}
