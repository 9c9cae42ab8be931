/**
 * Real container engines and registries, started by hand on this machine as root, each with folders and sockets of its own under a temporary
 * folder, and stopped by its process id. None of them sees or changes an engine that is already running here.
 *
 * A tool that is missing makes its suite skip, with the reason in its name; with CI=true that is a failure.
 */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end; never throws for its exit code. */
export function run(
  command: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly timeout?: number } = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const settings = { maxBuffer: 64 << 20, timeout: 120_000, ...options };
    execFile(command, [...args], settings, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 127;
      resolve({ code, stdout, stderr: stderr === "" && error !== null ? error.message : stderr });
    });
  });
}

/** Runs a command and returns what it printed. @throws Error with the command's own words when it fails */
export async function output(
  command: string,
  args: readonly string[],
  options: Parameters<typeof run>[2] = {},
): Promise<string> {
  const ran = await run(command, args, options);
  if (ran.code !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${ran.code}:\n${ran.stderr}${ran.stdout}`);
  }
  return ran.stdout;
}

/** The first reason for which a suite that needs these tools cannot run here; undefined when it can. */
export function unavailable(...tools: readonly string[]): string | undefined {
  const missing = tools.filter((tool) => !isInstalled(tool));
  const reason =
    missing.length > 0
      ? `not installed: ${missing.join(", ")}`
      : process.getuid?.() === 0
        ? undefined
        : "needs root to start engines";
  if (reason !== undefined && process.env.CI === "true")
    throw new Error(`CI must run this suite, but: ${reason}`);
  return reason;
}

function isInstalled(tool: string): boolean {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export function temporaryFolder(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `microlith-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** An engine: one interface, so that one suite runs on all. */
export interface Engine {
  readonly id: "docker" | "podman" | "containerd";
  /** Environment for the engine's own command line. */
  readonly env: NodeJS.ProcessEnv;
  /** The API socket, where the engine has one. */
  readonly socket: string;
  /** Loads an archive with the engine's own command. */
  load(archive: string): Promise<string>;
  /** Runs a container of the image to its end. */
  run(image: string, args?: readonly string[]): Promise<Ran>;
  /** Starts a container of the image on the host's network, with these variables in its environment. */
  start(image: string, env: Readonly<Record<string, string>>): Promise<Container>;
  /** The engine's own command line, with the arguments that point it at this engine. */
  command(args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** A container that is running. */
export interface Container {
  /** When it has ended: its exit code and what it printed. */
  readonly ended: Promise<Ran>;
  /** Asks it to end (SIGTERM) with the engine's own command; returns its exit code and what it printed. */
  stop(): Promise<Ran>;
}

/** A Docker engine with overlay2 and host networking. */
export async function startDocker(): Promise<Engine> {
  const folder = temporaryFolder("docker");
  const socket = join(folder.path, "docker.sock");
  const daemon = start(folder.path, "dockerd", [
    ...["--data-root", join(folder.path, "data"), "--exec-root", join(folder.path, "exec")],
    ...["--host", `unix://${socket}`, "--pidfile", join(folder.path, "pid")],
    ...["--bridge=none", "--iptables=false", "--ip6tables=false", "--insecure-registry", "127.0.0.1/8"],
  ]);
  const env = { ...process.env, DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: folder.path };
  await waitFor("dockerd", daemon, async () => (await run("docker", ["version"], { env })).code === 0);
  const containers = startedContainers();
  return {
    id: "docker",
    env,
    socket,
    load: (archive) => output("docker", ["load", "-i", archive], { env }),
    run: (image, args = []) => run("docker", ["run", "--rm", "--network=host", image, ...args], { env }),
    start: async (image, variables) => {
      const name = containerName();
      const options = ["--rm", "--network=host", "--name", name, ...envFlags(variables)];
      return containers.add(run("docker", ["run", ...options, image], { env }), () =>
        output("docker", ["stop", name], { env }),
      );
    },
    command: (args) => output("docker", args, { env }),
    stop: () => containers.stop().then(() => stop(daemon, folder)),
  };
}

/** Podman has no daemon; its API service is started for the clients that want one. */
export async function startPodman(): Promise<Engine> {
  const folder = temporaryFolder("podman");
  const socket = join(folder.path, "podman.sock");
  const root = [
    ...[
      "--root",
      join(folder.path, "root"),
      "--runroot",
      join(folder.path, "runroot"),
      "--tmpdir",
      join(folder.path, "tmp"),
    ],
    ...["--runtime", "crun", "--cgroup-manager", "cgroupfs", "--events-backend", "file"],
  ];
  const env = {
    ...process.env,
    CONTAINERS_REGISTRIES_CONF: join(folder.path, "registries.conf"),
    CONTAINERS_CONF: join(folder.path, "containers.conf"),
  };
  // What `limits` below says to the command line, for containers that are made through the service.
  writeFileSync(
    env.CONTAINERS_CONF,
    '[containers]\ncgroups = "disabled"\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n',
  );
  writeFileSync(
    env.CONTAINERS_REGISTRIES_CONF,
    'unqualified-search-registries = []\nshort-name-mode = "permissive"\n[[registry]]\nlocation = "127.0.0.1"\ninsecure = true\n',
  );
  const [program, ...prefix] = podmanCommand();
  const service = start(
    folder.path,
    program,
    [...prefix, ...root, "system", "service", "--time=0", `unix://${socket}`],
    env,
  );
  await waitFor("podman system service", service, () => isListening(socket));
  const limits = ["--cgroups=disabled", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"];
  const command = (args: readonly string[]): Promise<string> =>
    output(program, [...prefix, ...root, ...args], { env });
  const containers = startedContainers();
  return {
    id: "podman",
    env,
    socket,
    load: (archive) => command(["load", "-i", archive]),
    run: (image, args = []) =>
      run(program, [...prefix, ...root, "run", "--rm", ...limits, "--network=host", image, ...args], { env }),
    start: async (image, variables) => {
      const name = containerName();
      const options = ["--rm", ...limits, "--network=host", "--name", name, ...envFlags(variables)];
      return containers.add(run(program, [...prefix, ...root, "run", ...options, image], { env }), () =>
        command(["stop", name]),
      );
    },
    command,
    stop: () => containers.stop().then(() => stop(service, folder)),
  };
}

/**
 * crun refuses a host whose version-2 cgroup hierarchy sits beside version 1 and has controllers of its own. In a mount namespace without that
 * hierarchy it sees version 1 alone.
 */
function podmanCommand(): readonly [string, ...string[]] {
  const hierarchy = "/sys/fs/cgroup/unified";
  const controllers = `${hierarchy}/cgroup.controllers`;
  if (!existsSync(controllers) || readFileSync(controllers, "utf8").trim() === "") return ["podman"];
  const script = `umount ${hierarchy} && exec podman "$@"`;
  return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "podman"];
}

export async function startContainerd(): Promise<Engine> {
  const folder = temporaryFolder("containerd");
  const socket = join(folder.path, "containerd.sock");
  const config = join(folder.path, "config.toml");
  writeFileSync(
    config,
    [
      "version = 2",
      `root = "${join(folder.path, "root")}"`,
      `state = "${join(folder.path, "state")}"`,
      'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
      `[grpc]\n  address = "${socket}"`,
      `[ttrpc]\n  address = "${socket}.ttrpc"`,
      "",
    ].join("\n"),
  );
  const daemon = start(folder.path, "containerd", ["--config", config]);
  const env = { ...process.env, CONTAINERD_ADDRESS: socket };
  await waitFor("containerd", daemon, async () => (await run("ctr", ["version"], { env })).code === 0);
  const containers = startedContainers();
  return {
    id: "containerd",
    env,
    socket,
    load: (archive) => output("ctr", ["images", "import", archive], { env }),
    run: (image, args = []) =>
      run("ctr", ["run", "--rm", "--net-host", image, containerName(), ...args], { env }),
    start: async (image, variables) => {
      const name = containerName();
      const options = ["--rm", "--net-host", ...envFlags(variables)];
      return containers.add(run("ctr", ["run", ...options, image, name], { env }), () =>
        output("ctr", ["tasks", "kill", "--signal", "SIGTERM", name], { env }),
      );
    },
    command: (args) => output("ctr", args, { env }),
    stop: () => containers.stop().then(() => stop(daemon, folder)),
  };
}

function containerName(): string {
  return `test-${randomUUID()}`;
}

function envFlags(variables: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
}

interface Containers {
  /** `ended` is the engine's own command, which ends with the container and has its exit code. */
  add(ended: Promise<Ran>, stop: () => Promise<string>): Container;
  /** Those that a test left running. */
  stop(): Promise<void>;
}

function startedContainers(): Containers {
  const running = new Set<Container>();
  return {
    add: (ended, stop) => {
      const container: Container = {
        ended,
        stop: async () => {
          await stop();
          return ended;
        },
      };
      running.add(container);
      void ended.then(() => running.delete(container));
      return container;
    },
    stop: async () => {
      for (const container of running) await container.stop().catch(() => {});
    },
  };
}

export interface Registry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly folder: string;
  /** Of the test CA, when the registry speaks TLS. */
  readonly caFile: string | undefined;
  stop(): Promise<void>;
}

/** Debian's docker-registry on a free port of the loopback. */
export async function startRegistry(
  options: {
    readonly user?: { readonly name: string; readonly password: string };
    readonly tls?: boolean;
  } = {},
): Promise<Registry> {
  const folder = temporaryFolder("registry");
  const port = await freePort();
  const lines = [
    "version: 0.1",
    "log: {level: error}",
    `storage: {filesystem: {rootdirectory: "${join(folder.path, "data")}"}, delete: {enabled: true}}`,
    `http:\n  addr: 127.0.0.1:${port}`,
  ];
  let caFile: string | undefined;
  if (options.tls === true) {
    const made = await testCertificate(folder.path);
    caFile = made.ca;
    lines.push(`  tls: {certificate: "${made.certificate}", key: "${made.key}"}`);
  }
  if (options.user !== undefined) {
    const file = join(folder.path, "htpasswd");
    writeFileSync(file, await output("htpasswd", ["-Bbn", options.user.name, options.user.password]));
    lines.push(`auth: {htpasswd: {realm: test, path: "${file}"}}`);
  }
  const config = join(folder.path, "config.yml");
  writeFileSync(config, `${lines.join("\n")}\n`);
  const daemon = start(folder.path, "docker-registry", ["serve", config]);
  await waitFor("docker-registry", daemon, () => isListening(port));
  return { host: `127.0.0.1:${port}`, folder: folder.path, caFile, stop: () => stop(daemon, folder) };
}

/** A certificate for 127.0.0.1, localhost and registry.example from a CA made for it. */
export async function testCertificate(
  folder: string,
): Promise<{ readonly ca: string; readonly certificate: string; readonly key: string }> {
  const at = (name: string): string => join(folder, name);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await output("openssl", [
    "req",
    "-x509",
    ...key,
    "-keyout",
    at("ca.key"),
    "-out",
    at("ca.pem"),
    "-subj",
    "/CN=test CA",
  ]);
  await output("openssl", [
    "req",
    ...key,
    "-keyout",
    at("key.pem"),
    "-out",
    at("request.pem"),
    "-subj",
    "/CN=localhost",
  ]);
  writeFileSync(at("names"), "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:registry.example\n");
  const signing = ["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial", "-extfile", at("names")];
  await output("openssl", [
    "x509",
    "-req",
    "-in",
    at("request.pem"),
    ...signing,
    "-out",
    at("certificate.pem"),
  ]);
  return { ca: at("ca.pem"), certificate: at("certificate.pem"), key: at("key.pem") };
}

interface Daemon {
  readonly process: ChildProcess;
  readonly log: string;
}

function start(
  folder: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Daemon {
  mkdirSync(folder, { recursive: true });
  const log = join(folder, "log");
  const file = openSync(log, "w");
  const path = `${env.PATH ?? ""}${delimiter}/usr/sbin${delimiter}/sbin`;
  const child = spawn(command, [...args], { stdio: ["ignore", file, file], env: { ...env, PATH: path } });
  child.on("error", () => {});
  return { process: child, log };
}

async function waitFor(name: string, daemon: Daemon, ready: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (daemon.process.exitCode !== null) break;
    if (await ready()) return;
    await sleep(100);
  }
  const log = await run("tail", ["-n", "20", daemon.log]);
  throw new Error(`${name} did not start:\n${log.stdout}`);
}

function isListening(at: number | string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = typeof at === "number" ? connect(at, "127.0.0.1") : connect(at);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

async function stop(daemon: Daemon, folder: { readonly path: string; remove(): void }): Promise<void> {
  const { process: child } = daemon;
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    const timer = globalThis.setTimeout(() => child.kill("SIGKILL"), 15_000);
    await ended;
    clearTimeout(timer);
  }
  await unmountBelow(folder.path);
  if (existsSync(folder.path)) folder.remove();
}

/** What an engine leaves mounted would keep its folder. */
async function unmountBelow(path: string): Promise<void> {
  const mounts = (await run("cat", ["/proc/mounts"])).stdout
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((point) => point.startsWith(`${path}/`));
  for (const point of mounts.reverse()) await run("umount", ["-l", point]);
}
