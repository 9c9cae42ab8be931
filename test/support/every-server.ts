/**
 * One suite for every implementation of the server, which all have to pass: the machine code of each target, and the same program
 * through gcc.
 */

import { afterAll, beforeAll } from "vitest";
import type { Address } from "./http.ts";
import { needs } from "./require-tool.ts";
import {
  type Files,
  implementations,
  type Server,
  type StartOptions,
  startServer,
  toolsOf,
} from "./server.ts";

/**
 * A suite of what `check` defines, for each implementation, with a server of `files` that runs while its tests do: where it
 * listens is known in them and in later `beforeAll`s, not before.
 */
export function onEveryServer(
  name: string,
  files: Files,
  check: (server: Address) => void,
  start: Omit<StartOptions, "implementation"> = {},
): void {
  for (const implementation of implementations) {
    needs(...toolsOf(implementation))(`${name} (${implementation})`, () => {
      let server: Server;
      beforeAll(async () => {
        server = await startServer(files, { ...start, implementation });
      });
      afterAll(() => server.stop());
      check({
        get port() {
          return server.port;
        },
      });
    });
  }
}
