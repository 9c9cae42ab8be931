/** The version in package.json, which lies two folders above both src/cli and dist/cli. */

import { readFileSync } from "node:fs";

export function readVersion(): string {
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return manifest.version;
}
