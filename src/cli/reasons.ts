/**
 * What the system says when something cannot be written, in words.
 */

/** Why the system did not write, in plain words. */
export function reasonOf(error: Error): string {
  const code = "code" in error ? String(error.code) : "";
  const reasons: Readonly<Record<string, string>> = {
    EACCES: "permission denied",
    EPERM: "permission denied",
    EROFS: "the file system is read-only",
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EFBIG: "it is larger than a file may be here",
    ENOENT: "the folder is gone",
    ENAMETOOLONG: "the name is too long",
    EPIPE: "its reader has gone",
  };
  return reasons[code] ?? error.message;
}
