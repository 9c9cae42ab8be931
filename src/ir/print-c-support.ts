/**
 * The fixed part of the C that `print-c.ts` writes: types, memory, bytes, system calls and the entry, for each
 * machine under `#if`. How the kernel is called is in syscall(2).
 * With the macro SIMULATED it is no kernel that is called but the C function `simulate`, and plain loops copy bytes: so sanitizers and
 * fuzzers can look at a program from within (test/fuzz/kernel.c).
 */

interface Machine {
  /** The compiler's macro for it. */
  readonly macro: string;
  readonly instruction: string;
  readonly number: string;
  readonly args: readonly [string, string, string, string, string, string];
  readonly result: string;
  readonly clobbers: readonly string[];
  /** Passes the stack pointer as the kernel set it to the C function `program_start`. */
  readonly entry: string;
}

const machines: readonly Machine[] = [
  {
    macro: "__x86_64__",
    instruction: "syscall",
    number: "rax",
    args: ["rdi", "rsi", "rdx", "r10", "r8", "r9"],
    result: "rax",
    clobbers: ["rcx", "r11"],
    entry: "mov %rsp, %rdi; call program_start",
  },
  {
    macro: "__aarch64__",
    instruction: "svc 0",
    number: "x8",
    args: ["x0", "x1", "x2", "x3", "x4", "x5"],
    result: "x0",
    clobbers: [],
    entry: "mov x0, sp; bl program_start",
  },
  {
    macro: "__arm__",
    instruction: "svc 0",
    number: "r7",
    args: ["r0", "r1", "r2", "r3", "r4", "r5"],
    result: "r0",
    clobbers: [],
    entry: "mov r0, sp; bl program_start",
  },
  {
    macro: "__riscv",
    instruction: "ecall",
    number: "a7",
    args: ["a0", "a1", "a2", "a3", "a4", "a5"],
    result: "a0",
    clobbers: [],
    entry:
      ".option push; .option norelax; la gp, __global_pointer$; .option pop; mv a0, sp; call program_start",
  },
  {
    macro: "__i386__",
    instruction: "int $0x80",
    number: "eax",
    args: ["ebx", "ecx", "edx", "esi", "edi", "ebp"],
    result: "eax",
    clobbers: [],
    entry: "mov %esp, %eax; sub $12, %esp; push %eax; call program_start",
  },
];

/** `syscall0` to `syscall6`: the number and so many arguments. */
function systemCalls({ instruction, number, args, result, clobbers }: Machine): string {
  const functions = [0, 1, 2, 3, 4, 5, 6].map((count) => {
    const given = args.slice(0, count);
    const parameters = ["word n", ...given.map((_, index) => `word a${index}`)];
    // Where the result takes the place of the first argument, a call without arguments still needs that register.
    const names = count === 0 && result !== number ? [result] : given;
    const registers = [
      `register word number __asm__("${number}") = n;`,
      ...names.map((name, index) => {
        const initial = index < count ? ` = a${index}` : "";
        return `register word x${index} __asm__("${name}")${initial};`;
      }),
    ];
    const output = result === number ? "number" : "x0";
    const inputs = ["number", ...given.map((_, index) => `x${index}`)].filter((name) => name !== output);
    const direction = output === "x0" && count === 0 ? "=r" : "+r";
    const changed = [...clobbers, "memory"].map((name) => `"${name}"`).join(", ");
    return [
      `static inline word syscall${count}(${parameters.join(", ")}) {`,
      ...registers.map((line) => `  ${line}`),
      `  __asm__ volatile("${instruction}" : "${direction}"(${output}) : ${inputs.map((name) => `"r"(${name})`).join(", ")} : ${changed});`,
      `  return ${output};`,
      "}",
    ].join("\n");
  });
  return functions.join("\n");
}

function machineSection(machine: Machine): string {
  const entry = `__asm__(".globl _start; _start: ${machine.entry}");`;
  return `#elif defined ${machine.macro}\n${systemCalls(machine)}\n${entry}`;
}

/** Under a test that brings `main` and a kernel of its own. */
function simulatedSection(): string {
  const calls = [0, 1, 2, 3, 4, 5, 6].map((count) => {
    const given = Array.from({ length: count }, (_, index) => `a${index}`);
    const values = Array.from({ length: 6 }, (_, index) => given[index] ?? "0");
    return `#define syscall${count}(${["n", ...given].join(", ")}) simulate(${["n", ...values].join(", ")})`;
  });
  const kernel = "word simulate(word n, word a0, word a1, word a2, word a3, word a4, word a5);";
  return ["#if defined SIMULATED", kernel, ...calls].join("\n");
}

/** What every program begins with. */
export const cSupport: string = `#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef uintptr_t word;

/* Memory has no declared type, and on machines that do not mind no alignment. */
#if defined __x86_64__ || defined __i386__ || defined __aarch64__
#define MEMORY __attribute__((may_alias, aligned(1)))
#else
#define MEMORY __attribute__((may_alias))
#endif
typedef u8 m8;
typedef u16 MEMORY m16;
typedef u32 MEMORY m32;
#ifdef __arm__
/* Numbers of 32 bits may lie anywhere, but gcc has an instruction for two, which may not. */
typedef u64 __attribute__((may_alias, aligned(1))) m64;
#else
typedef u64 MEMORY m64;
#endif
#define AT(type, address) (*(type *)(uintptr_t)(address))
#define ADDRESS(symbol) ((u32)(uintptr_t)symbol)

static inline u32 ctz32(u32 x) { return x ? (u32)__builtin_ctz(x) : 32; }
static inline u32 clz32(u32 x) { return x ? (u32)__builtin_clz(x) : 32; }
static inline u64 ctz64(u64 x) { return x ? (u64)__builtin_ctzll(x) : 64; }
static inline u64 clz64(u64 x) { return x ? (u64)__builtin_clzll(x) : 64; }
static inline u32 rotl32(u32 x, u32 n) { return x << (n & 31) | x >> (-n & 31); }
static inline u64 rotl64(u64 x, u32 n) { return x << (n & 63) | x >> (-n & 63); }

#if defined __i386__
static inline u64 div64by32(u32 low, u32 high, u32 by) {
  __asm__("divl %2" : "+a"(low), "+d"(high) : "r"(by) : "cc");
  return (u64)high << 32 | low;
}
#endif
#if (defined __x86_64__ || defined __i386__) && !defined SIMULATED
static inline void copy(u32 to, u32 from, u32 length) {
  uintptr_t t = to, f = from, n = length;
  __asm__ volatile("rep movsb" : "+D"(t), "+S"(f), "+c"(n) : : "memory");
}
static inline void fill(u32 to, u32 value, u32 length) {
  uintptr_t t = to, n = length;
  __asm__ volatile("rep stosb" : "+D"(t), "+c"(n) : "a"(value) : "memory");
}
#else
static inline void copy(u32 to, u32 from, u32 length) {
  while (length--) AT(u8, to++) = AT(u8, from++);
}
static inline void fill(u32 to, u32 value, u32 length) {
  while (length--) AT(u8, to++) = (u8)value;
}
#endif
static inline u32 equal(u32 left, u32 right, u32 length) {
  while (length--) if (AT(u8, left++) != AT(u8, right++)) return 0;
  return 1;
}

${[simulatedSection(), ...machines.map(machineSection)].join("\n")}
#endif
#if defined __arm__
/* What the compiler's own division calls for a zero divisor. */
int raise(int signal) { (void)signal; __builtin_trap(); }
#endif
`;
