/**
 * A layer: a tar of files, stored compressed. The digest of the tar is its diffId, which the config lists; the digest of the stored form is what
 * the manifest lists (image-spec, layer.md). Ours hold files only: every engine makes the directories above them.
 */

import type { ByteSource } from "../base/byte-source.ts";
import type { Digest } from "../base/digest.ts";
import { compressed } from "./compress.ts";
import type { Blob } from "./descriptor.ts";
import { type LayerCompression, mediaTypes } from "./media-type.ts";
import { type TarEntry, tarOf } from "./tar.ts";

export interface Layer extends Blob {
  /** Digest of the uncompressed tar. */
  readonly diffId: Digest;
  /** Sum of the file sizes, in bytes. */
  readonly fileBytes: number;
}

/** A file of the image. */
export interface LayerFile {
  /** Absolute in the image: `/hello`. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly content: ByteSource;
}

const layerTypes: Readonly<Record<LayerCompression, string>> = {
  none: mediaTypes.layer,
  gzip: mediaTypes.layerGzip,
  zstd: mediaTypes.layerZstd,
};

/** One layer with these files, sorted by path; `mtime` in seconds since 1970. */
export async function layerOf(
  files: readonly LayerFile[],
  options: { readonly compression: LayerCompression; readonly mtime: number },
): Promise<Layer> {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const entries = sorted.map(
    (file): TarEntry => ({
      path: file.path.replace(/^\/+/, ""),
      kind: "file",
      mode: file.mode,
      mtime: options.mtime,
      content: file.content,
    }),
  );
  const tar = tarOf(entries);
  const { content, digest, plainDigest } = await compressed(tar, options.compression);
  return {
    descriptor: { mediaType: layerTypes[options.compression], digest, size: content.size },
    content,
    diffId: plainDigest,
    fileBytes: files.reduce((sum, file) => sum + file.content.size, 0),
  };
}
