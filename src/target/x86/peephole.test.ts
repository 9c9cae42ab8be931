/** Short forms: what goes in and what comes out, and where the long form has to stay. */

import { describe, expect, test } from "vitest";
import type { MachineFunction, MachineInstruction, Register } from "../../machine/machine.ts";
import { targets } from "../targets.ts";
import {
  compare,
  define,
  immediate,
  instruction,
  jumpIf,
  memory,
  modify,
  modifyOne,
  move,
  rax,
  rbx,
  rcx,
  rdi,
  rdx,
  register,
  rsi,
  set,
  store,
  symbol,
} from "./instructions.ts";

const at = memory({ base: rdi });
const slot = memory({ base: rsi, displacement: 8 });

interface Case {
  readonly given: readonly MachineInstruction[];
  /** Of a branch at the end; without one the function returns. */
  readonly condition?: string;
  /** What is read behind. */
  readonly live?: readonly Register[];
  readonly amd64: readonly string[];
  /** Where it differs. */
  readonly "386"?: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  "a load, an operation and a store of one place": {
    given: [set(32, rax, slot), modifyOne("inc", 32, register(rax)), store(32, slot, register(rax))],
    amd64: ["inc dword ptr [rsi + 8]"],
    "386": ["inc dword ptr [esi + 8]"],
  },
  "the same where the register is read later": {
    given: [
      set(32, rax, slot),
      modify("add", 32, register(rax), immediate(12)),
      store(32, slot, register(rax)),
    ],
    live: [rax],
    amd64: ["mov eax, dword ptr [rsi + 8]", "add eax, 12", "mov dword ptr [rsi + 8], eax"],
    "386": ["mov eax, dword ptr [esi + 8]", "add eax, 12", "mov dword ptr [esi + 8], eax"],
  },
  "the same where the register is the base": {
    given: [set(32, rdi, at), modifyOne("dec", 32, register(rdi)), store(32, at, register(rdi))],
    amd64: ["mov edi, dword ptr [rdi]", "dec edi", "mov dword ptr [rdi], edi"],
    "386": ["mov edi, dword ptr [edi]", "dec edi", "mov dword ptr [edi], edi"],
  },
  "a byte that is stored and compared as one": {
    given: [
      define("movzx8", 32, rcx, at),
      store(8, slot, register(rcx)),
      compare("cmp", 32, register(rcx), immediate(200)),
    ],
    condition: "b",
    amd64: ["mov cl, byte ptr [rdi]", "mov byte ptr [rsi + 8], cl", "cmp cl, -56"],
    "386": ["mov cl, byte ptr [edi]", "mov byte ptr [esi + 8], cl", "cmp cl, -56"],
  },
  "a byte that is read as a whole later": {
    given: [define("movzx8", 32, rcx, at), compare("cmp", 32, register(rcx), immediate(32))],
    condition: "b",
    live: [rcx],
    amd64: ["movzx ecx, byte ptr [rdi]", "cmp cl, 32"],
    "386": ["movzx ecx, byte ptr [edi]", "cmp cl, 32"],
  },
  "a byte that is compared as a signed number": {
    given: [define("movzx8", 32, rcx, at), compare("cmp", 32, register(rcx), immediate(32))],
    condition: "l",
    amd64: ["movzx ecx, byte ptr [rdi]", "cmp ecx, 32"],
    "386": ["movzx ecx, byte ptr [edi]", "cmp ecx, 32"],
  },
  "registers whose low bytes cost a prefix or have no name": {
    given: [define("movzx8", 32, rsi, at), compare("cmp", 32, register(rsi), immediate(32))],
    condition: "b",
    live: [rsi],
    amd64: ["movzx esi, byte ptr [rdi]", "cmp esi, 32"],
    "386": ["movzx esi, byte ptr [edi]", "cmp esi, 32"],
  },
  "a mask of which one byte is compared": {
    given: [
      move(32, rdx, rbx),
      modify("and", 32, register(rdx), immediate(136)),
      compare("cmp", 32, register(rdx), immediate(8)),
    ],
    condition: "e",
    amd64: ["mov edx, ebx", "and dl, -120", "cmp dl, 8"],
  },
  "an operation whose flags are read": {
    given: [
      modify("add", 32, register(rax), immediate(5)),
      compare("test", 32, register(rax), register(rax)),
    ],
    condition: "ne",
    amd64: ["add eax, 5"],
  },
  "a shift whose flags are read": {
    given: [
      modify("shr", 32, register(rax), immediate(8)),
      compare("test", 32, register(rax), register(rax)),
    ],
    condition: "e",
    amd64: ["shr eax, 8"],
  },
  "a shift of which carry would be read": {
    given: [
      modify("shr", 32, register(rax), immediate(8)),
      compare("test", 32, register(rax), register(rax)),
    ],
    condition: "a",
    amd64: ["shr eax, 8", "test eax, eax"],
  },
  "128, which takes four bytes, and -128, which takes one": {
    given: [
      modify("add", 32, register(rcx), immediate(128)),
      modify("sub", 32, register(rdx), immediate(128)),
    ],
    live: [rcx, rdx],
    amd64: ["sub ecx, -128", "add edx, -128"],
  },
  "a byte that is extended where nobody looks": {
    given: [define("movzx8", 32, rcx, register(rcx)), store(8, slot, register(rcx))],
    amd64: ["mov byte ptr [rsi + 8], cl"],
    "386": ["mov byte ptr [esi + 8], cl"],
  },
  "a test of one byte in memory": {
    given: [compare("test", 32, slot, immediate(0x2000))],
    condition: "e",
    amd64: ["test byte ptr [rsi + 9], 32"],
    "386": ["test byte ptr [esi + 9], 32"],
  },
  "a test of two": {
    given: [compare("test", 32, slot, immediate(0x2001))],
    condition: "e",
    amd64: ["test dword ptr [rsi + 8], 0x2001"],
    "386": ["test dword ptr [esi + 8], 0x2001"],
  },
  "two zeros beside each other": {
    given: [store(32, slot, immediate(0)), store(32, memory({ base: rsi, displacement: 4 }), immediate(0))],
    amd64: ["and qword ptr [rsi + 4], 0"],
    "386": ["and dword ptr [esi + 8], 0", "and dword ptr [esi + 4], 0"],
  },
  "two zeros apart": {
    given: [store(32, slot, immediate(0)), store(32, at, immediate(0))],
    amd64: ["and dword ptr [rsi + 8], 0", "and dword ptr [rdi], 0"],
    "386": ["and dword ptr [esi + 8], 0", "and dword ptr [edi], 0"],
  },
  "one more and one less": {
    given: [
      define("lea", 32, rdx, memory({ base: rdx, displacement: 1 })),
      define("lea", 32, rcx, memory({ base: rcx, displacement: -1 })),
    ],
    live: [rcx, rdx],
    amd64: ["inc edx", "dec ecx"],
  },
  "one more while flags are read": {
    given: [
      compare("cmp", 32, register(rcx), immediate(200)),
      define("lea", 32, rdx, memory({ base: rdx, displacement: 1 })),
    ],
    condition: "b",
    live: [rdx],
    amd64: ["cmp ecx, 200", "lea edx, [rdx + 1]"],
    "386": ["cmp ecx, 200", "lea edx, [edx + 1]"],
  },
  "a word of ones": {
    given: [set(64, rdx, immediate(-1))],
    live: [rdx],
    amd64: ["push -1", "pop rdx"],
    "386": ["or edx, -1"],
  },
};

