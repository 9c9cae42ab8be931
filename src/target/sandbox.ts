/**
 * The seccomp filter of a program, derived from the system calls that it can still make, and the virtual module
 * `microlith:sandbox` through which the program installs it.
 *
 * The filter is a classic BPF program over `struct seccomp_data` (seccomp(2), linux/filter.h): another architecture or
 * another system call ends the process. Its bytes are known only when the program is simplified; until then the data
 * object is a stand-in of no bytes.
 */

import type { DataObject } from "../base/data-object.ts";
import type { Instruction, IrProgram } from "../ir/ir.ts";
import { calledNumbers, systemCallsAfter } from "../ir/system-calls.ts";
import type { SourceFile } from "../lang/source.ts";
import type { VirtualModule } from "../lang/virtual-module.ts";
import type { Target } from "./target.ts";

export const sandboxModuleName = "microlith:sandbox";
const filterName = "seccomp filter";

/** `declarations` is the text of runtime/modules/sandbox.d.ts. */
export function sandboxModule(target: Target, declarations: SourceFile): VirtualModule {
  const object = filterObject(new Uint8Array(0), target);
  return {
    declarations,
    values: new Map([["filter", { kind: "data", object }]]),
    objects: new Map([[filterName, object]]),
  };
}

/** The numbers that the program may call after it installed its filter; undefined when it installs none. */
export function allowedCalls(program: IrProgram, target: Target): number[] | undefined {
  const isInstall = ({ args: [number] }: Instruction): boolean =>
    number?.op === "const" && Number(number.value) === target.systemCalls.seccomp;
  return program.data.some((object) => object.name === filterName)
    ? systemCallsAfter(program, isInstall)
    : undefined;
}

/** The program with its filter filled in. */
export function fillFilter(program: IrProgram, target: Target): IrProgram {
  const allowed = allowedCalls(program, target);
  if (!allowed) return program;
  const instructions = filterInstructions(allowed, target.auditArchitecture);
  const bytes = new Uint8Array(instructions.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, { code, onTrue, onFalse, operand }] of instructions.entries()) {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, onTrue);
    view.setUint8(index * 8 + 3, onFalse);
    view.setUint32(index * 8 + 4, operand, true);
  }
  const object = filterObject(bytes, target);
  return { ...program, data: program.data.map((each) => (each.name === filterName ? object : each)) };
}

/** `struct sock_fprog`, the filter behind it. */
function filterObject(filter: Uint8Array, target: Target): DataObject {
  const word = target.wordBytes;
  const bytes = new Uint8Array(2 * word + filter.length);
  new DataView(bytes.buffer).setUint16(0, filter.length / 8, true);
  bytes.set(filter, 2 * word);
  const relocations = [{ offset: word, target: filterName, addend: 2 * word }];
  // The kernel copies it, from anywhere.
  return { name: filterName, kind: "table", bytes, alignment: 1, relocations };
}

/** `struct sock_filter` */
interface FilterInstruction {
  readonly code: number;
  readonly onTrue: number;
  readonly onFalse: number;
  readonly operand: number;
}

const loadWord = 0x20;
const jumpIfEqual = 0x15;
const returnConstant = 0x06;
const killProcess = 0x8000_0000;
const allow = 0x7fff_0000;
const offsetOfNumber = 0;
const offsetOfArchitecture = 4;

function filterInstructions(allowed: readonly number[], architecture: number): FilterInstruction[] {
  const count = allowed.length;
  return [
    { code: loadWord, onTrue: 0, onFalse: 0, operand: offsetOfArchitecture },
    { code: jumpIfEqual, onTrue: 0, onFalse: count + 1, operand: architecture },
    { code: loadWord, onTrue: 0, onFalse: 0, operand: offsetOfNumber },
    ...allowed.map((number, index) => ({
      code: jumpIfEqual,
      onTrue: count - index,
      onFalse: 0,
      operand: number,
    })),
    { code: returnConstant, onTrue: 0, onFalse: 0, operand: killProcess },
    { code: returnConstant, onTrue: 0, onFalse: 0, operand: allow },
  ];
}

/**
 * An engine's seccomp profile (the JSON of Docker and of the OCI runtime specification). Engines install it before the program
 * starts, so it has what the program calls at any time, and what they call themselves until then; when it is installed, the
 * program's own, smaller filter holds.
 */
export function seccompProfile(program: IrProgram, target: Target): string {
  const called = calledNumbers(program);
  const names = Object.entries(target.systemCalls)
    .filter(([, number]) => called.has(number))
    .map(([name]) => (target.wordBytes === 4 ? (namesOn32Bits[name] ?? name) : name));
  const profile = {
    defaultAction: "SCMP_ACT_ERRNO",
    defaultErrnoRet: 1,
    architectures: [target.seccompArchitecture],
    syscalls: [{ names: [...new Set([...names, ...engineCalls])].sort(), action: "SCMP_ACT_ALLOW" }],
  };
  return `${JSON.stringify(profile, undefined, 2)}\n`;
}

/**
 * What runc and crun call between installing a profile and starting the program, and what the kernel starts it with:
 * they change user, capabilities and limits, close descriptors, wait for the order to start, and execute.
 */
const engineCalls: readonly string[] = (
  "brk capget capset chdir close close_range epoll_ctl epoll_pwait execve exit exit_group faccessat2 fchown fcntl fstat " +
  "fstatfs futex getcwd getdents64 getgid getpid getppid gettid getuid madvise mmap munmap nanosleep newfstatat openat poll " +
  "prctl read rt_sigaction rt_sigprocmask rt_sigreturn sched_yield setgid setgroups setresgid setresuid setuid sigaltstack " +
  "tgkill write"
).split(" ");

/** Calls that machines of 32 bits have twice, and of which targets use the wide one. */
export const namesOn32Bits: Readonly<Record<string, string>> = {
  fcntl: "fcntl64",
  getegid: "getegid32",
  geteuid: "geteuid32",
  getgid: "getgid32",
  getuid: "getuid32",
  mmap: "mmap2",
  sendfile: "sendfile64",
  setgid: "setgid32",
  setgroups: "setgroups32",
  setresgid: "setresgid32",
  setresuid: "setresuid32",
  setuid: "setuid32",
};
