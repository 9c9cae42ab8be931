/**
 * A product as a container image: one layer with the executable, a numeric user without any rights, and what an engine has to know.
 */

import { bytesSource } from "../base/byte-source.ts";
import { defaultUser, type RunConfig } from "../image/config.ts";
import { type Image, type ImageIndex, imageOfExecutable, indexOf } from "../image/image.ts";
import { parsePlatform } from "../image/platform.ts";
import type { Product } from "./product.ts";

export interface ImageOptions {
  /** Name of the executable in the image's root folder. */
  readonly name: string;
  readonly port: number;
  /** The executable understands `--healthcheck`. */
  readonly healthcheck?: boolean;
  /** Seconds since 1970. */
  readonly created: number | undefined;
}

/** The image of a product for one platform, or the index of its images for several. */
export async function makeImage(product: Product, options: ImageOptions): Promise<Image | ImageIndex> {
  const { name, created } = options;
  const run = product.kind === "site" ? siteConfig(options) : { User: defaultUser };
  const images: Image[] = [];
  for (const { platform, bytes } of product.executables) {
    images.push(
      await imageOfExecutable({
        platform: parsePlatform(platform),
        name,
        executable: bytesSource(bytes),
        run,
        ...(created === undefined ? {} : { created }),
      }),
    );
  }
  const [only] = images;
  return only !== undefined && images.length === 1 ? only : indexOf(images);
}

function siteConfig({ name, port, healthcheck = false }: ImageOptions): RunConfig {
  return {
    User: defaultUser,
    ExposedPorts: { [`${port}/tcp`]: {} },
    StopSignal: "SIGTERM",
    ...(healthcheck ? { Healthcheck: { Test: ["CMD", `/${name}`, "--healthcheck"] } } : {}),
  };
}
