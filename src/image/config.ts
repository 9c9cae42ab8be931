/**
 * The image configuration (image-spec, config.md): which machine the image is for, what runs, as whom, and the diffIds of the layers.
 * Fields that say nothing are left out, except the few that an engine insists on.
 */

import type { Digest } from "../base/digest.ts";
import type { Platform } from "./platform.ts";

/** What a container of this image runs, as Docker and the image-spec spell it. */
export interface RunConfig {
  readonly User?: string;
  /** `8080/tcp` → nothing. */
  readonly ExposedPorts?: Readonly<Record<string, Readonly<Record<string, never>>>>;
  /** `NAME=value`. */
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly WorkingDir?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
  /** Docker's extension, which containerd and Podman (in Docker's format) also know. */
  readonly Healthcheck?: Healthcheck;
}

/** Durations in nanoseconds. */
export interface Healthcheck {
  /** `["CMD", program, argument, …]`; the base's when left out. */
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly Retries?: number;
}

export interface HistoryEntry {
  readonly created?: string;
  readonly created_by?: string;
  readonly author?: string;
  readonly comment?: string;
  readonly empty_layer?: boolean;
}

export interface Config extends Platform {
  /** RFC 3339; left out means "not said", which engines show as 1970 or year 1. */
  readonly created?: string;
  readonly author?: string;
  readonly config?: RunConfig;
  readonly rootfs: { readonly type: "layers"; readonly diff_ids: readonly Digest[] };
  readonly history?: readonly HistoryEntry[];
}

/** The user nobody is on any distribution: no account, no files, not root. */
export const defaultUser = "65532:65532";

/** `2024-02-03T04:05:06Z` of seconds since 1970. */
export function formatTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
