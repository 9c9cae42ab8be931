/** What the compiler derives from the program itself. */
declare module "microlith:sandbox" {
  /**
   * `struct sock_fprog`: a seccomp filter that lets through the system calls which the program can make after the
   * one that installs it.
   */
  export const filter: Ptr<u8>;
}
