import { describe, expect, test } from "vitest";
import { compileProgram } from "../../test/support/compile-program.ts";
import { renderSizeMap } from "./size-map.ts";

describe("a size map adds up to the file", () => {
  const rows = [
    ["hello", "plain", false],
    ["hello", "tight", false],
    ["true", "tight", false],
    ["pause", "plain", false],
    ["echo", "plain", false],
    ["whoami", "plain", true],
  ] as const;

  test.each(rows)("%s, %s, debug %s", (name, layout, debug) => {
    const { executable } = compileProgram(`examples/${name}/${name}.ts`, { layout, debug });
    const sections = renderSizeMap(executable).trimEnd().split("\n\n");
    const total = sections.pop() ?? "";
    expect(total).toBe(`${executable.bytes.length}  the file`);
    let sum = 0;
    for (const section of sections) {
      const [heading = "", ...owners] = section.split("\n");
      expect(heading).toMatch(/^ *\d+ {2}[a-z]+$/);
      const bytes = owners.map((row) => Number.parseInt(row, 10)).reduce((a, b) => a + b, 0);
      expect(bytes).toBe(Number.parseInt(heading, 10));
      sum += bytes;
    }
    expect(sum).toBe(executable.bytes.length);
  });

  test("the functions of the map are those of the listing", () => {
    const { executable, object } = compileProgram("examples/whoami/whoami.ts", {});
    const named = executable.items
      .filter(({ kind }) => kind === "code")
      .map(({ name, size }) => [name, size]);
    // One that is nothing but a jump to the one behind it has no bytes.
    const listed = object.functions.filter(({ size }) => size > 0);
    expect(named).toEqual(listed.map(({ name, size }) => [name, size]));
  });
});
