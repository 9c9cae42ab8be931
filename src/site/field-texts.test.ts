import { describe, expect, it } from "vitest";
import { addRepeated, addType, createFieldTexts, fieldTemplate, TemplateTable } from "./field-texts.ts";

describe("a table of templates", () => {
  it("has an empty one, and each other once", () => {
    const table = new TemplateTable();
    expect([table.add(""), table.add("ab"), table.add("c"), table.add("ab")]).toEqual([1, 3, 5, 3]);
    expect(Buffer.from(table.object("x").bytes).toString("latin1")).toBe("\0\0ab\0c");
    expect(table.mostBytes).toBe(2);
  });

  it("continues the last where it can", () => {
    const table = new TemplateTable();
    expect([table.add("ab"), table.add("abc"), table.add("abd")]).toEqual([3, 4, 8]);
    expect(Buffer.from(table.object("x").bytes).toString("latin1")).toBe("\0\0abc\0abd");
    expect(table.mostBytes).toBe(3);
  });

  it("takes what two bytes can tell", () => {
    const table = new TemplateTable();
    expect(table.add("a".repeat(0xffff))).toBeUndefined();
    expect(table.add("a".repeat(0xfffe))).toBe(0xffff);
    expect(table.add("b")).toBeUndefined();
    expect(table.add("a".repeat(0xfffe))).toBe(0xffff);
  });
});

describe("texts of fields", () => {
  it("begin with a line end", () => {
    expect(fieldTemplate([{ name: "A", value: "b" }])).toBe("\r\nA: b");
  });

  it("have Vary last, so that what is alike but for it is within it", () => {
    const texts = createFieldTexts("\r\nX: y");
    const kept = { name: "Cache-Control", value: "no-cache" };
    const ends = [[kept], [{ name: "Vary", value: "*" }, kept]].map((fields) => addRepeated(texts, fields));
    const text = Buffer.from(texts.repeated.object("x").bytes).toString("latin1");
    expect(text).toBe("\0\0\r\nX: y\r\nCache-Control: no-cache\r\nVary: *");
    expect(ends).toEqual([text.indexOf("\r\nVary") - 1, text.length - 1]);
  });

  it("of types are refused when there is no room", () => {
    const type = [{ name: "Content-Type", value: "x".repeat(0xffff) }];
    expect(() => addType(createFieldTexts(""), type)).toThrow("values of Content-Type");
  });
});
