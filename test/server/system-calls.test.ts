/**
 * What the server cannot do whatever it is sent, because the program has no system call for it: no call of the server with every
 * feature takes a path, so there is no file to reach; and none replaces the process by another program.
 */

import { describe, expect, it } from "vitest";
import { calledNumbers } from "../../src/ir/system-calls.ts";
import { defaultServerOptions, type ServerOptions } from "../../src/site/server-options.ts";
import { targets } from "../../src/target/targets.ts";
import { compileServer } from "../support/server.ts";
import { files } from "./rows.ts";

/** Calls that take descriptors, addresses in memory, numbers and sockets' addresses only. */
const harmless = new Set(
  [
    "socket setsockopt bind listen accept4 connect close shutdown read write recvfrom sendto writev sendmsg fcntl",
    "epoll_create1 epoll_ctl epoll_pwait epoll_wait signalfd4 rt_sigprocmask setitimer clock_gettime clock_gettime64",
    "prlimit64 setgroups setgroups32 setgid setgid32 setuid setuid32 prctl seccomp exit_group exit",
    "getpid mmap mmap2 clone fork wait4 waitid kill sched_getaffinity getppid pause rt_sigtimedwait rt_sigtimedwait_time64",
  ].flatMap((line) => line.split(" ")),
);

const everything: ServerOptions = {
  ...defaultServerOptions,
  health: "/healthz",
  healthcheck: true,
  metrics: "/metrics",
  environment: ["STAGE"],
  workers: 0,
  drainDelaySeconds: 1,
  accessLog: { format: "combined", stream: "stdout" },
};

describe.each(targets.map((target) => [target.id, target] as const))("%s", (_, target) => {
  it("has no system call that takes a path", () => {
    const { ir } = compileServer(files, everything, target);
    const names = new Map(Object.entries(target.systemCalls).map(([name, number]) => [number, name]));
    const called = [...calledNumbers(ir)].map((number) => names.get(number) ?? `number ${number}`);
    expect(called.length).toBeGreaterThan(15);
    expect(called.filter((name) => !harmless.has(name))).toEqual([]);
  });
});
