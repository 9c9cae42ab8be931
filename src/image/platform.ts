/**
 * The OCI platform: what machine an image is for, written `os/architecture[/variant]` (image-spec, image-index.md).
 */

import { UserError } from "../base/errors.ts";

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  /** Others write these (Windows); kept as they are. */
  readonly "os.version"?: string;
  readonly "os.features"?: readonly string[];
}

/** `linux/arm/v6` as a value. @throws UserError */
export function parsePlatform(text: string): Platform {
  const [os, architecture, variant, ...rest] = text.split("/");
  const part = /^[a-z0-9][a-z0-9._-]*$/;
  if (
    !os ||
    !architecture ||
    rest.length > 0 ||
    ![os, architecture, variant ?? "v"].every((p) => part.test(p))
  ) {
    throw new UserError(`"${text}" is not a platform`, { help: "write it as linux/amd64 or linux/arm/v6" });
  }
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}

/** As `parsePlatform` takes it; of an image that names none, in words. */
export function formatPlatform(platform: Platform): string {
  if (namesNoPlatform(platform)) return "no platform";
  const { os, architecture, variant } = platform;
  return variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

/** True for an image whose config leaves both empty: engines run it on any machine. */
export function namesNoPlatform({ os, architecture }: Platform): boolean {
  return os === "" && architecture === "";
}

/** True when an image for `offered` is what someone who asked for `wanted` means: a variant not asked for may be any. */
export function platformMatches(offered: Platform, wanted: Platform): boolean {
  return (
    offered.os === wanted.os &&
    offered.architecture === wanted.architecture &&
    (wanted.variant === undefined || offered.variant === undefined || offered.variant === wanted.variant)
  );
}
