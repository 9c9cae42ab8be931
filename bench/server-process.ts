/**
 * A server under measurement: a process (with its workers) pinned to the first core, and what the kernel says
 * about it. Everything is on the loopback interface.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";

export interface RunningServer {
  readonly port: number;
  /** CPU time of the server and its workers so far, in seconds. */
  cpuSeconds(): number;
  /** Memory that is nobody else's, in bytes. */
  privateBytes(): number;
  stop(): Promise<void>;
}

/** The kernel counts CPU time of children in hundredths of a second (USER_HZ). */
const ticksPerSecond = 100;

/** Descriptors that a server is allowed: more than the connections of any measure. */
const descriptors = 20_000;

/** What runs a command on one core, and as root before whatever else the machine has to do. */
export function pin(core: number): readonly string[] {
  const first = process.getuid?.() === 0 ? ["nice", "-n", "-20"] : [];
  return [...first, "taskset", "-c", String(core)];
}

/** Starts `command` on the first core and waits until `port` accepts connections. */
export async function startServer(command: readonly string[], port: number): Promise<RunningServer> {
  const limit = ["prlimit", `--nofile=${descriptors}`];
  const [program = "", ...args] = [...limit, ...pin(0), ...command];
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let complaint = "";
  child.stderr?.on("data", (text: Buffer) => {
    complaint = (complaint + text.toString()).slice(-2000);
  });
  await untilListening(child, port, () => complaint);
  const pids = (): readonly number[] => (child.pid === undefined ? [] : familyOf(child.pid));
  return {
    port,
    cpuSeconds: () => sum(pids().map(cpuSecondsOf)),
    privateBytes: () => sum(pids().map(privateBytesOf)),
    stop: () => stop(child),
  };
}

async function untilListening(child: ChildProcess, port: number, complaint: () => string): Promise<void> {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    if (await accepts(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await stop(child);
  throw new Error(`${child.spawnargs.join(" ")} did not listen on port ${port}\n${complaint()}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), 2000);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

/** The process and its descendants. prlimit, nice and taskset replace themselves by the server, so the process is the server. */
function familyOf(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const fields = /^\d+$/.test(name) ? statFields(Number(name)) : undefined;
    if (fields !== undefined) parents.set(Number(name), Number(fields[1]));
  }
  const family = [pid];
  for (const member of family) {
    for (const [candidate, parent] of parents) if (parent === member) family.push(candidate);
  }
  return family;
}

/** The fields of /proc/PID/stat after the command's name: state, parent, … (proc_pid_stat(5)). */
function statFields(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

/** Of the process's threads, to the nanosecond; and of children that have ended (cutime, cstime), for servers with a process per connection. */
function cpuSecondsOf(pid: number): number {
  const fields = statFields(pid) ?? [];
  const ended = sum([13, 14].map((index) => Number(fields[index] ?? 0))) / ticksPerSecond;
  return ended + sum(threadsOf(pid).map((thread) => nanosecondsOf(pid, thread))) / 1e9;
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** Time on a processor: the first number of /proc/PID/task/TID/schedstat. */
function nanosecondsOf(pid: number, thread: string): number {
  try {
    return Number.parseInt(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8"), 10);
  } catch {
    return 0;
  }
}

function privateBytesOf(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return sum([...rollup.matchAll(/^Private_\w+: +(\d+) kB$/gm)].map((match) => Number(match[1]) * 1024));
  } catch {
    return 0;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
