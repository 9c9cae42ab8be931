/** Images for tests that move them: what is inside does not matter, only that it is the same in each run. */

import { createHash } from "node:crypto";
import { bytesSource } from "../../src/base/byte-source.ts";
import { type Image, type ImageIndex, imageOfExecutable, indexOf } from "../../src/image/image.ts";
import { parsePlatform } from "../../src/image/platform.ts";

/** Bytes that do not shrink. */
export function noise(length: number, seed = ""): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, at) =>
    createHash("sha256").update(`${seed}${at}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

export function sampleImage(platform = "linux/amd64", bytes = 1000): Promise<Image> {
  return imageOfExecutable({
    platform: parsePlatform(platform),
    name: "hello",
    executable: bytesSource(noise(bytes, platform)),
    run: {},
  });
}

export async function sampleIndex(): Promise<ImageIndex> {
  return indexOf([
    await sampleImage("linux/amd64"),
    await sampleImage("linux/arm64"),
    await sampleImage("linux/arm/v6"),
  ]);
}
