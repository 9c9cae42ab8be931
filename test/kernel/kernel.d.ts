/** What init.ts calls besides microlith:target, of the machine that it is compiled for. */
declare module "microlith:kernel" {
  export const AF_INET: number;
  export const SIOCSIFFLAGS: number;
  export const SYS_execve: number;
  export const SYS_ioctl: number;
}
