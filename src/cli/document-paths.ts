/**
 * Where the documents go that are written as files beside an image.
 */

import { extname } from "node:path";
import { type Platform, parsePlatform } from "../image/platform.ts";
import type { ImageSettings } from "./image-options.ts";

/** The files that the documents of these platforms go to. */
export function documentPaths(
  { sboms, provenances }: ImageSettings,
  platforms: readonly string[],
): readonly string[] {
  const written = <T>(values: readonly (T | undefined)[]): readonly T[] =>
    values.filter((value) => value !== undefined);
  const bills = written(sboms.map(({ path }) => path)).flatMap((path) =>
    platforms.map((platform) => pathFor(path, parsePlatform(platform), platforms.length)),
  );
  return [...bills, ...written(provenances.map(({ path }) => path))];
}

/** With several platforms each has a file: `sbom.json` becomes `sbom-arm64.json`, as image names in archives do. */
export function pathFor(path: string, platform: Platform, count: number): string {
  if (count === 1) return path;
  const { architecture, variant = "" } = platform;
  const ending = /\.(spdx|cdx)\.json$/.exec(path)?.[0] ?? extname(path);
  return `${path.slice(0, path.length - ending.length)}-${architecture}${variant}${ending}`;
}
