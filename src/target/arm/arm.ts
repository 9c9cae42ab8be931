/**
 * arm as a target: the record, and its system calls. This is ARMv6 in its A32 state with the kernel's EABI: the number in r7,
 * arguments in r0 to r5, `svc 0`.
 *
 * Where the kernel has several calls, a name stands for the one whose structures are made of machine words (`timespec`) or that knows
 * 32-bit user numbers (`setuid32`). Numbers: arch/arm/tools/syscall.tbl of the Linux kernel.
 */

import { memoryExpansions } from "../../ir/expand-memory.ts";
import type { MachineInstruction, MemoryOperand } from "../../machine/machine.ts";
import { plainStackEffect, type StackEffect } from "../return-address.ts";
import type { Target } from "../target.ts";
import { storageBase, storageBias } from "./address.ts";
import { fixedParameters, fixedResult } from "./calls.ts";
import { encode } from "./encode.ts";
import { format } from "./format.ts";
import {
  define,
  immediate,
  invert,
  jump,
  memory,
  move,
  register,
  set,
  store,
  symbol,
} from "./instructions.ts";
import { joinJumps } from "./join-jumps.ts";
import { placeLiterals } from "./literals.ts";
import { peephole } from "./peephole.ts";
import { allRegisters, link, registerNames, sp } from "./registers.ts";
import { select } from "./select.ts";
import { valueMaker } from "./values.ts";

export const arm: Target = {
  id: "arm",
  platform: "linux/arm/v6",
  wordBytes: 4,
  lacksDivision: true,
  elfMachine: 40,
  // EF_ARM_EABI_VER5
  elfFlags: 0x0500_0000,
  auditArchitecture: 0x4000_0028,
  seccompArchitecture: "SCMP_ARCH_ARM",
  pageBytes: 4096,
  base: 0x1_0000,
  registers: registerNames,
  allocatable: allRegisters,
  cheapRegisters: [],
  stackPointer: sp,
  storageBase,
  storageBias,
  fixedParameters,
  fixedResult,
  // Since ARMv6 words and halfwords may lie anywhere, and Linux lets them.
  expansions: memoryExpansions({ unaligned: true, wordType: "i32" }),
  facts: { epollEventBytes: 16, epollDataOffset: 8 },
  systemCalls: {
    exit: 1,
    fork: 2,
    read: 3,
    write: 4,
    open: 5,
    close: 6,
    execve: 11,
    chdir: 12,
    lseek: 19,
    getpid: 20,
    mount: 21,
    pause: 29,
    sync: 36,
    kill: 37,
    dup: 41,
    umount2: 52,
    ioctl: 54,
    setpgid: 57,
    umask: 60,
    chroot: 61,
    dup2: 63,
    getppid: 64,
    setsid: 66,
    sethostname: 74,
    setrlimit: 75,
    getrusage: 77,
    reboot: 88,
    munmap: 91,
    ftruncate: 93,
    setitimer: 104,
    wait4: 114,
    sysinfo: 116,
    fsync: 118,
    clone: 120,
    uname: 122,
    mprotect: 125,
    getpgid: 132,
    fchdir: 133,
    _llseek: 140,
    flock: 143,
    readv: 145,
    writev: 146,
    getsid: 147,
    sched_yield: 158,
    nanosleep: 162,
    mremap: 163,
    poll: 168,
    prctl: 172,
    rt_sigaction: 174,
    rt_sigprocmask: 175,
    rt_sigtimedwait: 177,
    pread64: 180,
    getcwd: 183,
    // mmap2: the offset counts pages
    mmap: 192,
    getuid: 199,
    getgid: 200,
    geteuid: 201,
    getegid: 202,
    setgroups: 206,
    setresuid: 208,
    setresgid: 210,
    setuid: 213,
    setgid: 214,
    getdents64: 217,
    pivot_root: 218,
    madvise: 220,
    fcntl: 221,
    gettid: 224,
    // sendfile64
    sendfile: 239,
    futex: 240,
    sched_setaffinity: 241,
    sched_getaffinity: 242,
    exit_group: 248,
    epoll_create: 250,
    epoll_ctl: 251,
    epoll_wait: 252,
    clock_gettime: 263,
    clock_nanosleep: 265,
    tgkill: 268,
    waitid: 280,
    socket: 281,
    bind: 282,
    connect: 283,
    listen: 284,
    accept: 285,
    getsockname: 286,
    getpeername: 287,
    socketpair: 288,
    sendto: 290,
    recvfrom: 292,
    shutdown: 293,
    setsockopt: 294,
    getsockopt: 295,
    sendmsg: 296,
    recvmsg: 297,
    inotify_add_watch: 317,
    inotify_rm_watch: 318,
    openat: 322,
    mkdirat: 323,
    mknodat: 324,
    fchownat: 325,
    unlinkat: 328,
    linkat: 330,
    symlinkat: 331,
    readlinkat: 332,
    fchmodat: 333,
    faccessat: 334,
    ppoll: 336,
    unshare: 337,
    epoll_pwait: 346,
    utimensat: 348,
    timerfd_create: 350,
    timerfd_settime: 353,
    signalfd4: 355,
    eventfd2: 356,
    epoll_create1: 357,
    dup3: 358,
    pipe2: 359,
    inotify_init1: 360,
    accept4: 366,
    prlimit64: 369,
    setns: 375,
    renameat2: 382,
    seccomp: 383,
    getrandom: 384,
    memfd_create: 385,
    statx: 397,
  },
  unwinding: {
    stackPointer: sp,
    returnAddress: link,
    callBytes: 0,
    arrival: () => ({ kind: "register", register: link }),
    stackEffect,
  },

  select,
  values: valueMaker,
  peephole,
  placeLiterals: (functions, dataBytes) => {
    joinJumps(functions);
    placeLiterals(functions, dataBytes);
  },
  enterFrame: (bytes) => steps(bytes).map((step) => define("sub", sp, register(sp), immediate(step))),
  leaveFrame: (bytes) => steps(bytes).map((step) => define("add", sp, register(sp), immediate(step))),
  slotReach: { most: 4095, step: 1024 },
  loadStorageBase: (name) => [set(storageBase, symbol(name, storageBias))],
  readStackPointer: (to) => move(to, sp),

  encode,
  format,

  move,
  loadSpill: (to, offset) => define("ldr", to, slot(offset)),
  storeSpill: (from, offset) => store("str", from, slot(offset)),
  useSpill: () => undefined,
  jump,
  invert,
};

