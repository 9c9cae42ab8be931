/**
 * amd64 as a target: the record, and its system calls.
 *
 * Numbers: arch/x86/entry/syscalls/syscall_64.tbl of the Linux kernel.
 */

import type { MachineInstruction, MemoryOperand } from "../../machine/machine.ts";
import type { Target } from "../target.ts";
import { storageBias } from "./address.ts";
import { encode } from "./encode.ts";
import { format } from "./format.ts";
import {
  immediate,
  jump,
  jumpIf,
  memory,
  modify,
  move,
  opposite,
  r8,
  r9,
  r10,
  r11,
  rax,
  rbp,
  rbx,
  rcx,
  rdi,
  rdx,
  register,
  rsi,
  rsp,
  set,
  store,
  symbol,
} from "./instructions.ts";
import { peephole } from "./peephole.ts";
import { fixedParameters, select } from "./select.ts";

export const amd64: Target = {
  id: "amd64",
  platform: "linux/amd64",
  wordBytes: 8,
  elfMachine: 62,
  elfFlags: 0,
  auditArchitecture: 0xc000_003e,
  seccompArchitecture: "SCMP_ARCH_X86_64",
  pageBytes: 4096,
  base: 0x40_0000,
  registers: "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split(" "),
  // No REX prefix up to rdi; rbp last of those, because as a base it always needs a displacement.
  allocatable: [rax, rcx, rdx, rsi, rdi, rbx, rbp, r8, r9, r10, r11, 12, 13, 14, 15],
  cheapRegisters: [rax, rcx, rdx, rsi, rdi, rbx],
  stackPointer: rsp,
  storageBase: rbp,
  storageBias,
  fixedParameters,
  fixedResult: rax,
  expansions: {},
  facts: { epollEventBytes: 12, epollDataOffset: 4 },
  systemCalls: {
    read: 0,
    write: 1,
    open: 2,
    close: 3,
    stat: 4,
    fstat: 5,
    poll: 7,
    lseek: 8,
    mmap: 9,
    munmap: 11,
    rt_sigaction: 13,
    rt_sigprocmask: 14,
    ioctl: 16,
    pread64: 17,
    writev: 20,
    madvise: 28,
    pause: 34,
    nanosleep: 35,
    setitimer: 38,
    getpid: 39,
    sendfile: 40,
    socket: 41,
    connect: 42,
    accept: 43,
    sendto: 44,
    recvfrom: 45,
    sendmsg: 46,
    recvmsg: 47,
    shutdown: 48,
    bind: 49,
    listen: 50,
    getsockname: 51,
    getpeername: 52,
    setsockopt: 54,
    getsockopt: 55,
    clone: 56,
    fork: 57,
    execve: 59,
    exit: 60,
    wait4: 61,
    kill: 62,
    uname: 63,
    fcntl: 72,
    getuid: 102,
    getgid: 104,
    setuid: 105,
    setgid: 106,
    getppid: 110,
    setgroups: 116,
    rt_sigtimedwait: 128,
    prctl: 157,
    setrlimit: 160,
    gettid: 186,
    time: 201,
    sched_getaffinity: 204,
    epoll_create: 213,
    clock_gettime: 228,
    exit_group: 231,
    epoll_wait: 232,
    epoll_ctl: 233,
    openat: 257,
    ppoll: 271,
    epoll_pwait: 281,
    accept4: 288,
    signalfd4: 289,
    epoll_create1: 291,
    pipe2: 293,
    prlimit64: 302,
    seccomp: 317,
    getrandom: 318,
  },

  unwinding: { stackPointer: 7, returnAddress: 16, pushedBytes },

  select,
  peephole,
  enterFrame: (bytes) => [modify("sub", 64, register(rsp), immediate(bytes))],
  leaveFrame: (bytes) => [modify("add", 64, register(rsp), immediate(bytes))],
  loadStorageBase: (name): MachineInstruction[] => [set(32, rbp, symbol(name, storageBias))],
  readStackPointer: (to) => move(64, to, rsp),

  encode,
  format,

  move: (to, from) => move(64, to, from),
  loadSpill: (to, offset, width) => set(width, to, slot(offset)),
  storeSpill: (from, offset, width) => store(width, slot(offset), register(from)),
  useSpill,
  jump,
  invert: (branch, to) => jumpIf(opposite[branch.condition ?? ""] ?? "", to),
};

function slot(offset: number): MemoryOperand {
  return memory({ base: rsp, displacement: offset });
}

const takeMemoryFirst = new Set([
  "add",
  "sub",
  "and",
  "or",
  "xor",
  "cmp",
  "test",
  "inc",
  "dec",
  "neg",
  "not",
  "mov",
]);
const takeMemorySecond = new Set(["add", "sub", "and", "or", "xor", "cmp", "mov", "imul"]);

/** Most instructions take one operand from memory, and as the first one write it there. */
function useSpill(
  given: MachineInstruction,
  index: number,
  offset: number,
  width: 32 | 64,
): MachineInstruction | undefined {
  const able = index === 0 ? takeMemoryFirst : takeMemorySecond;
  if (!able.has(given.op) || given.width !== width || index > 1) return undefined;
  if (given.operands.some((operand) => operand.kind === "memory")) return undefined;
  if (given.op === "imul" && given.operands.length !== 2) return undefined;
  // A wide constant fits a register only.
  const [, source] = given.operands;
  if (given.op === "mov" && width === 64 && source?.kind !== "register") return undefined;
  const operands = given.operands.map((operand, at) => (at === index ? slot(offset) : operand));
  return { ...given, operands, isMove: false };
}

/** Of the instructions that move the stack pointer; a call gives back what it takes. */
function pushedBytes({ op, operands }: MachineInstruction): number {
  if (op === "push") return 8;
  if (op === "pop") return -8;
  const [to, amount] = operands;
  if (to?.kind !== "register" || to.register !== rsp || amount?.kind !== "immediate") return 0;
  return op === "sub" ? Number(amount.value) : op === "add" ? -Number(amount.value) : 0;
}
