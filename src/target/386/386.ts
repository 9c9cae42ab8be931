/**
 * 386 as a target: the record, and its system calls. How it is selected and encoded it shares with amd64: see ../x86.
 *
 * What is odd about it: seven registers, of which four have a part of one byte; addresses wrap at 32 bits by themselves. The
 * storage's address is worth one of the seven: an access by it has three bytes less than one by absolute address.
 * `int 0x80` takes the number in eax and arguments in ebx, ecx, edx, esi, edi and ebp, and changes eax only. Sockets have
 * system calls of their own since Linux 4.3; there is no `accept` among them, `accept4` does its work.
 *
 * Where the kernel has several, a name stands for the call whose structures are made of machine words (`timespec`) or that knows
 * 32-bit user numbers (`setuid32`). Numbers: arch/x86/entry/syscalls/syscall_32.tbl of the Linux kernel. The
 * `struct epoll_event` has no padding, because this ABI aligns 64-bit integers to four bytes.
 */

import type { MachineInstruction, Register } from "../../machine/machine.ts";
import type { Target } from "../target.ts";
import { storageBias } from "../x86/address.ts";
import { encoderFor } from "../x86/encode.ts";
import { formatterFor } from "../x86/format.ts";
import { rax, rbp, rbx, rcx, rdi, rdx, rsi, rsp } from "../x86/instructions.ts";
import type { Mode } from "../x86/mode.ts";
import { peepholeFor } from "../x86/peephole.ts";
import { registerBytesFor } from "../x86/register-bytes.ts";
import { selectorFor } from "../x86/select.ts";
import { singleInstructions, stackRules } from "../x86/single-instructions.ts";
import { initialZeros, valueMakerFor } from "../x86/values.ts";

const mode: Mode = {
  word: 32,
  registers: [rax, rcx, rdx, rbx, rbp, rsi, rdi],
  fixedParameters: [rax, rdx, rcx, rbx, rsi, rdi],
  systemCall: { op: "int-0x80", parameters: [rbx, rcx, rdx, rsi, rdi, rbp], clobbers: [rax] },
};

export const i386: Target = {
  id: "386",
  platform: "linux/386",
  wordBytes: 4,
  elfMachine: 3,
  elfFlags: 0,
  auditArchitecture: 0x4000_0003,
  seccompArchitecture: "SCMP_ARCH_X86",
  pageBytes: 4096,
  loadsUnaligned: true,
  base: 0x40_0000,
  registers: "eax ecx edx ebx esp ebp esi edi".split(" "),
  // ebp last, because as a base it always needs a displacement.
  allocatable: [rax, rdx, rcx, rbx, rsi, rdi, rbp],
  cheapRegisters: [],
  registerBytes: registerBytesFor(mode),
  stackPointer: rsp,
  storageBase: rbp,
  storageBias,
  spillStorageBytes: 88,
  fixedParameters: mode.fixedParameters,
  fixedResult: rax,
  expansions: {},
  facts: { epollEventBytes: 12, epollDataOffset: 4 },
  systemCalls: {
    exit: 1,
    fork: 2,
    read: 3,
    write: 4,
    open: 5,
    close: 6,
    execve: 11,
    chdir: 12,
    time: 13,
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
    pivot_root: 217,
    madvise: 219,
    getdents64: 220,
    fcntl: 221,
    gettid: 224,
    // sendfile64
    sendfile: 239,
    futex: 240,
    sched_setaffinity: 241,
    sched_getaffinity: 242,
    exit_group: 252,
    epoll_create: 254,
    epoll_ctl: 255,
    epoll_wait: 256,
    clock_gettime: 265,
    clock_nanosleep: 267,
    tgkill: 270,
    waitid: 284,
    inotify_add_watch: 292,
    inotify_rm_watch: 293,
    openat: 295,
    mkdirat: 296,
    mknodat: 297,
    fchownat: 298,
    unlinkat: 301,
    linkat: 303,
    symlinkat: 304,
    readlinkat: 305,
    fchmodat: 306,
    faccessat: 307,
    ppoll: 309,
    unshare: 310,
    epoll_pwait: 319,
    utimensat: 320,
    timerfd_create: 322,
    timerfd_settime: 325,
    signalfd4: 327,
    eventfd2: 328,
    epoll_create1: 329,
    dup3: 330,
    pipe2: 331,
    inotify_init1: 332,
    prlimit64: 340,
    setns: 346,
    renameat2: 353,
    seccomp: 354,
    getrandom: 355,
    memfd_create: 356,
    socket: 359,
    socketpair: 360,
    bind: 361,
    connect: 362,
    listen: 363,
    accept4: 364,
    getsockopt: 365,
    setsockopt: 366,
    getsockname: 367,
    getpeername: 368,
    sendto: 369,
    sendmsg: 370,
    recvfrom: 371,
    recvmsg: 372,
    shutdown: 373,
    statx: 383,
  },

  unwinding: { stackPointer: 4, returnAddress: 8, callBytes: 4, ...stackRules(4) },

  select: selectorFor(mode),
  values: valueMakerFor(mode),
  initialValues: initialZeros(mode),
  peephole: peepholeFor(mode),
  encode: encoderFor(mode),
  format: formatterFor(mode),
  ...singleInstructions(mode),
  excluded,
};

const withoutByte: readonly Register[] = [rbp, rsi, rdi];

/** Bytes are in the first four registers only. */
function excluded(instruction: MachineInstruction, index: number): readonly Register[] {
  const { op, width } = instruction;
  const isByte = width === 8 || (index === 1 && (op === "movzx8" || op === "movsx8"));
  return isByte ? withoutByte : [];
}
