/**
 * The compiler, from sources to an executable: its phases, in order.
 */

import { assert } from "./base/errors.ts";
import type { Optimize } from "./base/optimize.ts";
import type { Executable } from "./elf/executable.ts";
import { type Extent, extentOf, symbolExtents } from "./elf/extents.ts";
import { link } from "./elf/link.ts";
import type { ObjectCode } from "./elf/object.ts";
import { packedTablesOf, placesOf, withUsesOf } from "./elf/packed-tables.ts";
import { type OrderedStorage, orderStorage, placeStorage } from "./elf/storage.ts";
import { linkArithmetic } from "./ir/arithmetic.ts";
import { callGraph } from "./ir/call-graph.ts";
import { countSymbols } from "./ir/dead.ts";
import { expandOperations } from "./ir/expand.ts";
import { expand64 } from "./ir/expand64.ts";
import { countCalls } from "./ir/inline.ts";
import type { IrFunction, IrGlobal, IrProgram } from "./ir/ir.ts";
import { lower } from "./ir/lower.ts";
import { limitParameters } from "./ir/parameters.ts";
import { rebase } from "./ir/rebase.ts";
import { simplify, tidy } from "./ir/simplify.ts";
import { check } from "./lang/check.ts";
import { type ParsedProgram, parse } from "./lang/parse.ts";
import type { SourceFile } from "./lang/source.ts";
import type { VirtualModule } from "./lang/virtual-module.ts";
import { allocate, clobbers } from "./machine/allocate.ts";
import { addFrame, reachSlots } from "./machine/frame.ts";
import { hoistSides } from "./machine/hoist.ts";
import { reuseValues } from "./machine/known-values.ts";
import { layOut } from "./machine/layout.ts";
import type { MachineFunction } from "./machine/machine.ts";
import { mergeTails } from "./machine/merge-tails.ts";
import { orderFunctions } from "./machine/order-functions.ts";
import { settleParameters } from "./machine/settle-parameters.ts";
import { type Assembly, assemble, measurerFor } from "./target/assemble.ts";
import { fillFilter, sandboxModule, sandboxModuleName } from "./target/sandbox.ts";
import { tablesModule, tablesModuleName } from "./target/tables-module.ts";
import type { CallingConvention, SelectContext, Target } from "./target/target.ts";
import { targetModule } from "./target/target-module.ts";

/** What is the same for every target: sources, parsed once. */
export interface CompileInput {
  /** The program's main file. */
  readonly entry: SourceFile;
  /** The file that `specifier` names in `importer`; undefined when there is none. */
  readonly resolve: (specifier: string, importer: SourceFile) => SourceFile | undefined;
  /** By name: `microlith:options`, `microlith:site`. `microlith:target` and `microlith:sandbox` have their declarations here, their values are the target's. */
  readonly modules: ReadonlyMap<string, VirtualModule>;
}

/** Sources, parsed for all targets. */
export interface ParsedSources extends ParsedProgram {
  /** runtime/support/arithmetic.ts, for 32-bit targets. */
  readonly arithmetic?: ParsedProgram | undefined;
}

/** One target's results, each phase's with it: `--emit` prints them. */
export interface Compilation {
  readonly target: Target;
  readonly ir: IrProgram;
  /** Allocated and laid out, in the order of the text. */
  readonly machineCode: readonly MachineFunction[];
  readonly object: ObjectCode;
  readonly executable: Executable;
}

/** What the time goes to: `npm run bench:compile` has a row for each. */
export type Phase =
  | "parse"
  | "check"
  | "lower"
  | "simplify"
  | "expand"
  | "select"
  | "allocate"
  | "improve"
  | "merge"
  | "layout"
  | "assemble"
  | "link";

/** Told which phase begins; it lasts until another one does. */
export type PhaseListener = (phase: Phase) => void;

const nobody: PhaseListener = () => {};

/** Reads the program and all that it imports. Throws a DiagnosticError with everything wrong in it. */
export function parseProgram(
  { entry, resolve, modules }: CompileInput,
  begin: PhaseListener = nobody,
): ParsedSources {
  begin("parse");
  const program = parse(entry, resolve, modules);
  const arithmetic = resolve(arithmeticModule, entry);
  return { ...program, arithmetic: arithmetic && parse(arithmetic, resolve, modules) };
}

/** What `resolve` knows runtime/support/arithmetic.ts by. */
const arithmeticModule = "microlith/arithmetic";

/**
 * Compiles a parsed program for one target. Throws a DiagnosticError with everything that is wrong for it, and a
 * UserError when the result does not fit the target's address space.
 */