describe.each(["amd64", "386"] as const)("%s", (id) => {
  const target = targets.find((each) => each.id === id);
  if (target === undefined) throw new Error(`no target ${id}`);

  test.each(Object.entries(cases))("%s", (_, each) => {
    const word = id === "386" ? 32 : 64;
    const narrowed = ({ ...given }: MachineInstruction): MachineInstruction => {
      if (given.width > word) given.width = word;
      return given;
    };
    const reads = (each.live ?? []).map((live) => compare("test", 32, register(live), register(live)));
    const last = { id: 1, instructions: reads, branch: undefined, next: undefined, loopDepth: 0 };
    const branch = each.condition === undefined ? undefined : jumpIf(each.condition, last);
    const first = { id: 0, instructions: each.given.map(narrowed), branch, next: last, loopDepth: 0 };
    const blocks = [first, last];
    const fn: MachineFunction = {
      name: "f",
      blocks,
      parameters: [],
      result: undefined,
      registers: 64,
      frameBytes: 0,
    };
    target.peephole(fn, "size");
    expect(first.instructions.map(target.format)).toEqual(each[id] ?? each.amd64);
  });

  test("a call before a block that only returns is a jump", () => {
    const made = (op: string): MachineInstruction => instruction(op, 64, [symbol("g", 0)], "u");
    const last = { id: 1, instructions: [], branch: undefined, next: undefined, loopDepth: 0 };
    const end = { ...last, instructions: [instruction("ret", 64, [], "")] };
    const other = { ...last, id: 2, instructions: [made("call")], next: end };
    const first = { ...last, id: 0, branch: jumpIf("e", other), next: end };
    const fn: MachineFunction = {
      name: "f",
      blocks: [first, end, other],
      parameters: [],
      result: undefined,
      registers: 64,
      frameBytes: 0,
    };
    target.peephole(fn, "size");
    expect(other).toMatchObject({ instructions: [{ op: "jmp" }], next: undefined });
    expect(end.instructions.map(target.format)).toEqual(["ret"]);
  });
});
