/**
 * amd64 as a target: the record, and its system calls. How it is selected and encoded it shares with 386: see ../x86.
 *
 * Numbers: arch/x86/entry/syscalls/syscall_64.tbl of the Linux kernel.
 */

import type { Target } from "../target.ts";
import { storageBias } from "../x86/address.ts";
import { encoderFor } from "../x86/encode.ts";
import { formatterFor } from "../x86/format.ts";
import { r8, r9, r10, r11, rax, rbp, rbx, rcx, rdi, rdx, rsi, rsp } from "../x86/instructions.ts";
import type { Mode } from "../x86/mode.ts";
import { peepholeFor } from "../x86/peephole.ts";
import { registerBytesFor } from "../x86/register-bytes.ts";
import { selectorFor } from "../x86/select.ts";
import { singleInstructions, stackRules } from "../x86/single-instructions.ts";
import { initialZeros, valueMakerFor } from "../x86/values.ts";

const mode: Mode = {
  word: 64,
  registers: [rax, rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, 14, 15, 13, 12],
  fixedParameters: [rdi, rsi, rdx, rcx, r8, r9, r10, r11],
  systemCall: { op: "syscall", parameters: [rdi, rsi, rdx, r10, r8, r9], clobbers: [rax, rcx, r11] },
};

export const amd64: Target = {
  id: "amd64",
  platform: "linux/amd64",
  wordBytes: 8,
  elfMachine: 62,
  elfFlags: 0,
  auditArchitecture: 0xc000_003e,
  seccompArchitecture: "SCMP_ARCH_X86_64",
  pageBytes: 4096,
  loadsUnaligned: true,
  base: 0x40_0000,
  registers: "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split(" "),
  // No REX prefix up to rdi; rbp last of those, because as a base it always needs a displacement.
  allocatable: [rax, rcx, rdx, rsi, rdi, rbx, rbp, r8, r9, r10, r11, 14, 15, 13, 12],
  cheapRegisters: [rax, rcx, rdx, rsi, rdi, rbx],
  registerBytes: registerBytesFor(mode),
  stackPointer: rsp,
  storageBase: rbp,
  storageBias,
  spillStorageBytes: 48,
  fixedParameters: mode.fixedParameters,
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

  unwinding: { stackPointer: 7, returnAddress: 16, callBytes: 8, ...stackRules(8) },

  select: selectorFor(mode),
  values: valueMakerFor(mode),
  initialValues: initialZeros(mode),
  peephole: peepholeFor(mode),
  encode: encoderFor(mode),
  format: formatterFor(mode),
  ...singleInstructions(mode),
};
