/**
 * The buffer that targets encode into: bytes, labels, branches whose size is not known yet, and relocations
 * that only the linker can resolve.
 *
 * All functions of a program share one buffer, so a call or a tail jump is resolved here and may use a short
 * form like any branch. A branch is a list of *forms*, shortest first: rel8 and rel32 on amd64, a compressed
 * branch, a full one, and an inverted branch around a jump on riscv64, a single form with a range on arm64.
 *
 * Relaxation starts with every branch in its first form and lets those grow that do not reach, until
 * all do. Growing never brings two places closer, so what was too far stays too far: the loop ends, and with
 * the smallest text there is.
 *
 * The raw bytes are kept without the branches; a position is a pair (raw offset, branches before it), and
 * its address is the raw offset plus the sizes of those branches.
 */

import { assert, Bug } from "../base/errors.ts";
import type { Frame, FrameEntry, FunctionSymbol, RelocationKind, TextRelocation } from "../elf/object.ts";
import type { Span } from "../lang/source.ts";
import type { MachineBlock } from "../machine/machine.ts";

/** A block, or a function by its name. */
export type BranchTarget = MachineBlock | string;

/** One encoding of a branch. Displacements are target minus the form's first byte. */
export interface BranchForm {
  /** In bytes. */
  readonly size: number;
  /** The displacements that it reaches, inclusive. */
  readonly minimum: number;
  readonly maximum: number;
  readonly write: (bytes: Uint8Array, at: number, displacement: number) => void;
}

/**
 * The empty form, first in the list of a jump that may vanish: control reaches the target anyway when
 * nothing lies between. A call never has it.
 */
export const fallThrough: BranchForm = { size: 0, minimum: 0, maximum: 0, write: () => {} };

/** A source position of the instruction at `offset`. */
export interface SpanEntry {
  readonly offset: number;
  readonly span: Span;
}

export interface AssembledText {
  readonly text: Uint8Array;
  /** In the order of their offsets. */
  readonly functions: readonly FunctionSymbol[];
  readonly relocations: readonly TextRelocation[];
  /** See `ObjectCode.instructions`. */
  readonly instructions: readonly number[];
  readonly spans: readonly SpanEntry[];
  /** See `ObjectCode.frames`. */
  readonly frames: readonly FrameEntry[];
  /** Instruction boundaries that no branch or call crosses, ascending: see `ObjectCode.cuts`. */
  readonly cuts: readonly number[];
}

/** A place in the final text that moves while branches grow. */
interface Position {
  readonly raw: number;
  readonly branches: number;
}

interface Branch {
  readonly target: BranchTarget;
  readonly forms: readonly BranchForm[];
  readonly raw: number;
}

