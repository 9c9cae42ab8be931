/**
 * Which engines are here: by what the environment names, by Docker's current context, by their usual sockets, and for Podman by its program. Several
 * are a question to the user, never a guess.
 */

import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { UserError } from "../base/errors.ts";
import { dockerFolder, homeFolder } from "../base/home.ts";
import { apiEngine } from "./api-engine.ts";
import { containerdCommand, podmanCommand } from "./command-engine.ts";
import type { Engine, EngineId } from "./engine.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export const engineIds: readonly EngineId[] = ["docker", "podman", "containerd"];

/**
 * The engine that is meant: the one named, or the only one that is here.
 * @throws UserError when there is none, or several and none was named
 */
export async function findEngine(wanted: EngineId | undefined, env: Environment): Promise<Engine> {
  const found: Engine[] = [];
  for (const id of wanted === undefined ? engineIds : [wanted]) {
    const engine = await finders[id](env);
    if (engine !== undefined) found.push(engine);
  }
  // A containerd beside Docker is most often Docker's own.
  const meant =
    found.length > 1 && found[0]?.id === "docker"
      ? found.filter((engine) => engine.id !== "containerd")
      : found;
  const [engine] = meant;
  if (engine === undefined) {
    throw new UserError(
      wanted === undefined ? "no container engine is running here" : `${wanted} is not running here`,
      {
        help: "start Docker, Podman or containerd, or write the image to a file with -o image.tar",
      },
    );
  }
  if (meant.length > 1) {
    const names = meant.map((one) => one.id).join(" and ");
    throw new UserError(`${names} are both here`, { help: `say which: --engine ${engine.id}` });
  }
  return engine;
}

const finders: Readonly<Record<EngineId, (env: Environment) => Promise<Engine | undefined>>> = {
  async docker(env) {
    const named = env.DOCKER_HOST ?? (await contextHost(env));
    if (named !== undefined && named !== "") return apiEngine("docker", named, env);
    const socket = await firstWithAccess([
      "/var/run/docker.sock",
      join(homeFolder(env), ".docker/run/docker.sock"),
    ]);
    return socket === undefined ? undefined : apiEngine("docker", `unix://${socket}`, env);
  },
  async podman(env) {
    if (env.CONTAINER_HOST !== undefined) return apiEngine("podman", env.CONTAINER_HOST, env);
    const user = env.XDG_RUNTIME_DIR === undefined ? [] : [join(env.XDG_RUNTIME_DIR, "podman/podman.sock")];
    const socket = await firstWithAccess([...user, "/run/podman/podman.sock"]);
    if (socket !== undefined) return apiEngine("podman", `unix://${socket}`, env);
    const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
    const program = await firstWithAccess(folders.map((folder) => join(folder, "podman")));
    return program === undefined ? undefined : podmanCommand();
  },
  async containerd(env) {
    const socket = env.CONTAINERD_ADDRESS ?? (await firstWithAccess(["/run/containerd/containerd.sock"]));
    return socket === undefined
      ? undefined
      : containerdCommand(socket, env.CONTAINERD_NAMESPACE ?? "default");
  },
};

/** The host of the context that `docker context use` chose; a context's folder is named by the digest of its name. */
async function contextHost(env: Environment): Promise<string | undefined> {
  const folder = dockerFolder(env);
  const name = env.DOCKER_CONTEXT ?? (await jsonField(join(folder, "config.json"), ["currentContext"]));
  if (name === undefined || name === "default") return undefined;
  const digest = createHash("sha256").update(name).digest("hex");
  const host = await jsonField(join(folder, "contexts", "meta", digest, "meta.json"), [
    "Endpoints",
    "docker",
    "Host",
  ]);
  if (host === undefined)
    throw new UserError(`Docker's context "${name}" names no engine`, { help: "try: docker context ls" });
  return host;
}

async function jsonField(path: string, keys: readonly string[]): Promise<string | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${path} is not JSON`, { cause });
  }
  for (const key of keys) {
    value =
      typeof value === "object" && value !== null
        ? (value as Readonly<Record<string, unknown>>)[key]
        : undefined;
  }
  return typeof value === "string" ? value : undefined;
}

async function firstWithAccess(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const there = await access(path, constants.F_OK).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  return undefined;
}
