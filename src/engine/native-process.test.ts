import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { expect, test, vi } from "vitest";
import { needsThat } from "../../test/support/require-tool.ts";
import { bytesSource } from "../base/byte-source.ts";
import { findFreePort, nativePlatform, startNative, waitForPort } from "./native-process.ts";

test("a machine's platform", () => {
  expect(nativePlatform("linux", "x64")).toBe("linux/amd64");
  expect(nativePlatform("linux", "s390x")).toBeUndefined();
  expect(nativePlatform("darwin", "arm64")).toBeUndefined();
  expect(nativePlatform("win32", "x64")).toBeUndefined();
});

test("a port in use is named, with the flag", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await expect(findFreePort("127.0.0.1", port)).rejects.toThrow(`port ${port} is already in use`);
  expect(await waitForPort("127.0.0.1", port, 1000)).toBe(true);
  await new Promise((resolve) => server.close(resolve));
  expect(await findFreePort("127.0.0.1", port)).toBe(port);
  expect(await waitForPort("127.0.0.1", port, 20)).toBe(false);
});

test("port 0 is any free one", async () => {
  expect(await findFreePort("127.0.0.1", 0)).toBeGreaterThan(0);
});

test("an address that is not this machine's", async () => {
  await expect(findFreePort("192.0.2.1", 0)).rejects.toThrow("this machine has no address 192.0.2.1");
});

needsThat(process.platform === "linux", "not Linux")("a native process", () => {
  const leftovers = (): readonly string[] =>
    readdirSync(tmpdir()).filter((name) => /^microlith-\w{6}$/.test(name));

  test("gives its exit status and leaves no file", async () => {
    const before = leftovers();
    const running = await startNative(bytesSource(readFileSync("/bin/sleep")), ["not a number"]);
    expect(leftovers()).toEqual(before);
    expect(await running.ended).toEqual({ kind: "status", status: 1 });
  });

  test("stops when it is asked to", async () => {
    const running = await startNative(bytesSource(readFileSync("/bin/sleep")), ["100"]);
    running.stop(1000);
    expect(await running.ended).toEqual({ kind: "signal", signal: "SIGTERM" });
  });

  test("that has no place to start from is a UserError", async () => {
    // Debian has users whose home is /nonexistent, and programs make it.
    vi.stubEnv("TMPDIR", "/dev/null/nonexistent");
    await expect(startNative(bytesSource(readFileSync("/bin/sleep")), [])).rejects.toThrow(
      "the executable could not be run from /dev/null/nonexistent (ENOTDIR)",
    );
    vi.unstubAllEnvs();
  });
});
