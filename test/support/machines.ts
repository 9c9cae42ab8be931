/**
 * The machines that test programs run on through `--emit c`: a compiler for each, an emulator where the tests' own
 * kernel does not run its programs, and what `microlith:target` says there. The numbers are those of the kernel's
 * system-call tables, for the calls that test programs make.
 */

export interface Machine {
  readonly id: "amd64" | "arm64" | "arm" | "riscv64" | "386";
  readonly wordBits: 32 | 64;
  readonly compiler: string;
  readonly compilerFlags: readonly string[];
  /** Undefined: amd64 kernels run it. */
  readonly emulator: string | undefined;
  readonly systemCalls: Readonly<Record<string, number>>;
}

const generic = { read: 63, write: 64, close: 57, exit: 93, exit_group: 94, recvfrom: 207 } as const;

export const machines: readonly Machine[] = [
  {
    id: "amd64",
    wordBits: 64,
    compiler: "gcc",
    compilerFlags: ["-m64", "-fcf-protection=none"],
    emulator: undefined,
    systemCalls: { read: 0, write: 1, close: 3, exit: 60, exit_group: 231, recvfrom: 45, epoll_wait: 232 },
  },
  {
    id: "arm64",
    wordBits: 64,
    compiler: "aarch64-linux-gnu-gcc",
    compilerFlags: ["-mno-outline-atomics"],
    emulator: "qemu-aarch64-static",
    systemCalls: generic,
  },
  {
    id: "arm",
    wordBits: 32,
    compiler: "arm-linux-gnueabi-gcc",
    compilerFlags: ["-march=armv6", "-marm"],
    emulator: "qemu-arm-static",
    systemCalls: { read: 3, write: 4, close: 6, exit: 1, exit_group: 248, recvfrom: 292, epoll_wait: 252 },
  },
  {
    id: "riscv64",
    wordBits: 64,
    compiler: "riscv64-linux-gnu-gcc",
    compilerFlags: [],
    emulator: "qemu-riscv64-static",
    systemCalls: generic,
  },
  {
    id: "386",
    wordBits: 32,
    compiler: "i686-linux-gnu-gcc",
    compilerFlags: ["-fcf-protection=none"],
    emulator: undefined,
    systemCalls: { read: 3, write: 4, close: 6, exit: 1, exit_group: 252, recvfrom: 371, epoll_wait: 256 },
  },
];
