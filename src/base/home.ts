/**
 * Where the user's programs keep what is the user's.
 */

import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The user's own folder; the root for one who has none, as a number without a name in a container. */
export function homeFolder(env: Environment): string {
  if (env.HOME) return env.HOME;
  try {
    return homedir();
  } catch {
    return "/";
  }
}

/** Where Docker's command has its configuration, credentials, contexts and certificates. */
export function dockerFolder(env: Environment): string {
  return env.DOCKER_CONFIG ?? join(homeFolder(env), ".docker");
}
