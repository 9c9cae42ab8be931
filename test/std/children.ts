// Children: one that is another program and writes into a pipe, its environment with it; ends of every kind; a supervisor that
// passes a signal on and hears of the end.
//
// expect: closed by execution 1
// expect: [said yes]
// expect: status 3
// expect: shared 1
// expect: killed 143
// expect: nobody ended 0
// expect: supervised 42
// expect: no more -10 -10
// expect: no program -2

import { SYS_fcntl } from "microlith:target";
import {
  argumentsStart,
  blockSignals,
  closeFile,
  duplicate,
  endedChild,
  environmentStart,
  execute,
  exit,
  fork,
  makePipe,
  print,
  printSigned,
  processId,
  read,
  SIGCHLD,
  SIGTERM,
  SIGUSR1,
  sendSignal,
  standardOutput,
  stopSignals,
  unblockSignals,
  waitForChild,
  waitForSignal,
  write,
} from "microlith/std";

const F_GETFD = 1;
const ends = zeroed<Fixed<i32, 2>>();
const status = zeroed<Fixed<i32, 1>>();
const storage = zeroed<Fixed<u8, 64>>();
const words = zeroed<Fixed<usize, 4>>();
const ofChildren = table<u32>(1 << (SIGCHLD - 1), 0);
const ofUser = table<u32>(1 << (SIGUSR1 - 1), 0);
const script = "echo said $MICROLITH_TEST; exit 3\0";

export function main(stack: usize): void {
  readFromShell(stack);
  // One byte and the end: the only other writer is gone.
  makePipe(ends);
  const holder = fork();
  if (holder === 0) {
    closeFile(ends[0]);
    write(ends[1], bytes("!"), 1);
    exit(0);
  }
  closeFile(ends[1]);
  show("shared ", read(ends[0], storage, 64) + read(ends[0], storage, 64));
  closeFile(ends[0]);
  waitForChild(holder);

  blockSignals(stopSignals);
  const victim = fork();
  if (victim === 0) {
    sendSignal(processId(), SIGTERM);
    unblockSignals(stopSignals);
    exit(1);
  }
  show("killed ", waitForChild(victim));
  supervise();
  print("no more ");
  printSigned(waitForChild(-1));
  show(" ", endedChild(status));
  const missing: usize = address(bytes("/missing\0"));
  show("no program ", execute(missing, argumentsStart(stack, 0), environmentStart(stack)));
}

/** What a shell writes goes through the pipe, which it has as its standard output and by no other number. */
function readFromShell(stack: usize): void {
  words[0] = address(bytes("sh\0"));
  words[1] = address(bytes("-c\0"));
  words[2] = address(bytes(script));
  makePipe(ends);
  // FD_CLOEXEC
  show("closed by execution ", syscall(SYS_fcntl, ends[1], F_GETFD) as i32);
  const shell = fork();
  if (shell === 0) {
    duplicate(ends[1], standardOutput);
    execute(address(bytes("/bin/sh\0")), address(words), environmentStart(stack));
    exit(127);
  }
  closeFile(ends[1]);
  print("[");
  for (;;) {
    const length = read(ends[0], storage, 64);
    if (length <= 0) break;
    // Without its newline.
    write(standardOutput, storage, storage[length - 1] === 10 ? (length as u32) - 1 : (length as u32));
  }
  print("]\n");
  closeFile(ends[0]);
  show("status ", waitForChild(shell));
}

function supervise(): void {
  blockSignals(ofChildren);
  blockSignals(ofUser);
  const child = fork();
  if (child === 0) exit(waitForSignal(ofUser) === SIGUSR1 ? 42 : 1);
  show("nobody ended ", endedChild(status));
  sendSignal(child, SIGUSR1);
  // The signal may be of a child that has been waited for.
  let ended: i32 = 0;
  while (ended === 0) {
    waitForSignal(ofChildren);
    ended = endedChild(status);
  }
  if (ended === child) show("supervised ", status[0]);
}

function show(text: string, value: i32): void {
  print(text);
  printSigned(value);
  print("\n");
}
