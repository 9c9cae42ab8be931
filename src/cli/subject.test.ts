import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { findImage, findSubject, registryOf } from "./subject.ts";

const folder = mkdtempSync(join(tmpdir(), "microlith-subject-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
mkdirSync(at("site"));
mkdirSync(at("layout"));
for (const name of ["layout/oci-layout", "layout/index.json", "site.tar", "main.ts"])
  writeFileSync(at(name), "{}");
writeFileSync(at("elf"), Uint8Array.of(0x7f, 0x45, 0x4c, 0x46));

test.each<[string, unknown]>([
  [at("site"), { kind: "input", input: { kind: "site" } }],
  [at("main.ts"), { kind: "input", input: { kind: "program" } }],
  [at("elf"), { kind: "elf", path: at("elf") }],
  [at("layout"), { kind: "image", location: { kind: "layout", path: at("layout") } }],
  [at("site.tar"), { kind: "image", location: { kind: "archive", path: at("site.tar") } }],
  [`${at("site.tar")}:site:1`, { kind: "image", location: { kind: "archive", name: "site:1" } }],
  [`oci:${at("none")}:1`, { kind: "image", location: { kind: "layout", name: "1" } }],
  ["podman:site:1", { kind: "image", location: { kind: "engine", engine: "podman" } }],
  ["registry.example/site:1", { kind: "image", location: { kind: "registry" } }],
])("%s", (text, subject) => {
  expect(findSubject(text)).toMatchObject(subject as object);
});

test.skipIf(process.platform === "win32")("a device or a pipe is not waited for", () => {
  expect(() => findSubject("/dev/null")).toThrow('"/dev/null" is neither a file nor a folder');
});

test.each(["./none", "none.tar", "none.ts", "/none"])("%s is a path where nothing is", (text) => {
  expect(() => findSubject(text)).toThrow(/^there is no /);
});

test("a word that is no file is a name at Docker's hub, and that is said", () => {
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    expect(findSubject("dsit")).toMatchObject({ kind: "image", location: { kind: "registry" } });
    expect(written.mock.calls.flat().join("")).toBe(
      'microlith: there is no file or folder "dsit", so docker.io/library/dsit:latest is looked for\n',
    );
  } finally {
    written.mockRestore();
  }
});

test("what is no image is named", () => {
  expect(() => findImage(at("site"))).toThrow(/is no image$/);
});

test("an account is for the first registry", () => {
  const place = (text: string): ReturnType<typeof findImage> => findImage(text);
  expect(registryOf(undefined, place(at("layout")), place("one.example/a"), place("two.example/b"))).toBe(
    "one.example",
  );
  expect(registryOf(place(at("layout")))).toBeUndefined();
});
