import { expect, test } from "vitest";
import { Bug, UserError } from "../base/errors.ts";
import { renderFailure, renderUsageError } from "./errors.ts";

test("an environment at fault is one line", async () => {
  const error = new UserError("port 80 is taken", { help: "choose another" });
  expect(await renderFailure(error)).toEqual({
    text: "microlith: error: port 80 is taken. Choose another.\n",
    exitCode: 2,
  });
});

test("an input at fault has exit code 1", async () => {
  expect((await renderFailure(new UserError("no index", { exitCode: 1 }))).exitCode).toBe(1);
});

test.each([new Bug("broken"), new TypeError("x is not a function"), "a string"])(
  "anything else is a bug: %s",
  async (error) => {
    const failure = await renderFailure(error);
    expect(failure.exitCode).toBe(70);
    expect(failure.text).toMatch(/^microlith: internal error: .*\n.*(broken|not a function|a string)/);
    expect(failure.text).toContain("Please report it");
  },
);

test("what commander says becomes one line", () => {
  expect(renderUsageError("error: unknown option '--prot'\n(Did you mean --port?)\n")).toBe(
    "microlith: error: unknown option '--prot'. Did you mean --port?\n",
  );
});
