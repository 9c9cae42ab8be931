/**
 * `--annotation [SCOPE:]KEY=VALUE`, with the scopes of buildx: `manifest` (when none is said), `index`, `manifest-descriptor` (the index's entry), `index-descriptor`
 * (the layout's entry), each but the index's with a platform in brackets if wanted: `manifest[linux/amd64]:key=value`.
 */

import { UserError } from "../base/errors.ts";
import type { Annotations } from "./descriptor.ts";
import { type Platform, parsePlatform, platformMatches } from "./platform.ts";

export const annotationScopes = ["manifest", "index", "manifest-descriptor", "index-descriptor"] as const;
export type AnnotationScope = (typeof annotationScopes)[number];

export interface AnnotationOption {
  readonly scopes: readonly AnnotationScope[];
  /** All platforms when left out. */
  readonly platform?: Platform;
  readonly key: string;
  readonly value: string;
}

/** @throws UserError that shows the form */
export function parseAnnotation(text: string): AnnotationOption {
  const match = /^(?:([a-z-]+(?:,[a-z-]+)*)(?:\[([^\]]*)\])?:)?([^=]+)=([\s\S]*)$/.exec(text);
  const [, scopes, platform, key, value] = match ?? [];
  const named = scopes?.split(",") ?? ["manifest"];
  // A key may hold a colon itself; then what stands before it is no scope.
  const known = named.every(isScope);
  if (!known && platform === undefined) {
    const equals = text.indexOf("=");
    return { scopes: ["manifest"], key: text.slice(0, equals), value: text.slice(equals + 1) };
  }
  if (key === undefined || value === undefined || !known) {
    throw new UserError(`"${text}" is not an annotation`, {
      help: "write KEY=VALUE, index:KEY=VALUE or manifest[linux/amd64]:KEY=VALUE",
    });
  }
  return {
    scopes: named.filter(isScope),
    key,
    value,
    ...(platform === undefined ? {} : { platform: parsePlatform(platform) }),
  };
}

/** Those for one scope and platform, later ones over earlier ones. */
export function annotationsFor(
  options: readonly AnnotationOption[],
  scope: AnnotationScope,
  platform?: Platform,
): Annotations {
  const meant = options.filter(
    (option) =>
      option.scopes.includes(scope) &&
      (option.platform === undefined ||
        (platform !== undefined && platformMatches(platform, option.platform))),
  );
  return Object.fromEntries(meant.map(({ key, value }) => [key, value]));
}

function isScope(text: string): text is AnnotationScope {
  return annotationScopes.some((scope) => scope === text);
}
