/**
 * A signal in the middle of a transfer: nothing half-written stays behind. The registry sends half of a layer and then nothing.
 */

import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startMicrolith, temporaryFolder } from "./support/microlith.ts";
import { needsThat } from "./support/require-tool.ts";

const folder = temporaryFolder();
const layerBytes = 1 << 20;

const config = Buffer.from(
  '{"architecture":"amd64","os":"linux","rootfs":{"diff_ids":["sha256:' +
    `${"0".repeat(64)}"],"type":"layers"}}`,
);
const digestOf = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const manifest = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: digestOf(config),
      size: config.length,
    },
    layers: [
      {
        mediaType: "application/vnd.oci.image.layer.v1.tar",
        digest: `sha256:${"1".repeat(64)}`,
        size: layerBytes,
      },
    ],
  }),
);

const server: Server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? "", "http://x");
  if (pathname.includes("/manifests/")) {
    response.setHeader("Content-Type", "application/vnd.oci.image.manifest.v1+json");
    response.end(request.method === "HEAD" ? undefined : manifest);
  } else if (pathname.endsWith(digestOf(config))) response.end(config);
  else if (pathname.includes("/blobs/")) {
    response.setHeader("Content-Length", layerBytes);
    response.write(Buffer.alloc(layerBytes / 2));
  } else response.end("{}");
});

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const files = (place: string): readonly string[] =>
  existsSync(place) ? readdirSync(place, { recursive: true }).map(String) : [];

needsThat(process.platform !== "win32", "Windows has no signals")("a signal in the middle", () => {
  test.each([
    ["pull", "SIGINT", ["-o", "x.tar"]],
    ["pull", "SIGTERM", ["-o", "layout/"]],
    ["copy", "SIGHUP", ["archive:x.tar"]],
    ["copy", "SIGTERM", ["oci:layout"]],
  ] as const)("of %s, %s: %j", async (command, signal, to) => {
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const place = join(folder, `${command}-${signal}`);
    mkdirSync(place);
    const tool = startMicrolith([command, `127.0.0.1:${port}/a/b:1`, ...to], { cwd: place });
    const ended = once(tool, "exit");
    while (!files(place).some((name) => name.endsWith(".tmp"))) {
      expect(tool.exitCode).toBeNull();
      await sleep(20);
    }
    tool.kill(signal);
    expect(await ended).toEqual([null, signal]);
    expect(files(place)).toEqual([]);
  });
});
