/** Facts of the target that a program is compiled for. */
declare module "microlith:target" {
  /** Bytes of a machine word: 4 or 8. */
  export const wordBytes: number;
  /** The size of the kernel's `struct epoll_event` and where its data lies: packed on amd64 only. */
  export const epollEventBytes: number;
  export const epollDataOffset: number;

  /** System-call numbers. One that the machine does not have is an error where live code uses it. */
  export const SYS_accept4: number;
  export const SYS_bind: number;
  export const SYS_clock_gettime: number;
  export const SYS_clone: number;
  export const SYS_close: number;
  export const SYS_connect: number;
  export const SYS_epoll_create1: number;
  export const SYS_epoll_ctl: number;
  export const SYS_epoll_pwait: number;
  export const SYS_epoll_wait: number;
  export const SYS_exit: number;
  export const SYS_exit_group: number;
  export const SYS_fcntl: number;
  export const SYS_getpeername: number;
  export const SYS_getpid: number;
  export const SYS_getppid: number;
  export const SYS_getsockname: number;
  export const SYS_kill: number;
  export const SYS_listen: number;
  export const SYS_mmap: number;
  export const SYS_nanosleep: number;
  export const SYS_openat: number;
  export const SYS_ppoll: number;
  export const SYS_prctl: number;
  export const SYS_prlimit64: number;
  export const SYS_read: number;
  export const SYS_recvfrom: number;
  export const SYS_rt_sigprocmask: number;
  export const SYS_rt_sigtimedwait: number;
  export const SYS_sched_getaffinity: number;
  export const SYS_seccomp: number;
  export const SYS_sendmsg: number;
  export const SYS_sendto: number;
  export const SYS_setgid: number;
  export const SYS_setgroups: number;
  export const SYS_setitimer: number;
  export const SYS_setsockopt: number;
  export const SYS_setuid: number;
  export const SYS_shutdown: number;
  export const SYS_signalfd4: number;
  export const SYS_socket: number;
  export const SYS_uname: number;
  export const SYS_wait4: number;
  export const SYS_write: number;
  export const SYS_writev: number;
}
