/**
 * The names of errors (errno(3)), those that files, processes and sockets have. A program that never asks for one does not have their text,
 * some 525 bytes.
 */

import { printError, printErrorText } from "./print.ts";
import { fail } from "./process.ts";

/** Each is the number in one byte, the name and a zero byte. What is not among them has the last one's text. */
const names = `\
\x01EPERM\0\x02ENOENT\0\x03ESRCH\0\x04EINTR\0\x05EIO\0\x06ENXIO\0\x07E2BIG\0\x08ENOEXEC\0\x09EBADF\0\x0aECHILD\0\
\x0bEAGAIN\0\x0cENOMEM\0\x0dEACCES\0\x0eEFAULT\0\x10EBUSY\0\x11EEXIST\0\x12EXDEV\0\x13ENODEV\0\x14ENOTDIR\0\
\x15EISDIR\0\x16EINVAL\0\x17ENFILE\0\x18EMFILE\0\x19ENOTTY\0\x1aETXTBSY\0\x1bEFBIG\0\x1cENOSPC\0\x1dESPIPE\0\
\x1eEROFS\0\x1fEMLINK\0\x20EPIPE\0\x24ENAMETOOLONG\0\x26ENOSYS\0\x27ENOTEMPTY\0\x28ELOOP\0\x4bEOVERFLOW\0\
\x58ENOTSOCK\0\x5aEMSGSIZE\0\x5fEOPNOTSUPP\0\x61EAFNOSUPPORT\0\x62EADDRINUSE\0\x63EADDRNOTAVAIL\0\x64ENETDOWN\0\
\x65ENETUNREACH\0\x67ECONNABORTED\0\x68ECONNRESET\0\x69ENOBUFS\0\x6aEISCONN\0\x6bENOTCONN\0\x6eETIMEDOUT\0\
\x6fECONNREFUSED\0\x71EHOSTUNREACH\0\x73EINPROGRESS\0\x74ESTALE\0\x7aEDQUOT\0\
\0unknown error\0`;

/** The address of the name of a negative errno, `ENOENT` of -2; it ends in a zero byte. */
export function errorName(result: i32): usize {
  let at = bytes(names);
  for (;;) {
    const number: i32 = at[0];
    at = at.add(1);
    if (number === 0 || number === -result) return address(at);
    while (at[0] !== 0) at = at.add(1);
    at = at.add(1);
  }
}

/** Says on standard error what failed and the error's name, and ends the program with status 1. */
export function failWith(message: string, result: i32): never {
  printError(message);
  printErrorText(errorName(result));
  fail("\n");
}