/** Numbers that an instruction can hold, the largest first: eight bits each, from an even one on. Up to 4 KiB one will do. */
function steps(bytes: number): bigint[] {
  const all: bigint[] = [];
  for (let rest = bytes < 1024 ? bytes : (bytes + 15) & ~15; rest > 0; ) {
    const unit = 4 ** Math.max(0, Math.ceil((31 - Math.clz32(rest) - 7) / 2));
    const step = rest - (rest % unit);
    all.push(BigInt(step));
    rest -= step;
  }
  return all;
}

function slot(offset: number): MemoryOperand {
  return memory({ base: sp, displacement: offset, slot: offset });
}

/** `push` and `pop` have a bit for each register; the lowest lies lowest. */
function stackEffect(instruction: MachineInstruction): StackEffect {
  const { op, operands } = instruction;
  const [list] = operands;
  if ((op !== "push" && op !== "pop") || list?.kind !== "immediate") return plainStackEffect(instruction, sp);
  const bits = Number(list.value);
  const registers = registerNames.map((_, number) => number).filter((number) => (bits >> number) & 1);
  const bytes = 4 * registers.length;
  const lowest = op === "push" ? -bytes : 0;
  const accesses = registers.map((register, index) => ({ register, at: lowest + 4 * index }));
  return op === "push"
    ? { pushed: bytes, stored: accesses, loaded: [] }
    : { pushed: -bytes, stored: [], loaded: accesses };
}
