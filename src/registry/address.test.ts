import { expect, test } from "vitest";
import { UserError } from "../base/errors.ts";
import { addressFrom } from "./address.ts";

const secure = new URL("https://registry.example/v2/a/blobs/uploads/");
const plain = new URL("http://localhost:5000/v2/a/blobs/uploads/");
const from = (text: string, base: URL): string => addressFrom(text, base, "push", "registry.example").href;

test.each([
  ["/v2/a/blobs/uploads/1?state=x%3D", secure, "https://registry.example/v2/a/blobs/uploads/1?state=x%3D"],
  ["1", secure, "https://registry.example/v2/a/blobs/uploads/1"],
  ["https://storage.example/x", secure, "https://storage.example/x"],
  ["https://storage.example/x", plain, "https://storage.example/x"],
  ["http://localhost:5001/x", plain, "http://localhost:5001/x"],
])("%s", (text, base, expected) => expect(from(text, base)).toBe(expected));

test("from TLS it does not lead to a place without, the same host least of all: tokens go there", () => {
  expect(() => from("http://registry.example/v2/a/blobs/uploads/1", secure)).toThrow(
    "cannot push: registry.example leads on to registry.example without TLS",
  );
});

test.each(["http://[", "file:///etc/passwd", "javascript:0", "data:,x"])("%s is no address", (text) => {
  expect(() => from(text, plain)).toThrow(UserError);
});