export class Assembler {
  #bytes = new Uint8Array(1024);
  #length = 0;
  readonly #branches: Branch[] = [];
  readonly #labels = new Map<BranchTarget, Position>();
  readonly #functions: { readonly at: Position; readonly name: string }[] = [];
  readonly #relocations: {
    readonly at: Position;
    readonly kind: RelocationKind;
    readonly symbol: string;
    readonly addend: number;
  }[] = [];
  readonly #instructions: {
    readonly at: Position;
    readonly span: Span | undefined;
    readonly frame: Frame | undefined;
  }[] = [];

  /** One byte; higher bits are ignored, so that a negative number is its two's complement. */
  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow();
    this.#bytes[this.#length++] = value;
  }

  /** Bytes so far, without those of branches and calls. */
  get rawLength(): number {
    return this.#length;
  }

  bytes(...values: readonly number[]): void {
    for (const value of values) this.byte(value);
  }

  /** Two bytes, little-endian. */
  u16(value: number): void {
    this.byte(value);
    this.byte(value >> 8);
  }

  /** Four bytes, little-endian; any number from -2^31 to 2^32 - 1. */
  u32(value: number): void {
    this.u16(value);
    this.u16(value >> 16);
  }

  /** Eight bytes, little-endian, two's complement. */
  u64(value: bigint): void {
    this.u32(Number(BigInt.asIntN(32, value)));
    this.u32(Number(BigInt.asIntN(32, value >> 32n)));
  }

  /** Here starts the function `name`: a symbol, and a target of calls. */
  functionStart(name: string): void {
    const at = this.#here();
    this.#functions.push({ at, name });
    this.#bind(name, at);
  }

  /** Here starts `block`. */
  label(block: MachineBlock): void {
    this.#bind(block, this.#here());
  }

  /** Here starts an instruction, with what debuggers have to know of the stack. */
  instruction(span: Span | undefined, frame?: Frame): void {
    this.#instructions.push({ at: this.#here(), span, frame });
  }

  /** The linker resolves the field that starts here; the caller emits its bytes next. */
  relocation(kind: RelocationKind, symbol: string, addend: number): void {
    this.#relocations.push({ at: this.#here(), kind, symbol, addend });
  }

  /** A branch, jump or call to `target`, in the first of `forms` (shortest first) that reaches it. */
  branch(target: BranchTarget, forms: readonly BranchForm[]): void {
    this.#branches.push({ target, forms, raw: this.#length });
  }

  /**
   * Chooses the branches' forms and lays out the text.
   * Throws a Bug when a target was never bound or is out of reach of the longest form.
   */
  finish(): AssembledText {
    const targets = this.#branches.map((branch) => this.#target(branch));
    const { forms, before } = relax(this.#branches, targets);
    const offset = (position: Position): number => position.raw + (before[position.branches] ?? 0);

    const text = new Uint8Array(this.#length + (before[forms.length] ?? 0));
    let raw = 0;
    this.#branches.forEach((branch, index) => {
      const at = branch.raw + (before[index] ?? 0);
      text.set(this.#bytes.subarray(raw, branch.raw), raw + (before[index] ?? 0));
      raw = branch.raw;
      forms[index]?.write(text, at, offset(itemAt(targets, index)) - at);
    });
    text.set(this.#bytes.subarray(raw, this.#length), raw + (before[forms.length] ?? 0));

    const starts = this.#functions.map(({ at }) => offset(at));
    const instructions = this.#instructions.map(({ at }) => offset(at));
    const crossings = this.#branches
      .map((branch, index) => ({
        from: branch.raw + (before[index] ?? 0),
        to: offset(itemAt(targets, index)),
      }))
      .filter((_, index) => (forms[index]?.size ?? 0) > 0);
    return {
      text,
      functions: this.#functions.map(({ name }, index) => {
        const start = starts[index] ?? 0;
        return { name, offset: start, size: (starts[index + 1] ?? text.length) - start };
      }),
      relocations: this.#relocations.map(({ at, kind, symbol, addend }) => {
        return { offset: offset(at), kind, symbol, addend };
      }),
      instructions,
      spans: this.#instructions.flatMap(({ span }, index) =>
        span === undefined ? [] : [{ offset: instructions[index] ?? 0, span }],
      ),
      frames: frameChanges(
        this.#instructions.flatMap(({ frame }, index) =>
          frame === undefined ? [] : [{ ...frame, offset: instructions[index] ?? 0 }],
        ),
        starts,
      ),
      cuts: uncrossed(instructions, crossings, text.length),
    };
  }

  #here(): Position {
    return { raw: this.#length, branches: this.#branches.length };
  }

  #bind(target: BranchTarget, position: Position): void {
    assert(!this.#labels.has(target), `label bound twice: ${nameOf(target)}`);
    this.#labels.set(target, position);
  }

  #target(branch: Branch): Position {
    const position = this.#labels.get(branch.target);
    if (position === undefined) throw new Bug(`branch to a label without place: ${nameOf(branch.target)}`);
    return position;
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** The form of every branch, and the bytes of all branches before each (one more entry than branches). */
function relax(
  branches: readonly Branch[],
  targets: readonly Position[],
): { forms: BranchForm[]; before: Float64Array } {
  const count = branches.length;
  const chosen = new Int32Array(count);
  const before = new Float64Array(count + 1);
  const forms = branches.map((branch) => formOf(branch, 0));
  for (let settled = false; !settled; ) {
    settled = true;
    for (let i = 0; i < count; i++) before[i + 1] = (before[i] ?? 0) + (forms[i]?.size ?? 0);
    for (let i = 0; i < count; i++) {
      const branch = itemAt(branches, i);
      const target = itemAt(targets, i);
      const from = branch.raw + (before[i] ?? 0);
      const displacement = target.raw + (before[target.branches] ?? 0) - from;
      let form = itemAt(forms, i);
      while (!reaches(form, displacement, target.branches > i)) {
        chosen[i] = (chosen[i] ?? 0) + 1;
        form = formOf(branch, chosen[i] ?? 0);
        forms[i] = form;
        settled = false;
      }
    }
  }
  return { forms, before };
}

/** A jump to itself has displacement 0 too, but must stay: only a target ahead can be fallen into. */
function reaches(form: BranchForm, displacement: number, ahead: boolean): boolean {
  if (form.size === 0 && !ahead) return false;
  return displacement >= form.minimum && displacement <= form.maximum;
}

function formOf(branch: Branch, index: number): BranchForm {
  const form = branch.forms[index];
  if (form === undefined) throw new Bug(`branch out of reach: ${nameOf(branch.target)}`);
  return form;
}

/** One entry for each change and each function; an instruction without bytes has none. */
function frameChanges(frames: readonly FrameEntry[], functionStarts: readonly number[]): FrameEntry[] {
  const starts = new Set(functionStarts);
  const changes: FrameEntry[] = [];
  let current = "";
  frames.forEach((frame, index) => {
    if (frames[index + 1]?.offset === frame.offset) return;
    const { offset, ...content } = frame;
    const text = JSON.stringify(content);
    if (text === current && !starts.has(offset)) return;
    changes.push(frame);
    current = text;
  });
  return changes;
}

/** Those of `boundaries` (ascending) that lie in no interval from its lower end, exclusive, to its higher, inclusive. */
function uncrossed(
  boundaries: readonly number[],
  crossings: readonly { readonly from: number; readonly to: number }[],
  length: number,
): number[] {
  const change = new Int32Array(length + 2);
  for (const { from, to } of crossings) {
    const low = Math.min(from, to) + 1;
    const high = Math.max(from, to) + 1;
    change[low] = (change[low] ?? 0) + 1;
    change[high] = (change[high] ?? 0) - 1;
  }
  const cuts: number[] = [];
  let open = 0;
  let next = 0;
  for (const boundary of boundaries) {
    for (; next <= boundary; next++) open += change[next] ?? 0;
    if (open === 0 && boundary > 0 && boundary < length && boundary !== cuts.at(-1)) cuts.push(boundary);
  }
  return cuts;
}

function itemAt<T>(list: readonly T[], index: number): T {
  const item = list[index];
  assert(item !== undefined, "index out of range");
  return item;
}

function nameOf(target: BranchTarget): string {
  return typeof target === "string" ? target : `block ${target.id}`;
}
