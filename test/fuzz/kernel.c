/*
 * A kernel for the server as C (`--emit c`, compiled with -DSIMULATED), so that a fuzzer can run the whole of it in one process:
 * no sockets, no time, one client after another. A test case is a client: its first byte says how what it sends is cut
 * into pieces and how reluctantly it reads, the rest is what it sends before it closes its direction.
 *
 * Each case runs twice, first in one piece with a client that reads everything at once. What is a finding:
 * - a crash, or what the sanitizers see;
 * - memory handed to the kernel that is not the program's;
 * - two different answers (the time stands still);
 * - an answer that is none of HTTP;
 * - a connection that is not closed although the client has sent its end and has read everything: nothing can happen to it any more, so
 *   its place would be lost. Events are edge-triggered where the program asks for that, as epoll(7) says.
 *
 * Without AFL++ the cases are files on the command line; SECONDS in the environment is the time, and with PRINT the answers are
 * printed. FAULT makes it a wrong kernel, which has to end in a finding: 1 changes
 * a byte of what comes in pieces, 2 does not close.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define IS_FOREIGN(address, length) (__asan_region_is_poisoned((void *)(address), length) != 0)
#else
#define IS_FOREIGN(address, length) 0
#endif

#ifndef FAULT
#define FAULT 0
#endif

typedef uintptr_t word;
word simulate(word n, word a0, word a1, word a2, word a3, word a4, word a5);
void program_start(word stack);

enum { LISTENER = 3, CLIENT = 9, DESCRIPTORS = 16, MOST_INPUT = 1 << 16, MOST_OUTPUT = 1 << 24, MOST_ROUNDS = 1 << 18 };

static const unsigned char *input;
static size_t inputLength;
static unsigned char firstOutput[MOST_OUTPUT], output[MOST_OUTPUT];
static size_t firstLength, outputLength;

/* The client of this run. */
static int run, isWaiting, isOpen, isEnded, isBlocked;
static size_t arrived, taken;
static uint32_t pieces; /* state of the generator; 0: all at once */
static unsigned rounds;

/* What epoll_ctl was told, and which events have not been reported. */
static int nextDescriptor = LISTENER;
static uint32_t flagsOf[DESCRIPTORS];
static uint64_t dataOf[DESCRIPTORS];
static uint32_t unreported;

static void finding(const char *what) {
  fprintf(stderr, "finding: %s\n", what);
  abort();
}

/* From 1 to `most`. */
static size_t some(size_t most) {
  if (pieces == 0 || most == 0) return most;
  pieces ^= pieces << 13, pieces ^= pieces >> 17, pieces ^= pieces << 5;
  size_t limit = (pieces >> 8) % 3 == 0 ? most : 1 + (pieces >> 12) % 40;
  size_t chosen = 1 + (pieces >> 4) % limit;
  return chosen < most ? chosen : most;
}

static int often(void) { return pieces != 0 && some(4) == 1; }

static void startClient(void) {
  isWaiting = 1, isOpen = isEnded = isBlocked = 0;
  arrived = taken = rounds = unreported = 0;
  outputLength = 0;
  pieces = run == 0 || inputLength == 0 ? 0 : input[0] * 2654435761u;
}

#ifdef __AFL_COMPILER
__AFL_FUZZ_INIT();
static void nextCase(void) {
  static int isStarted;
  if (!isStarted) {
    isStarted = 1;
    __AFL_INIT();
    input = __AFL_FUZZ_TESTCASE_BUF;
  }
  if (!__AFL_LOOP(100000)) _exit(0);
  inputLength = (size_t)__AFL_FUZZ_TESTCASE_LEN;
  if (inputLength > MOST_INPUT) inputLength = MOST_INPUT;
}
#else
static char **files;
static void nextCase(void) {
  static unsigned char bytes[MOST_INPUT];
  if (*files == NULL) exit(0);
  FILE *file = fopen(*files, "rb");
  if (file == NULL) exit(2);
  fprintf(stderr, "%s\n", *files++);
  inputLength = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  input = bytes;
}
#endif

static void judge(void) {
  static const char protocol[] = "HTTP/1.1 ";
  /* They say how often something was asked before. */
  static const char counters[] = "microlith_requests_total";
  size_t begin = sizeof protocol - 1;
  if (outputLength > 0 && (outputLength < begin || memcmp(output, protocol, begin) != 0)) finding("no answer of HTTP");
  if (run == 0) {
    memcpy(firstOutput, output, outputLength);
    firstLength = outputLength;
    if (getenv("PRINT") != NULL) fwrite(output, 1, outputLength, stdout);
  } else if (memmem(output, outputLength, counters, sizeof counters - 1) != NULL) {
    return;
  } else if (outputLength != firstLength || memcmp(output, firstOutput, firstLength) != 0) {
    finding("another answer when it comes in pieces");
  }
}

/* The client of this run is gone: judge it, and send the next. */
static void nextClient(void) {
  static int isRunning;
  if (isRunning) {
    judge();
    run ^= 1;
  }
  isRunning = 1;
  if (run == 0) nextCase();
  startClient();
}

/* What could be reported of the client at this moment. */
static uint32_t ready(void) {
  uint32_t events = isBlocked ? 0 : EPOLLOUT;
  if (arrived > taken || isEnded) events |= EPOLLIN;
  if (isEnded) events |= EPOLLRDHUP;
  return events;
}

