/**
 * What the process gives up before it looks at the first request: the rights of root, and every system call that the
 * rest of the program does not make.
 *
 * Whoever may not change its user already is somebody without rights (or root without capabilities), so a refusal is
 * no failure. The filter (seccomp(2)) is the compiler's; a kernel without seccomp refuses it, and the server serves
 * without.
 */

import { hasSandbox, hasUser, userGroup, userId } from "microlith:options";
import { filter } from "microlith:sandbox";
import { SYS_prctl, SYS_seccomp, SYS_setgid, SYS_setgroups, SYS_setuid } from "microlith:target";

const PR_SET_NO_NEW_PRIVS = 38;
const SECCOMP_SET_MODE_FILTER = 1;

/** From root to the numeric user. Groups first: a user without rights cannot change them. */
export function dropPrivileges(): void {
  if (!hasUser) return;
  syscall(SYS_setgroups, 0, 0);
  syscall(SYS_setgid, userGroup);
  syscall(SYS_setuid, userId);
}

/** From here on any system call but those that follow ends the process. */
export function enterSandbox(): void {
  if (!hasSandbox) return;
  syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, filter);
}
