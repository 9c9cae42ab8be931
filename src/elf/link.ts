/**
 * Object code to an executable: the layout decides where everything lies; here the file is written, addresses are resolved
 * and every byte gets its owner.
 */

import { type DataObject, dataSize } from "../base/data-object.ts";
import { assert, Bug } from "../base/errors.ts";
import { withDebugInformation } from "./debug.ts";
import type { Unwinding } from "./dwarf.ts";
import { type Body, type Executable, fileOf, heldOffsets, type Item } from "./executable.ts";
import type { Layout, MachineFacts } from "./layout.ts";
import type { ObjectCode } from "./object.ts";
import { type PackedTables, packedObject, packTables, roomForPacked } from "./packed-tables.ts";
import { type DistinctData, shareConstants } from "./place.ts";
import { layOutPlain } from "./plain.ts";
import { relocate } from "./relocate.ts";
import { layOutTight } from "./tight.ts";

export interface LinkOptions {
  readonly layout: "plain" | "tight";
  readonly machine: MachineFacts;
  /** Adds symbols and line tables for debuggers. A plain layout only. */
  readonly debug?: boolean;
  /** For debuggers: see `Target`. `debug` needs it. */
  readonly unwinding?: Unwinding;
}

/**
 * Lays out and writes the file. A program for which there is no `tight` layout becomes a plain one, with a note.
 * Throws a UserError when the program does not fit below 2 GiB; a Bug for a symbol that is missing or there twice.
 */
export function link(object: ObjectCode, options: LinkOptions): Executable {
  // To a debugger a function is one piece.
  const executable = linkLoaded(options.debug === true ? { ...object, cuts: [] } : object, options);
  const { debug, unwinding, machine } = options;
  if (debug !== true) return executable;
  assert(unwinding !== undefined, "debug information without a machine's way to call");
  return withDebugInformation(executable, object, machine.wordBytes, unwinding);
}

/** Without anything that is not loaded. */
function linkLoaded(object: ObjectCode, { layout, machine }: LinkOptions): Executable {
  if (object.packed) return linkPacked(object, object.packed, machine);
  const data = shareConstants(object.data);
  if (layout === "plain") return write(object, data, layOutPlain(object, data.objects, machine), undefined);
  const tight = layOutTight(object, data.objects, machine);
  if (tight.kind === "layout") return write(object, data, tight.layout, undefined);
  return write(object, data, layOutPlain(object, data.objects, machine), tight.reason);
}

/** Twice: where everything lies is in the tables, so that they can be packed only then. It has storage, and is never tight. */
function linkPacked(object: ObjectCode, packed: PackedTables, machine: MachineFacts): Executable {
  const room = roomForPacked(packed);
  const layOut = (tables: DataObject): [DistinctData, Layout] => {
    const data = { objects: packed.others, shared: new Map() };
    return [data, layOutPlain(object, data.objects, machine, { object: tables, room })];
  };
  const addresses = symbolAddresses(object, ...layOut(packedObject));
  const tables = packTables(packed, (symbol) => addressOf(addresses, symbol));
  return write(object, ...layOut(tables), undefined);
}

function write(object: ObjectCode, data: DistinctData, layout: Layout, note: string | undefined): Executable {
  const addresses = symbolAddresses(object, data, layout);
  const entry = layout.entry ?? addressOf(addresses, object.entry);
  const bodies = bodiesOf(layout);
  const held = heldOffsets(bodies);
  const bytes = new Uint8Array(held(layout.fileBytes));
  layout.writeHeaders(bytes, entry);
  for (const { from, to, at } of layout.pieces) bytes.set(object.text.subarray(from, to), held(at));
  for (const joint of layout.joints) bytes.set(joint.bytes, held(joint.at));
  for (const { object: each, at } of layout.data) bytes.set(each.bytes, held(at));
  for (const { storage, at } of layout.storage)
    if (at !== undefined) bytes.set(storage.bytes ?? [], held(at));
  resolve(object, layout, addresses, bytes, held);
  return {
    file: fileOf(bytes, bodies),
    bytes,
    bodies,
    entry,
    layout: layout.name,
    note,
    segments: layout.segments,
    items: attribute(object, layout),
    text: layout.pieces.map(({ from, to, at }) => ({ from, to, offset: at, address: layout.base + at })),
    storage: layout.storage
      .map(({ storage: { name, size }, address }) => ({ name, address, size }))
      .sort((a, b) => a.address - b.address),
    unpacked: (object.packed?.objects ?? [])
      .map(({ name, bytes: { length } }) => ({ name, address: addressOf(addresses, name), size: length }))
      .sort((a, b) => a.address - b.address),
    addresses,
  };
}