/* Lets the next thing happen to the client; 0: nothing can. */
static int happen(void) {
  size_t all = inputLength > 1 ? inputLength - 1 : 0;
  if (isBlocked) {
    isBlocked = 0;
    unreported |= EPOLLOUT;
  } else if (arrived < all) {
    arrived += some(all - arrived);
    unreported |= EPOLLIN;
  } else if (!isEnded) {
    isEnded = 1;
    unreported |= EPOLLIN | EPOLLRDHUP;
  } else return 0;
  return 1;
}

static word report(word events, int descriptor, uint32_t bits) {
  struct epoll_event event = {.events = bits, .data.u64 = dataOf[descriptor]};
  memcpy((void *)events, &event, sizeof event);
  return 1;
}

static word wait(word events) {
  if (++rounds > MOST_ROUNDS) finding("it goes round and round");
  if (!isOpen && !isWaiting) nextClient();
  if (isWaiting) return report(events, LISTENER, EPOLLIN);
  for (;;) {
    uint32_t asked = flagsOf[CLIENT];
    uint32_t bits = ready() & asked & (asked & EPOLLET ? unreported : ~0u);
    unreported = 0;
    if (bits != 0) return report(events, CLIENT, asked & EPOLLET ? ready() & asked : bits);
    if (!happen()) finding("a connection is left open for ever");
  }
}

static word control(word operation, word descriptor, word given) {
  struct epoll_event event;
  if (descriptor >= DESCRIPTORS || (descriptor == CLIENT && !isOpen)) return (word)-EBADF;
  if (operation == EPOLL_CTL_DEL) return flagsOf[descriptor] = 0;
  memcpy(&event, (void *)given, sizeof event);
  flagsOf[descriptor] = event.events;
  dataOf[descriptor] = event.data.u64;
  if (descriptor == CLIENT) unreported = ready();
  return 0;
}

static word receive(word descriptor, word to, size_t room) {
  if (IS_FOREIGN(to, room)) finding("read beyond a buffer");
  if (descriptor != CLIENT) return (word)-EAGAIN;
  if (!isOpen) return (word)-EBADF;
  size_t bytes = arrived - taken;
  if (bytes == 0 && !isEnded) return (word)-EAGAIN;
  if (bytes > room) bytes = room;
  memcpy((void *)to, input + 1 + taken, bytes);
  if (FAULT == 1 && run == 1 && taken == 0 && bytes > 0) *(unsigned char *)to = 0;
  taken += bytes;
  return bytes;
}

/* `slices` is an array of iovec. */
static word transmit(word descriptor, word slices, size_t count) {
  const struct iovec *list = (const struct iovec *)slices;
  size_t all = 0;
  for (size_t i = 0; i < count; i++) {
    if (IS_FOREIGN(list[i].iov_base, list[i].iov_len)) finding("write from beyond an object");
    all += list[i].iov_len;
  }
  if (descriptor != CLIENT) return all;
  if (!isOpen) return (word)-EBADF;
  if (isBlocked || often()) {
    isBlocked = 1;
    return (word)-EAGAIN;
  }
  size_t room = some(all), left = room;
  isBlocked = room < all;
  if (outputLength + room > MOST_OUTPUT) finding("an answer without end");
  for (size_t i = 0; i < count && left > 0; i++) {
    size_t bytes = list[i].iov_len < left ? list[i].iov_len : left;
    if (bytes > 0) memcpy(output + outputLength, list[i].iov_base, bytes);
    outputLength += bytes;
    left -= bytes;
  }
  return room;
}

static word transmitOne(word descriptor, word from, size_t bytes) {
  struct iovec slice = {(void *)from, bytes};
  return transmit(descriptor, (word)&slice, 1);
}

word simulate(word n, word a0, word a1, word a2, word a3, word a4, word a5) {
  (void)a4, (void)a5;
  switch (n) {
    case SYS_socket:
    case SYS_epoll_create1:
    case SYS_signalfd4:
      return (word)nextDescriptor++;
    case SYS_accept4:
      if (!isWaiting) return (word)-EAGAIN;
      isWaiting = 0, isOpen = 1;
      return CLIENT;
    case SYS_epoll_ctl:
      return control(a1, a2, a3);
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
      return wait(a1);
    case SYS_read:
    case SYS_recvfrom:
      return receive(a0, a1, a2);
    case SYS_write:
    case SYS_sendto:
      return transmitOne(a0, a1, a2);
    case SYS_writev:
      return transmit(a0, a1, a2);
    case SYS_sendmsg: {
      const struct msghdr *message = (const struct msghdr *)a1;
      return transmit(a0, (word)message->msg_iov, message->msg_iovlen);
    }
    case SYS_close:
      if (a0 == CLIENT && !isOpen) finding("closed twice");
      if (a0 == CLIENT && FAULT != 2) isOpen = 0;
      return 0;
    case SYS_clock_gettime:
      memcpy((void *)a1, (const long[]){getenv("SECONDS") == NULL ? 1800000000 : atol(getenv("SECONDS")), 0},
             2 * sizeof(long));
      return 0;
    case SYS_prlimit64:
      if (a3 != 0) memcpy((void *)a3, (const long[]){4096, 4096}, 2 * sizeof(long));
      return 0;
    case SYS_exit_group:
      finding("the server ended");
      return 0;
    case SYS_mmap:
      return (word)-ENOSYS;
    default:
      return 0;
  }
}

int main(int count, char **arguments) {
  (void)count;
  static word stack[8];
  static char name[] = "server";
#ifndef __AFL_COMPILER
  files = arguments + 1;
#else
  (void)arguments;
#endif
  stack[0] = 1;
  stack[1] = (word)name;
  program_start((word)stack);
}
