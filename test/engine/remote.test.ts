/**
 * A Docker engine that is reached through TCP and TLS, as `DOCKER_HOST`, `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH` say: it asks for the client's certificate, and so do the
 * engines of CI systems.
 */

import { once } from "node:events";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Engine, startDocker, testCertificate, unavailable } from "../support/engines.ts";
import { errorLines, startMicrolith, type ToolRun, temporaryFolder } from "../support/microlith.ts";
import { repository } from "../support/sources.ts";

const hello = join(repository, "examples", "hello", "hello.ts");
const folder = temporaryFolder();
const certificates = join(folder, "certificates");
const reason = unavailable("dockerd", "docker", "containerd", "runc", "openssl");

describe.skipIf(reason !== undefined)(
  `an engine elsewhere${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    let engine: Engine;
    let server: Server;
    let host = "";
    /** Clients whose certificate was right. */
    let clients = 0;

    beforeAll(async () => {
      engine = await startDocker();
      const made = await testCertificate(folder);
      mkdirSync(certificates);
      copyFileSync(made.ca, join(certificates, "ca.pem"));
      copyFileSync(made.certificate, join(certificates, "cert.pem"));
      copyFileSync(made.key, join(certificates, "key.pem"));
      const [ca, cert, key] = [made.ca, made.certificate, made.key].map((path) => readFileSync(path));
      server = createServer({ ca, cert, key, requestCert: true, rejectUnauthorized: true }, (client) => {
        clients++;
        const through = connect(engine.socket);
        through.pipe(client).pipe(through);
        for (const socket of [client, through]) {
          socket.on("error", () => {
            client.destroy();
            through.destroy();
          });
        }
      });
      server.on("tlsClientError", () => {});
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      host = `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    });
    afterAll(async () => {
      server?.close();
      await engine?.stop();
    });

    /** To its end, while the server in this process passes bytes on. */
    async function load(env: Readonly<Record<string, string>>): Promise<ToolRun> {
      const args = ["load", hello, "--engine", "docker", "--tag", "localhost/remote:1"];
      const nobody = { HOME: folder, DOCKER_CONFIG: join(folder, "none") };
      const child = startMicrolith(args, { cwd: folder, env: { ...nobody, ...env } });
      const said = { stdout: "", stderr: "" };
      child.stdout?.on("data", (chunk) => {
        said.stdout += chunk;
      });
      child.stderr?.on("data", (chunk) => {
        said.stderr += chunk;
      });
      const [status] = await once(child, "close");
      return { status, ...said };
    }

    const verified = { DOCKER_TLS_VERIFY: "1" };

    test.each([
      ["DOCKER_CERT_PATH", { DOCKER_CERT_PATH: certificates }],
      ["the folder of Docker's configuration", { DOCKER_CONFIG: certificates }],
    ])("takes an image, with the certificates of %s", async (_, env) => {
      const before = clients;
      const loaded = await load({ DOCKER_HOST: `tcp://${host}`, ...verified, ...env });
      expect(loaded, loaded.stderr).toMatchObject({ status: 0, stdout: "localhost/remote:1\n" });
      expect(clients).toBeGreaterThan(before);
      expect(await engine.run("localhost/remote:1")).toMatchObject({ code: 0, stdout: "Hello World\n" });
    });

    test.each<[string, Readonly<Record<string, string>>, RegExp]>([
      ["no certificates", verified, /cannot reach docker at tcp:\/\/127\.0\.0\.1:\d+: /],
      [
        "a folder without them",
        { ...verified, DOCKER_CERT_PATH: join(folder, "none") },
        /none\/ca\.pem could not be read\. DOCKER_CERT_PATH names the folder/,
      ],
    ])("%s is one clear error", async (_, env, message) => {
      const refused = await load({ DOCKER_HOST: `tcp://${host}`, ...env });
      expect(refused).toMatchObject({ status: 2, stdout: "" });
      expect(errorLines(refused)).toEqual([expect.stringMatching(message)]);
    });
  },
);
