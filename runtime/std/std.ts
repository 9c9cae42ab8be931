/**
 * microlith/std: the standard library of programs in the subset, described in docs/std.md. One file per concern;
 * this one names what programs import. Each function is a system call or little more, there is no state that is
 * set up at the start, and what a program does not use is not in its executable.
 */

export { formatIpv4, formatIpv6, formatSocketAddress } from "./addresses.ts";
export { argument, argumentCount, argumentsStart, environment, environmentStart } from "./arguments.ts";
export { Buffer } from "./buffer.ts";
export {
  duplicate,
  endedChild,
  execute,
  fork,
  makePipe,
  reapChildren,
  waitForChild,
} from "./children.ts";
export { errorName, failWith } from "./errors.ts";
export {
  closeFile,
  createFile,
  openAppend,
  openFile,
  openReadWrite,
  read,
  readFile,
  removeFile,
  rename,
  SEEK_CUR,
  SEEK_END,
  SEEK_SET,
  seek,
  setFileLength,
  standardError,
  standardInput,
  standardOutput,
  write,
  writeAll,
} from "./files.ts";
export { Folder, FolderEntry, makeFolder, removeFolder } from "./folders.ts";
export { formatDecimal, formatDecimal64, formatHex, formatHex64 } from "./format.ts";
export {
  print,
  printDecimal,
  printDecimal64,
  printError,
  printErrorText,
  printHex,
  printHex64,
  printSigned,
  printSigned64,
  printText,
} from "./print.ts";
export { exit, fail, hostName, processId } from "./process.ts";
export {
  blockSignals,
  readSignal,
  SIGALRM,
  SIGCHLD,
  SIGHUP,
  SIGINT,
  SIGKILL,
  SIGPIPE,
  SIGQUIT,
  SIGTERM,
  SIGUSR1,
  SIGUSR2,
  sendSignal,
  signalDescriptor,
  stopSignals,
  unblockSignals,
  waitForSignal,
  waitForSignalUntil,
} from "./signals.ts";
export {
  acceptConnection,
  closeWriting,
  connectTcp,
  listenTcp,
  localAddress,
  POLLIN,
  POLLOUT,
  Poll,
  peerAddress,
  pollAll,
  SocketAddress,
} from "./sockets.ts";
export {
  descriptorStatus,
  FileStatus,
  FileTime,
  fileStatus,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFREG,
  S_IFSOCK,
} from "./status.ts";
export {
  copyText,
  equalText,
  find,
  findByte,
  invalidNumber,
  parseDecimal,
  startsWith,
  textLength,
} from "./text.ts";
export { monotonicMilliseconds, sleep, Time, unixTime } from "./time.ts";
export { openUdp, receiveFrom, sendTo } from "./udp.ts";