export function compile(
  program: ParsedSources,
  modules: ReadonlyMap<string, VirtualModule>,
  target: Target,
  layout: "plain" | "tight",
  debug = false,
  begin: PhaseListener = nobody,
  optimize: Optimize = "size",
): Compilation {
  const frontEnd = (parsed: ParsedProgram): IrProgram => {
    const lowered = translate(parsed, modules, target, begin);
    begin("simplify");
    return lowered;
  };
  const simplified = simplify(frontEnd(program), optimize);
  begin("expand");
  // What is left to expand after the first round has operands that are as simple as they get.
  const expanded = expandOperations(simplified, target.expansions);
  const simple = expanded === simplified ? simplified : simplify(expanded, optimize);
  const narrow = target.wordBytes === 8 ? simple : halve(simple, program.arithmetic, frontEnd, target);
  const ir = fillFilter(limitParameters(narrow, parameterLimit(narrow, target)), target);
  for (const fn of ir.functions) rebase(fn);
  const packed = packedTablesOf(ir.data);
  const named = countSymbols(ir.functions);
  const uses = packed ? withUsesOf(packed, named) : named;
  const globals = packed ? [...ir.globals, packed.storage] : ir.globals;
  const ordered = addSpillStorage({ ...ir, globals }, uses, target);
  const placed = placeStorage(ordered);
  const { machineCode, assembly } = generateAndAssemble(
    ir,
    packed ? [...placed, ...placesOf(packed, placed)] : placed,
    target,
    debug,
    begin,
    optimize,
  );
  begin("link");
  const object: ObjectCode = {
    ...assembly,
    data: ir.data,
    packed,
    storage: ordered,
    entry: (ir.functions[0] as IrFunction).name,
  };
  const executable = link(object, { layout, machine: target, debug, unwinding: target.unwinding });
  return { target, ir, machineCode, object, executable };
}

/** How many parameters each function may have: a convention known in advance has its registers, others need one to work with. */
function parameterLimit(program: IrProgram, target: Target): (fn: IrFunction) => number {
  const { recursive } = callGraph(program.functions);
  const most = target.allocatable.length - 2;
  return (fn) => (recursive.has(fn) ? Math.min(target.fixedParameters.length, most) : most);
}

function translate(
  program: ParsedProgram,
  modules: ReadonlyMap<string, VirtualModule>,
  target: Target,
  begin: PhaseListener,
): IrProgram {
  const wordBits = target.wordBytes === 8 ? 64 : 32;
  begin("check");
  const checked = check(program, { wordBits, modules: withTarget(modules, target) });
  begin("lower");
  return lower(checked, { wordBits, exit: target.systemCalls.exit ?? 0 });
}

/** The simplified program for a 32-bit machine: without what it cannot do, and without 64-bit integers. */
function halve(
  program: IrProgram,
  arithmetic: ParsedProgram | undefined,
  frontEnd: (parsed: ParsedProgram) => IrProgram,
  target: Target,
): IrProgram {
  const support = (): IrProgram => {
    assert(arithmetic !== undefined, `${arithmeticModule} was not found`);
    return frontEnd(arithmetic);
  };
  const linked = linkArithmetic(program, support, target);
  return tidy(expand64(linked === program ? program : simplify(linked)));
}

function withTarget(
  modules: ReadonlyMap<string, VirtualModule>,
  target: Target,
): ReadonlyMap<string, VirtualModule> {
  const own = {
    "microlith:target": targetModule,
    [sandboxModuleName]: sandboxModule,
    [tablesModuleName]: tablesModule,
  };
  const filled = new Map(modules);
  for (const [name, make] of Object.entries(own)) {
    const declared = modules.get(name);
    if (declared) filled.set(name, make(target, declared.declarations));
  }
  return filled;
}

/**
 * The program's text. Whether an address fits a short instruction depends on how long the text becomes, so a bound
 * is guessed first; in the rare case that it was too small all is done again.
 */
function generateAndAssemble(
  program: IrProgram,
  storage: readonly OrderedStorage[],
  target: Target,
  debug: boolean,
  begin: PhaseListener,
  optimize: Optimize,
): { machineCode: MachineFunction[]; assembly: Assembly } {
  let textBytes = 128 + mostInstructionBytes * countInstructions(program);
  for (;;) {
    const extent = symbolExtents(textBytes, program.data, storage, target);
    const machineCode = generate(program, storage, extent, target, begin, optimize);
    begin("assemble");
    const dataBytes = storage.length > 0 ? Infinity : extentOf(program.data);
    target.placeLiterals?.(machineCode, dataBytes);
    const assembly = assemble(machineCode, target, debug ? target.unwinding : undefined);
    if (assembly.text.length <= textBytes) return { machineCode, assembly };
    textBytes = 2 * assembly.text.length;
  }
}

/** Of an instruction of the IR, on average: 2.3 to 3.2 in larger programs, up to 4.6 in small ones. */
const mostInstructionBytes = 5;