/** An empty one would share its offset with what follows. */
function bodiesOf(layout: Layout): Body[] {
  return layout.data.flatMap(({ object: { bytes, body }, at }) =>
    body === undefined || body.size === 0 ? [] : [{ offset: at + bytes.length, content: body }],
  );
}

function symbolAddresses(object: ObjectCode, data: DistinctData, layout: Layout): Map<string, number> {
  const addresses = new Map<string, number>();
  const define = (name: string, address: number): void => {
    assert(!addresses.has(name), `symbol defined twice: ${name}`);
    addresses.set(name, address);
  };
  for (const { name, offset } of object.functions) define(name, layout.base + fileOffset(layout, offset));
  for (const { object: each, at } of layout.data) define(each.name, layout.base + at);
  for (const { storage, address } of layout.storage) define(storage.name, address);
  for (const [name, { owner, offset }] of data.shared)
    define(name, addressOf(addresses, owner.name) + offset);
  for (const [name, offset] of object.packed?.offsets ?? [])
    define(name, addressOf(addresses, object.packed?.storage.name ?? "") + offset);
  return addresses;
}

function addressOf(addresses: ReadonlyMap<string, number>, symbol: string): number {
  const address = addresses.get(symbol);
  if (address === undefined) throw new Bug(`undefined symbol: ${symbol}`);
  return address;
}

/** Of an offset in the text; the end of the text belongs to the last piece. */
function fileOffset(layout: Layout, offset: number): number {
  const piece = layout.pieces.find(({ to }) => offset < to) ?? layout.pieces.at(-1);
  assert(piece !== undefined, "no text");
  return piece.at + offset - piece.from;
}

function resolve(
  object: ObjectCode,
  layout: Layout,
  addresses: ReadonlyMap<string, number>,
  bytes: Uint8Array,
  held: (at: number) => number,
): void {
  const view = new DataView(bytes.buffer);
  for (const { offset, kind, symbol, addend } of object.relocations) {
    const at = fileOffset(layout, offset);
    relocate(view, held(at), kind, addressOf(addresses, symbol) + addend, layout.base + at);
  }
  for (const { object: each, at } of layout.data) {
    for (const { offset, target, addend } of each.relocations) {
      assert(offset >= 0 && offset + 4 <= each.bytes.length, `relocation outside of ${each.name}`);
      view.setUint32(held(at) + offset, addressOf(addresses, target) + addend, true);
    }
  }
}

/** Every byte of the file once, in order. */
function attribute(object: ObjectCode, layout: Layout): Item[] {
  const address = (at: number): number => layout.base + at;
  const owned: Item[] = [
    ...layout.pieces.flatMap((piece) =>
      object.functions.flatMap(({ name, offset, size }): Item[] => {
        const from = Math.max(offset, piece.from);
        const length = Math.min(offset + size, piece.to) - from;
        if (length <= 0) return [];
        const at = piece.at + from - piece.from;
        return [{ kind: "code", name, offset: at, size: length, address: address(at) }];
      }),
    ),
    ...layout.joints.map(({ name, at, bytes }): Item => {
      return { kind: "code", name, offset: at, size: bytes.length, address: address(at) };
    }),
    ...layout.data.flatMap(({ object: each, at }): Item[] => {
      const { kind, name, bytes, body } = each;
      const whole: Item = { kind, name, offset: at, size: dataSize(each), address: address(at) };
      if (body === undefined) return [whole];
      const offset = at + bytes.length;
      return [
        { ...whole, kind: "table", size: bytes.length },
        { ...whole, offset, size: body.size, address: address(offset) },
      ];
    }),
    ...layout.storage.flatMap(({ storage: { name, size }, address: place, at }): Item[] =>
      at === undefined ? [] : [{ kind: "storage", name, offset: at, size, address: place }],
    ),
  ];
  owned.sort((a, b) => a.offset - b.offset || a.size - b.size);
  const items: Item[] = [];
  let end = 0;
  const fill = (to: number): void => {
    const headers = Math.min(to, layout.headerEnd) - end;
    if (headers > 0) {
      items.push({ kind: "header", name: "ELF headers", offset: end, size: headers, address: address(end) });
      end += headers;
    }
    if (to > end) {
      items.push({ kind: "padding", name: "padding", offset: end, size: to - end, address: address(end) });
      end = to;
    }
  };
  for (const item of owned) {
    assert(item.offset >= end, `${item.name} overlaps what lies before it`);
    fill(item.offset);
    items.push(item);
    end = item.offset + item.size;
  }
  fill(layout.fileBytes);
  return items;
}
