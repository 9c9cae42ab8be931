/**
 * A folder as the site that it would be: its files, and their bytes by media type.
 */

import { contentTypeOf } from "../site/content-type.ts";
import { scanSite } from "../site/scan.ts";

export interface SiteInspection {
  readonly kind: "site";
  readonly path: string;
  readonly fileCount: number;
  readonly contentBytes: number;
  /** The largest first. */
  readonly mediaTypes: readonly {
    readonly mediaType: string;
    readonly files: number;
    readonly bytes: number;
  }[];
  readonly files: readonly { readonly path: string; readonly mediaType: string; readonly bytes: number }[];
  /** Sentences about what is left out or looks wrong. */
  readonly notes: readonly string[];
}

/** @throws UserError when the folder is no site */
export function inspectSite(path: string): SiteInspection {
  const site = scanSite(path);
  const files = site.files.map((file) => ({
    path: file.path,
    mediaType: contentTypeOf(file),
    bytes: file.size,
  }));
  const types = new Map<string, { files: number; bytes: number }>();
  for (const { mediaType, bytes } of files) {
    const before = types.get(mediaType) ?? { files: 0, bytes: 0 };
    types.set(mediaType, { files: before.files + 1, bytes: before.bytes + bytes });
  }
  return {
    kind: "site",
    path,
    fileCount: files.length,
    contentBytes: files.reduce((sum, file) => sum + file.bytes, 0),
    mediaTypes: [...types]
      .map(([mediaType, sums]) => ({ mediaType, ...sums }))
      .sort((a, b) => b.bytes - a.bytes || (a.mediaType < b.mediaType ? -1 : 1)),
    files,
    notes: site.notes,
  };
}