/** Of the IR; for the ends of a block, two. */
function countInstructions({ functions }: Pick<IrProgram, "functions">): number {
  let count = 0;
  for (const { blocks } of functions) for (const block of blocks) count += block.instructions.length + 2;
  return count;
}

/** Every function as machine code, callees first, because a caller depends on the registers that they use. */
function generate(
  program: IrProgram,
  storage: readonly OrderedStorage[],
  extent: Extent,
  target: Target,
  begin: PhaseListener,
  optimize: Optimize,
): MachineFunction[] {
  const { calleesFirst, recursive } = callGraph(program.functions);
  const calls = countCalls(program.functions);
  const offsets = new Map(storage.map((each) => [each.storage.name, each.offset]));
  const allocatable = target.allocatable.filter(
    (register) => storage.length === 0 || register !== target.storageBase,
  );
  const spills = storage.find((each) => each.storage.name === spillStorage);
  const spillStart = spills?.offset ?? 0;
  // Beyond the reach of short displacements the stack is nearer.
  const spillLimit = Math.min(spillStart + (spills?.storage.size ?? 0), target.storageBias + 128);
  const spillEnds = new Map<IrFunction, number>();
  const measure = measurerFor(target);
  const conventions = new Map<string, CallingConvention>();
  const generated = new Map<IrFunction, MachineFunction>();
  for (const source of calleesFirst) {
    const context: SelectContext = {
      convention: (callee) => conventions.get(callee),
      storageOffset: (name) => offsets.get(name),
      hasStorage: storage.length > 0,
      extent,
      recursive: recursive.has(source),
    };
    begin("select");
    const fn = target.select(source, context);
    begin("allocate");
    const calleesEnd = Math.max(
      spillStart,
      ...calleesOf(source).map((callee) => spillEnds.get(callee) ?? spillLimit),
    );
    fn.spillEnd = context.recursive ? spillLimit : calleesEnd;
    allocate(fn, { ...target, allocatable, spillLimit });
    spillEnds.set(source, fn.spillEnd);
    if (!context.recursive) settleParameters(fn, calls.get(source) ?? 0, target.cheapRegisters, target.move);
    begin("improve");
    addFrame(fn, target);
    const isEntry = source === program.functions[0];
    if (isEntry) enterProgram(fn, storage, extent, target);
    const initial = isEntry ? target.initialValues : undefined;
    reuseValues(fn, target.values, "all", initial);
    target.peephole(fn, optimize);
    reachSlots(fn, target);
    begin("merge");
    if (optimize === "size") mergeTails(fn);
    // What is done before a branch holds on both of its sides.
    if (hoistSides(fn)) reuseValues(fn, target.values, "constants", initial);
    begin("layout");
    layOut(fn, target, measure);
    if (!context.recursive) {
      conventions.set(source.name, {
        parameters: fn.parameters,
        result: fn.result,
        resultHigh: fn.resultHigh,
        clobbers: clobbers(fn),
      });
    }
    generated.set(source, fn);
  }
  return orderFunctions(program.functions.map((source) => generated.get(source) as MachineFunction));
}

/** Unique: names from programs have no spaces. */
const spillStorage = "spilled registers";
/** Programs below so many instructions spill little or nothing. */
const spillingProgram = 300;
/** How often each byte for spill slots is named, about. */
const spillUses = 0.5;

/** With storage for spill slots, where the target has it and the program is likely to want it. */
function addSpillStorage(
  { functions, globals }: IrProgram,
  uses: ReadonlyMap<string, number>,
  { spillStorageBytes: size, wordBytes: alignment }: Target,
): readonly IrGlobal[] {
  const isLarge = countInstructions({ functions }) > spillingProgram;
  const spills = { name: spillStorage, size: size ?? 0, alignment, bytes: undefined };
  const hasSpills = size !== undefined && globals.length > 0 && isLarge;
  return orderStorage(
    hasSpills ? [...globals, spills] : globals,
    new Map([...uses, [spillStorage, spills.size * spillUses]]),
  );
}

function calleesOf(fn: IrFunction): readonly IrFunction[] {
  return fn.blocks.flatMap(({ instructions }) =>
    instructions.flatMap(({ callee }) => (callee === undefined ? [] : [callee])),
  );
}

/** The entry function starts with the stack pointer as its parameter and sets up the storage base. */
function enterProgram(
  fn: MachineFunction,
  storage: readonly OrderedStorage[],
  extent: Extent,
  target: Target,
): void {
  const [first] = storage;
  const [parameter] = fn.parameters;
  const arrival = parameter === undefined ? [] : [target.readStackPointer(parameter)];
  const base = first ? target.loadStorageBase(first.storage.name, extent) : [];
  fn.blocks[0]?.instructions.unshift(...arrival, ...base);
  fn.parameters = [];
}
