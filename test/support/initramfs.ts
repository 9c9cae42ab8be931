/**
 * An initramfs as the kernel takes it: a cpio archive in the "newc" format, a hundred and ten bytes of hexadecimal fields before each
 * name and content (Documentation/driver-api/early-userspace/buffer-format.rst). The kernel brings /dev/console itself.
 */

/** Executable files by path, without the leading slash; `init` is what the kernel starts. */
export function initramfs(files: Readonly<Record<string, Uint8Array>>): Buffer {
  const entries = Object.entries(files).map(([path, bytes], index) =>
    entry(path, bytes, index + 1, 0o100755),
  );
  return Buffer.concat([...entries, entry("TRAILER!!!", new Uint8Array(0), 0, 0)]);
}

function entry(path: string, bytes: Uint8Array, inode: number, mode: number): Buffer {
  const name = Buffer.from(`${path}\0`);
  const [owner, links, time, device, checksum] = [0, 1, 0, 0, 0];
  const numbers = [inode, mode, owner, owner, links, time, bytes.length, device, device, device, device];
  const fields = [...numbers, name.length, checksum].map((value) => value.toString(16).padStart(8, "0"));
  return Buffer.concat([
    padded(Buffer.concat([Buffer.from(`070701${fields.join("")}`), name])),
    padded(bytes),
  ]);
}

/** Zeros up to a multiple of four bytes. */
function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}
