/**
 * What the server gives up before it serves: root, and every system call that it does not make.
 */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { defaultServerOptions } from "../../src/site/server-options.ts";
import { amd64 } from "../../src/target/amd64/amd64.ts";
import { allowedCalls, seccompProfile } from "../../src/target/sandbox.ts";
import { targets } from "../../src/target/targets.ts";
import { exchange, open, parseResponses, sleep } from "../support/http.ts";
import { needs, needsThat } from "../support/require-tool.ts";
import { compileServer, type Server, type StartOptions, startServer } from "../support/server.ts";
import { probe, files as shortFiles } from "./rows.ts";

/** A long content is sent by another system call than short ones. */
const files = { ...shortFiles, "/long.txt": "x".repeat(40_000) };

const running: Server[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

async function start(given: StartOptions = {}): Promise<Server> {
  const server = await startServer(files, given);
  running.push(server);
  return server;
}

const isServed = async (server: Server): Promise<boolean> =>
  parseResponses(await exchange(server, [probe])).every(({ status }) => status === 200);

/** The value of a line of /proc/PID/status. */
function statusOf({ child }: Server, name: string): string {
  const text = readFileSync(`/proc/${child.pid}/status`, "utf8");
  return (new RegExp(`^${name}:[ \\t]*(.*)$`, "m").exec(text)?.[1] ?? "").replaceAll("\t", " ");
}

/** One instruction of classic BPF, `struct sock_filter`. */
interface Instruction {
  readonly code: number;
  readonly onTrue: number;
  readonly onFalse: number;
  readonly operand: number;
}

function filterOf(executable: Uint8Array): readonly Instruction[] {
  const at = filterOffset(executable);
  const view = new DataView(executable.buffer, executable.byteOffset);
  const instructions: Instruction[] = [];
  for (let offset = at; ; offset += 8) {
    const code = view.getUint16(offset, true);
    const operand = view.getUint32(offset + 4, true);
    instructions.push({
      code,
      onTrue: executable[offset + 2] ?? 0,
      onFalse: executable[offset + 3] ?? 0,
      operand,
    });
    if (code === 0x06 && operand === 0x7fff_0000) return instructions;
  }
}

/** Of the filter: it begins with loading the architecture and comparing it. */
function filterOffset(executable: Uint8Array): number {
  const start = Buffer.from([0x20, 0, 0, 0, 4, 0, 0, 0, 0x15, 0, 0]);
  const at = Buffer.from(executable).indexOf(start);
  expect(at).toBeGreaterThan(0);
  return at;
}

/** What the kernel would do with the call: the machine of seccomp filters, as far as ours use it. */
function judge(filter: readonly Instruction[], architecture: number, number: number): number {
  let accumulator = 0;
  for (let at = 0; ; at++) {
    const { code, onTrue, onFalse, operand } = filter[at] ?? { code: -1, onTrue: 0, onFalse: 0, operand: 0 };
    if (code === 0x20) accumulator = operand === 4 ? architecture : number;
    else if (code === 0x15) at += accumulator === operand ? onTrue : onFalse;
    else if (code === 0x06) return operand;
    else throw new Error(`an unknown instruction ${code}`);
  }
}

const kill = 0x8000_0000;
const allow = 0x7fff_0000;

describe("the filter", () => {
  it.each(targets.map((target) => [target.id, target] as const))(
    "of %s allows what the server calls, and nothing else",
    (_, target) => {
      const { executable, ir } = compileServer(files, defaultServerOptions, target);
      const filter = filterOf(executable.bytes);
      const allowed = allowedCalls(ir, target) ?? [];
      for (let number = 0; number < 1024; number++) {
        const expected = allowed.includes(number) ? allow : kill;
        expect(judge(filter, target.auditArchitecture, number)).toBe(expected);
        expect(judge(filter, target.auditArchitecture ^ 0x8000_0000, number)).toBe(kill);
        expect(judge(filter, target.auditArchitecture, 0x4000_0000 + number)).toBe(kill);
      }
      const names = Object.entries(target.systemCalls)
        .filter(([, number]) => allowed.includes(number))
        .map(([name]) => name);
      expect(names.sort()).toEqual([
        "accept4",
        "clock_gettime",
        "close",
        "epoll_ctl",
        "epoll_pwait",
        "exit_group",
        "read",
        "recvfrom",
        "sendto",
        "shutdown",
        "writev",
      ]);
    },
  );

  it("is in force, with no new privileges", async () => {
    const server = await start();
    expect([statusOf(server, "Seccomp"), statusOf(server, "NoNewPrivs")]).toEqual(["2", "1"]);
    expect(await isServed(server)).toBe(true);
  });

  it("is in force in every worker", async () => {
    const server = await start({ options: { workers: 2 } });
    const pid = server.child.pid ?? 0;
    for (const worker of readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")) {
      expect(readFileSync(`/proc/${worker}/status`, "utf8")).toMatch(/^Seccomp:\t2$/m);
    }
  });

  it("can be left out", async () => {
    const server = await start({ options: { sandbox: false } });
    expect(statusOf(server, "Seccomp")).toBe(
      statusOf({ ...server, child: { ...server.child, pid: process.pid } } as Server, "Seccomp"),
    );
    expect(await isServed(server)).toBe(true);
  });

  // Each entry in turn is made to allow a call that the server does not make instead of one that it makes.
  const calls: Readonly<Record<string, (server: Server) => Promise<unknown>>> = {
    accept4: (server) => open(server.port),
    read: async () => {},
    recvfrom: (server) => exchange(server, [probe]),
    sendto: (server) => exchange(server, [probe]),
    writev: (server) => exchange(server, ["GET /long.txt HTTP/1.1\r\nHost: a\r\n\r\n"]),
    close: (server) => exchange(server, [probe]),
    shutdown: (server) => exchange(server, ["bad\r\n\r\n"]),
    epoll_ctl: (server) => open(server.port),
    epoll_pwait: async () => {},
    clock_gettime: async () => {},
    exit_group: async (server) => server.child.kill("SIGTERM"),
  };
  it.each(Object.entries(calls))("ends the process when %s is not in it", async (name, provoke) => {
    const server = await start({
      // The filter is looked for in the file.
      packsTables: false,
      patch: (executable) => {
        const view = new DataView(executable.buffer);
        const number = amd64.systemCalls[name];
        let offset = filterOffset(executable) + 24;
        while (view.getUint32(offset + 4, true) !== number) offset += 8;
        view.setUint32(offset + 4, amd64.systemCalls.pause ?? 0, true);
      },
    }).catch((error) => {
      // It came before anybody saw that the server listens.
      expect(String(error)).toContain("SIGSYS");
    });
    if (server === undefined) return;
    await provoke(server).catch(() => {});
    expect(await server.ended).toBe("SIGSYS");
  });

  needs("gdb")("in a debugger", () => {
    it("ends the process at a call that somebody else makes it make", async () => {
      const server = await start();
      await sleep(100);
      // The system call that it waits in, once more, as openat.
      const lines = ["set $orig_rax = -1", "set $rip = $rip - 2", "set $rax = 257", "continue"];
      const { stdout } = spawnSync(
        "gdb",
        ["-p", String(server.child.pid), "-batch", ...lines.flatMap((line) => ["-ex", line])],
        { encoding: "utf8", timeout: 20_000 },
      );
      expect(stdout).toMatch(/terminated with signal SIGSYS/);
      expect(await server.ended).toBe("SIGSYS");
    });
  });
});

describe("the profile for engines", () => {
  it("names what the program calls and what engines call before it", () => {
    const { ir } = compileServer(files);
    const profile = JSON.parse(seccompProfile(ir, amd64));
    const names: readonly string[] = profile.syscalls[0].names;
    for (const name of ["execve", "socket", "bind", "listen", "seccomp", "accept4"])
      expect(names).toContain(name);
    for (const name of ["fork", "clone", "ptrace", "connect", "sendmsg"]) expect(names).not.toContain(name);
  });
});

needsThat(process.getuid?.() === 0, "not root")("root", () => {
  it("becomes the numeric user, without groups and capabilities", async () => {
    const server = await start();
    const uids = "65532 65532 65532 65532";
    expect([statusOf(server, "Uid"), statusOf(server, "Gid"), statusOf(server, "Groups").trim()]).toEqual([
      uids,
      uids,
      "",
    ]);
    expect([statusOf(server, "CapEff"), statusOf(server, "CapPrm")]).toEqual([
      "0".repeat(16),
      "0".repeat(16),
    ]);
    expect(await isServed(server)).toBe(true);
  });

  it("becomes another when that is chosen, or stays", async () => {
    const other = await start({ options: { user: { user: 70_001, group: 70_002 } } });
    expect([statusOf(other, "Uid").split(" ")[0], statusOf(other, "Gid").split(" ")[0]]).toEqual([
      "70001",
      "70002",
    ]);
    const same = await start({ options: { user: undefined } });
    expect(statusOf(same, "Uid")).toBe("0 0 0 0");
  });

  needs("setpriv")("is not needed", () => {
    it.each([
      ["any user", ["setpriv", "--reuid=12345", "--regid=54321", "--clear-groups"]],
      ["root without capabilities", ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]],
    ])("by %s", async (_, wrapper) => {
      const server = await start({ wrapper });
      expect(await isServed(server)).toBe(true);
      server.child.kill("SIGTERM");
      expect(await server.ended).toBe(0);
    });
  });

  needs("bash")("may raise the limit of descriptors", () => {
    const limitOf = (server: Server): string =>
      /Max open files\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/limits`, "utf8"))?.[1] ?? "";

    it("beyond what it was given", async () => {
      const server = await start({
        options: { maxConnections: 5000 },
        wrapper: ["bash", "-c", 'ulimit -n 256; exec "$@"', "-"],
      });
      await sleep(100);
      // CAP_SYS_RESOURCE; in a container root may be without it.
      const capabilities = /CapEff:\s+(\w+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
      const mayRaise = ((BigInt(`0x${capabilities}`) >> 24n) & 1n) === 1n;
      expect(limitOf(server)).toBe(mayRaise ? "5024" : "256");
    });

    it("as far as another may", async () => {
      const server = await start({
        options: { maxConnections: 5000 },
        wrapper: [
          "setpriv",
          "--reuid=12345",
          "bash",
          "-c",
          'ulimit -Sn 256; ulimit -Hn 2048; exec "$@"',
          "-",
        ],
      });
      await sleep(100);
      expect(limitOf(server)).toBe("2048");
      const held = await Promise.all(Array.from({ length: 1900 }, () => open(server.port)));
      await sleep(1100);
      expect(await isServed(server)).toBe(true);
      for (const socket of held) socket.destroy();
    });
  });
});
