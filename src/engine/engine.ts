/**
 * What microlith asks of a container engine: take an archive, give one back, run a container and stop it. Docker, Podman and containerd are each one
 * record of these functions.
 */

import type { ByteSource } from "../base/byte-source.ts";

export type EngineId = "docker" | "podman" | "containerd";

export interface Engine {
  readonly id: EngineId;
  /** Where it is: a socket or a program. */
  readonly address: string;
  /** Its version. @throws UserError when it is not there */
  version(): Promise<string>;
  /** Takes an archive in; the names that it gave the images. */
  load(archive: ByteSource): Promise<readonly string[]>;
  /** An archive of the image; `discard` gives up its temporary file. @throws UserError when there is no such image */
  save(image: string): Promise<SavedImage>;
  run(request: RunRequest): Promise<Container>;
  /** Takes an image out again. */
  remove(image: string): Promise<void>;
}

export interface SavedImage {
  readonly archive: ByteSource;
  discard(): Promise<void>;
}

export interface RunRequest {
  readonly image: string;
  readonly args?: readonly string[];
  /** `NAME=value`. */
  readonly env?: readonly string[];
  /** Ports of the host that lead to ports of the container; with the host's network there is nothing to lead. */
  readonly publish?: readonly PublishedPort[];
  readonly hostNetwork?: boolean;
}

export interface PublishedPort {
  /** An address of the host. */
  readonly host: string;
  readonly hostPort: number;
  readonly containerPort: number;
}

export interface Container {
  readonly id: string;
  /** What it prints, until it ends. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Its exit code, once it has ended; the container is removed then. */
  readonly ended: Promise<number>;
  /** Asks it to end, and makes it end after that many seconds. */
  stop(seconds: number): Promise<void>;
}
