import { expect, test } from "vitest";
import { makeDiagnostic, renderDiagnostic } from "./diagnostics.ts";

test("control characters of a program do not reach the terminal, but for tabs", () => {
  const text = "\tlet \u001b[31mred\u0007;\n";
  const span = { file: { path: "a\u001b.ts", text }, start: 5, end: 6 };
  expect(renderDiagnostic(makeDiagnostic(span, "syntax", { message: "not \u001b" }))).toBe(
    "a\ufffd.ts:1:6: error ML1001: not \ufffd\n  1 | \tlet \ufffd[31mred\ufffd;\n    | \t    ^",
  );
});
