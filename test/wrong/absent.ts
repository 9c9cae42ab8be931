// ML1111 7:11
// ML1111 8:11
import { SYS_nothing, wordBytes } from "microlith:target";
const alias = SYS_nothing;
function unused(): void {
  syscall(SYS_nothing);
}
function live(): void {
  syscall(SYS_nothing);
  syscall(alias + 1);
}
export function main(): void {
  if (wordBytes === 4) syscall(SYS_nothing);
  live();
}
