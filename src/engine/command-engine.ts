/**
 * Podman without its service, and containerd, through their own commands `podman` and `ctr`: Podman has no daemon to speak to, and containerd's protocol is gRPC with
 * content, leases and snapshots to be driven one by one, which its command does in step with the daemon.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { ByteSource } from "../base/byte-source.ts";
import { UserError } from "../base/errors.ts";
import { fileSource, writeFileWhole } from "../base/files.ts";
import type { Container, Engine, EngineId, RunRequest, SavedImage } from "./engine.ts";

/** How an engine's command spells what is asked of it. */
interface Commands {
  readonly id: EngineId;
  /** The program, and what comes before every command. */
  readonly program: readonly [string, ...string[]];
  readonly version: readonly string[];
  load(path: string): readonly string[];
  names(printed: string): readonly string[];
  save(image: string, path: string): readonly string[];
  run(request: RunRequest, name: string): readonly string[];
  stop(name: string, seconds: number): readonly string[];
  kill(name: string): readonly string[];
  remove(image: string): readonly string[];
  /** What it says when it does not have the image. */
  readonly missing: RegExp;
}

/** `prefix` goes before every command: where the storage is, which run time to use. */
export function podmanCommand(prefix: readonly string[] = [], runOptions: readonly string[] = []): Engine {
  return commandEngine({
    id: "podman",
    program: ["podman", ...prefix],
    version: ["version", "--format", "{{.Version}}"],
    load: (path) => ["load", "--quiet", "-i", path],
    names: (printed) =>
      [...printed.matchAll(/Loaded image(?:\(s\))?: ([^\n]+)/g)].flatMap(([, names = ""]) =>
        names.split(","),
      ),
    save: (image, path) => ["save", "--quiet", "--format", "oci-archive", "-o", path, image],
    run: (request, name) => [
      ...["run", "--rm", "--name", name, ...runOptions],
      ...(request.hostNetwork === true ? ["--network=host"] : []),
      ...(request.publish ?? []).flatMap((port) => [
        "-p",
        `${port.host}:${port.hostPort}:${port.containerPort}`,
      ]),
      ...(request.env ?? []).flatMap((value) => ["-e", value]),
      ...[request.image, ...(request.args ?? [])],
    ],
    stop: (name, seconds) => ["stop", "-t", String(seconds), name],
    kill: (name) => ["kill", name],
    remove: (image) => ["rmi", image],
    missing: /no such image|image not known/i,
  });
}

/** `socket` is containerd's; `namespace` the one that images and containers go to (`k8s.io` is Kubernetes'). */
export function containerdCommand(socket: string, namespace = "default"): Engine {
  return commandEngine({
    id: "containerd",
    program: ["ctr", "--address", socket, "--namespace", namespace],
    version: ["version"],
    load: (path) => ["images", "import", "--all-platforms", path],
    names: (printed) => [...printed.matchAll(/^unpacking (\S+)/gm)].map(([, name = ""]) => name),
    // Exports this machine's platform; a pull brings no other.
    save: (image, path) => ["images", "export", path, image],
    // Ports cannot be published without network plug-ins: containers have the host's network.
    run: (request, name) => [
      ...["run", "--rm", "--net-host"],
      ...(request.env ?? []).flatMap((value) => ["--env", value]),
      ...[request.image, name, ...(request.args ?? [])],
    ],
    stop: (name) => ["tasks", "kill", "--signal", "SIGTERM", name],
    kill: (name) => ["tasks", "kill", "--signal", "SIGKILL", name],
    remove: (image) => ["images", "rm", image],
    missing: /not found/i,
  });
}

function commandEngine(commands: Commands): Engine {
  return {
    id: commands.id,
    address: commands.program.join(" "),
    version: async () => /\d+\.\d+\S*/.exec(await output(commands, commands.version))?.[0] ?? "unknown",
    load: async (archive) => {
      const folder = await temporaryFolder();
      try {
        const path = join(folder.path, "image.tar");
        await writeFileWhole(path, archive.read());
        return commands.names(await output(commands, commands.load(path)));
      } finally {
        await folder.remove();
      }
    },
    save: async (image) => save(commands, image),
    run: async (request) => run(commands, request),
    remove: async (image) => void (await output(commands, commands.remove(image))),
  };
}

async function save(commands: Commands, image: string): Promise<SavedImage> {
  const folder = await temporaryFolder();
  try {
    const path = join(folder.path, "image.tar");
    await output(commands, commands.save(image, path));
    const archive: ByteSource = await fileSource(path);
    return { archive, discard: folder.remove };
  } catch (error) {
    await folder.remove();
    if (error instanceof UserError && commands.missing.test(error.message)) {
      throw new UserError(`${commands.id} has no image ${image}`, { cause: error });
    }
    throw error;
  }
}

function run(commands: Commands, request: RunRequest): Container {
  const name = `microlith-${randomBytes(6).toString("hex")}`;
  const child = start(commands, commands.run(request, name), ["ignore", "pipe", "pipe"]);
  const ended = exitCode(commands, child);
  ended.catch(() => {});
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  return {
    id: name,
    output: merged(streams),
    ended,
    async stop(seconds) {
      await output(commands, commands.stop(name, seconds)).catch(() => {});
      const timer = setTimeout(
        () => void output(commands, commands.kill(name)).catch(() => {}),
        (seconds + 1) * 1000,
      );
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Chunks of several streams, as they come. */
function merged(streams: readonly Readable[]): AsyncIterable<Uint8Array> {
  const all = new Readable({ read() {} });
  let open = streams.length;
  for (const stream of streams) {
    stream.on("data", (chunk: Buffer) => all.push(chunk));
    stream.on("end", () => {
      open -= 1;
      if (open === 0) all.push(null);
    });
  }
  return all;
}

/** What the command prints. @throws UserError with its own words when it fails */
async function output(commands: Commands, args: readonly string[]): Promise<string> {
  const child = start(commands, args, ["ignore", "pipe", "pipe"]);
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const code = await exitCode(commands, child);
  if (code !== 0) {
    const said = stderr.trim().split("\n").at(-1) ?? "";
    throw new UserError(`${commands.id} failed: ${said === "" ? `exit code ${code}` : said}`);
  }
  return stdout + stderr;
}

function start(
  commands: Commands,
  args: readonly string[],
  stdio: readonly ("ignore" | "pipe")[],
): ChildProcess {
  const [program, ...prefix] = commands.program;
  return spawn(program, [...prefix, ...args], { stdio: [...stdio] });
}

function exitCode(commands: Commands, child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) =>
      reject(
        new UserError(`cannot run ${commands.program[0]}: ${cause.message}`, {
          cause,
          help: `is ${commands.id} installed?`,
        }),
      ),
    );
    child.once("close", (code) => resolve(code ?? 137));
  });
}

async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "microlith-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
