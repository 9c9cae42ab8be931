/**
 * What `microlith build` writes, in real engines: each loads the archives with its own command and runs them; hello prints
 * its line, and the site answers and stops when it is asked to.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Engine,
  output,
  startContainerd,
  startDocker,
  startPodman,
  temporaryFolder,
  unavailable,
} from "../support/engines.ts";
import { microlith } from "../support/microlith.ts";
import { type SiteContainer, startSite } from "../support/site-container.ts";
import { repository } from "../support/sources.ts";

/** An engine asks to stop, waits ten seconds and then kills: far below is a server that heard. */
const promptMs = 5_000;

const work = temporaryFolder("site-engines-test");
const archives = {
  site: { path: join(work.path, "site.tar"), tag: "localhost:5000/microlith/site:1.0" },
  hello: { path: join(work.path, "hello.tar"), tag: "localhost:5000/microlith/hello:1.0" },
} as const;

beforeAll(() => {
  build("examples/site", archives.site);
  build("examples/hello/hello.ts", archives.hello);
});
afterAll(() => work.remove());

function build(input: string, to: { readonly path: string; readonly tag: string }): void {
  expect(microlith(["build", input, "-o", to.path, "--tag", to.tag])).toMatchObject({ status: 0 });
}

const engines = [
  { id: "docker", tools: ["dockerd", "docker", "containerd", "runc"], start: startDocker },
  { id: "podman", tools: ["podman", "crun"], start: startPodman },
  { id: "containerd", tools: ["containerd", "ctr", "runc"], start: startContainerd },
] as const;

for (const { id, tools, start } of engines) {
  const reason = unavailable(...tools);
  describe.skipIf(reason !== undefined)(`${id}${reason === undefined ? "" : ` (${reason})`}`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await start();
      for (const { path } of Object.values(archives)) await engine.load(path);
    });
    afterAll(() => engine?.stop());

    test("runs hello", async () => {
      expect(await engine.run(archives.hello.tag)).toMatchObject({ code: 0, stdout: "Hello World\n" });
    });

    test("serves the site, and stops when asked to", async () => {
      const container: SiteContainer = await startSite(engine, archives.site.tag);
      const page = await fetch(`${container.url}/`);
      expect(page.status).toBe(200);
      expect(page.headers.get("content-type")).toBe("text/html;charset=utf-8");
      expect(await page.text()).toBe(readFileSync(join(repository, "examples/site/index.html"), "utf8"));
      expect((await fetch(`${container.url}/nowhere`)).status).toBe(404);
      const start = performance.now();
      expect(await container.stop()).toMatchObject({ code: 0 });
      expect(performance.now() - start).toBeLessThan(promptMs);
    });
  });
}

const withoutSkopeo = unavailable("skopeo");
describe.skipIf(withoutSkopeo !== undefined)(
  `skopeo${withoutSkopeo === undefined ? "" : ` (${withoutSkopeo})`}`,
  () => {
    for (const [name, { path }] of Object.entries(archives)) {
      test.each(["oci-archive", "docker-archive"])(`inspects ${name} as %s`, async (transport) => {
        const text = await output("skopeo", ["inspect", `${transport}:${path}`]);
        expect(JSON.parse(text)).toMatchObject({
          Architecture: "amd64",
          Os: "linux",
          Layers: [expect.any(String)],
        });
      });
    }

    test("finds a user without rights, the port and the signal in the site's config", async () => {
      const text = await output("skopeo", ["inspect", "--config", `oci-archive:${archives.site.path}`]);
      expect(JSON.parse(text).config).toMatchObject({
        User: "65532:65532",
        ExposedPorts: { "8080/tcp": {} },
        Entrypoint: ["/server"],
        StopSignal: "SIGTERM",
      });
    });
  },
);
