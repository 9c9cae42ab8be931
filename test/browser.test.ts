/**
 * Two real sites from npm, in a browser: Swagger UI and the demo of reveal.js become image archives, run as containers in
 * each engine and are rendered by headless Chromium. No request to the server may fail, and the page may not complain.
 *
 * What the sites fetch from elsewhere (pictures of the demo) is answered here with nothing, so that the test needs no
 * network; Swagger UI's sample definition lies there too and is exchanged for one of ours. MICROLITH_SCREENSHOTS=DIR keeps the
 * screenshots.
 */

import { copyFileSync, cpSync, existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Engine,
  startContainerd,
  startDocker,
  startPodman,
  temporaryFolder,
  unavailable,
} from "./support/engines.ts";
import { microlith } from "./support/microlith.ts";
import { commandPath } from "./support/require-tool.ts";
import { startSite } from "./support/site-container.ts";
import { repository } from "./support/sources.ts";

const flags: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const work = temporaryFolder("browser-test");
afterAll(() => work.remove());

const definition = {
  openapi: "3.0.3",
  info: { title: "Stones", version: "1.0.0", description: "A collection of small stones." },
  paths: {
    "/stones/{id}": {
      get: {
        summary: "One stone",
        tags: ["stone"],
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "integer" } }],
        responses: { "200": { description: "The stone" } },
      },
    },
  },
};

/** A copy of swagger-ui-dist whose initializer names a definition that lies beside it. */
function swaggerFolder(): string {
  const folder = join(work.path, "swagger-ui-dist");
  cpSync(join(repository, "node_modules", "swagger-ui-dist"), folder, { recursive: true });
  writeFileSync(join(folder, "stones.json"), JSON.stringify(definition));
  writeFileSync(
    join(folder, "swagger-initializer.js"),
    `window.onload = () => {
  window.ui = SwaggerUIBundle({
    url: "./stones.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    plugins: [SwaggerUIBundle.plugins.DownloadUrl],
    layout: "StandaloneLayout",
  });
};
`,
  );
  return folder;
}

interface Subject {
  readonly tag: string;
  readonly folder: () => string;
  /** The page, relative to the server. */
  readonly page: string;
  /** Sees that the page shows what it should. */
  readonly look: (page: Page) => Promise<void>;
}

const subjects: Readonly<Record<string, Subject>> = {
  "Swagger UI": {
    tag: "localhost/swagger:test",
    folder: swaggerFolder,
    page: "/",
    look: async (page) => {
      await page.getByRole("heading", { name: /Stones/ }).waitFor();
      const operation = page.locator(".opblock-get");
      await operation.getByText("/stones/{id}").first().waitFor();
      await operation
        .getByRole("button", { name: /One stone/ })
        .first()
        .click();
      await operation.getByText("Try it out").waitFor();
      // The sheet of styles has come: without it nothing has this colour.
      const background = await page.evaluate(
        'getComputedStyle(document.querySelector(".opblock-summary-method")).backgroundColor',
      );
      expect(background).toBe("rgb(97, 175, 254)");
    },
  },
  "reveal.js": {
    tag: "localhost/reveal:test",
    folder: () => join(repository, "node_modules", "reveal.js"),
    page: "/demo.html",
    look: async (page) => {
      await page.locator(".reveal.ready").waitFor();
      await page.getByRole("heading", { name: "The HTML Presentation Framework" }).waitFor();
      await page.keyboard.press("ArrowRight");
      await page.getByRole("heading", { name: "Hello There" }).waitFor();
      await page.waitForURL(/#\/1$/);
    },
  },
};

interface Visit {
  /** Requests to the server that were not answered, or with an error. */
  readonly failed: readonly string[];
  /** What the page wrote to its console as an error, or threw. */
  readonly complaints: readonly string[];
  readonly requests: number;
}

async function visit(browser: Browser, url: string, subject: Subject, screenshot: string): Promise<Visit> {
  const failed: string[] = [];
  const complaints: string[] = [];
  let requests = 0;
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  try {
    await page.route(
      (address) => address.origin !== url,
      (route) => route.fulfill({ status: 204, body: "" }),
    );
    page.on("response", (response) => {
      if (!response.url().startsWith(url)) return;
      requests += 1;
      if (response.status() >= 400) failed.push(`${response.status()} ${response.url()}`);
    });
    page.on("requestfailed", (request) => {
      if (request.url().startsWith(url)) failed.push(`${request.failure()?.errorText} ${request.url()}`);
    });
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(`${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(url + subject.page, { waitUntil: "load" });
    await subject.look(page);
    await page.screenshot({ path: screenshot });
  } finally {
    await page.close();
  }
  return { failed, complaints, requests };
}

const engines = [
  { id: "docker", tools: ["dockerd", "docker", "containerd", "runc"], start: startDocker },
  { id: "podman", tools: ["podman", "crun"], start: startPodman },
  { id: "containerd", tools: ["containerd", "ctr", "runc"], start: startContainerd },
] as const;

for (const { id, tools, start } of engines) {
  const reason = unavailable("chromium", ...tools);
  describe.skipIf(reason !== undefined)(`${id}${reason === undefined ? "" : ` (${reason})`}`, () => {
    let engine: Engine;
    let browser: Browser;
    beforeAll(async () => {
      for (const { tag, folder } of Object.values(subjects)) {
        const archive = archiveOf(tag);
        if (!existsSync(archive))
          expect(microlith(["build", folder(), "-o", archive, "--tag", tag]).status).toBe(0);
      }
      engine = await start();
      browser = await chromium.launch({
        executablePath: commandPath("chromium") ?? "chromium",
        args: [...flags],
      });
    });
    afterAll(async () => {
      await browser?.close();
      await engine?.stop();
    });

    test.each(Object.entries(subjects))("%s renders", async (name, subject) => {
      await engine.load(archiveOf(subject.tag));
      const site = await startSite(engine, subject.tag);
      const screenshot = join(work.path, `${id}-${name}.png`);
      const seen = await visit(browser, site.url, subject, screenshot);
      expect(await site.stop()).toMatchObject({ code: 0 });
      expect(seen).toMatchObject({ failed: [], complaints: [] });
      expect(seen.requests).toBeGreaterThan(5);
      // An empty page of this size is a picture of a few kilobytes.
      expect(statSync(screenshot).size).toBeGreaterThan(20_000);
      const kept = process.env.MICROLITH_SCREENSHOTS;
      if (kept !== undefined) copyFileSync(screenshot, join(kept, `${id}-${name}.png`));
    });
  });
}

function archiveOf(tag: string): string {
  return join(work.path, `${tag.replace(/\W/g, "-")}.tar`);
}
