/*
 * Load for the benchmark, from one core: requests for one path over a number of connections.
 *
 *     load PORT PATH CONNECTIONS DEPTH SECONDS RATE
 *
 * RATE 0: each connection sends DEPTH requests, waits for their responses, and sends again. Otherwise so many
 * requests a second are due at even times, whether or not the server is ready; each goes to a connection
 * that is free, and its latency counts from the time at which it was due, so that a server that
 * hangs does not hide what it did to the others.
 *
 * It does less than a server has to, or it would measure itself: the first response tells the length of all, each has to
 * begin with its status line, and large content is thrown away in the kernel. One line of JSON on standard output;
 * latencies in microseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 4096, BUFFER = 1 << 16, EVENTS = 256, MOST_MICROSECONDS = 2000000 };

static const char statusLine[] = "HTTP/1.1 200";
static const double warmUp = 0.2; /* seconds that count for the number of requests only */

struct connection {
  int fd;
  size_t left; /* bytes of responses that are to come; 0: free */
  double start;
};

static struct connection connections[MOST];
static int freeOnes[MOST], freeFirst, freeCount; /* a queue */
static char received[BUFFER];
static char requests[BUFFER];
static size_t requestBytes, responseBytes, batchBytes;
static int depth, epoll;
static struct sockaddr_in address;
static uint32_t latencies[MOST_MICROSECONDS];
static uint64_t answered, counted;

/* In seconds. */
static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what) {
  fprintf(stderr, "load: %s: %s\n", what, errno == 0 ? "not as expected" : strerror(errno));
  exit(1);
}

static int dial(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

/* One request, to learn how long a response is. */
static void learn(void) {
  int fd = dial();
  size_t got = 0;
  char *end = NULL;
  if (write(fd, requests, requestBytes) != (ssize_t)requestBytes) fail("write");
  while (end == NULL) {
    ssize_t bytes = read(fd, received + got, BUFFER - 1 - got);
    errno = bytes < 0 ? errno : 0;
    if (bytes <= 0) fail("the first response");
    got += (size_t)bytes;
    received[got] = 0;
    end = strstr(received, "\r\n\r\n");
  }
  char *length = strcasestr(received, "\r\nContent-Length:");
  if (memcmp(received, statusLine, sizeof statusLine - 1) != 0 || length == NULL || length > end)
    fail("the first response");
  responseBytes = (size_t)(end + 4 - received) + strtoul(length + 17, NULL, 10);
  close(fd);
}

static void watch(struct connection *connection) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  connection->fd = dial();
  fcntl(connection->fd, F_SETFL, O_NONBLOCK);
  epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event);
}

static void ask(struct connection *connection, double start) {
  connection->start = start;
  connection->left = batchBytes;
  size_t bytes = requestBytes * (size_t)depth;
  if (write(connection->fd, requests, bytes) != (ssize_t)bytes) fail("write");
}

/* Each response that begins in what was received from `from` on, counted from the start of the batch. */
static void check(size_t from, size_t bytes) {
  for (size_t at = (responseBytes - from % responseBytes) % responseBytes; at < bytes; at += responseBytes) {
    size_t rest = bytes - at, most = sizeof statusLine - 1;
    if (memcmp(received + at, statusLine, rest < most ? rest : most) != 0) fail("a response");
  }
}

/* Whether everything has come that was asked for. */
static int receive(struct connection *connection) {
  size_t from = batchBytes - connection->left;
  int skips = depth == 1 && from >= BUFFER;
  errno = 0;
  ssize_t bytes = skips ? recv(connection->fd, NULL, connection->left, MSG_TRUNC)
                        : recv(connection->fd, received, connection->left < BUFFER ? connection->left : BUFFER, 0);
  if (bytes < 0 && errno == EAGAIN) return 0;
  if (bytes <= 0) fail("a response");
  if (!skips) check(from, (size_t)bytes);
  connection->left -= (size_t)bytes;
  return connection->left == 0;
}

static void count(const struct connection *connection, double time, double countFrom) {
  answered += (uint64_t)depth;
  if (time < countFrom) return;
  counted += (uint64_t)depth;
  size_t microseconds = (size_t)((time - connection->start) * 1e6);
  latencies[microseconds < MOST_MICROSECONDS ? microseconds : MOST_MICROSECONDS - 1]++;
}

static void run(int many, double seconds, double rate) {
  double start = now(), end = start + warmUp + seconds, countFrom = start + warmUp, time = start;
  uint64_t due = 0;
  struct epoll_event events[EVENTS];
  for (int i = 0; i < many; i++) {
    watch(&connections[i]);
    if (rate == 0) ask(&connections[i], now());
    else freeOnes[freeCount++] = i;
  }
  while ((time = now()) < end) {
    for (; rate > 0 && freeCount > 0 && start + (double)due / rate <= time; due++, freeCount--) {
      ask(&connections[freeOnes[freeFirst]], start + (double)due / rate);
      freeFirst = (freeFirst + 1) % many;
    }
    int ready = epoll_wait(epoll, events, EVENTS, rate > 0 ? 0 : 100);
    for (int i = 0; i < ready; i++) {
      struct connection *connection = events[i].data.ptr;
      if (!receive(connection)) continue;
      time = now();
      count(connection, time, countFrom);
      if (rate == 0) ask(connection, now());
      else freeOnes[(freeFirst + freeCount++) % many] = (int)(connection - connections);
    }
  }
  printf("{\"requests\":%llu,\"requestsPerSecond\":%.1f", (unsigned long long)answered,
         (double)counted / (time - countFrom));
}

static void printPercentile(const char *name, double part) {
  uint64_t samples = counted / (uint64_t)depth, before = 0;
  size_t at = 0;
  while (at < MOST_MICROSECONDS - 1 && (double)(before + latencies[at]) < part * (double)samples)
    before += latencies[at++];
  printf(",\"%s\":%zu", name, at);
}

int main(int argc, char **argv) {
  if (argc != 7) return 2;
  address = (struct sockaddr_in){.sin_family = AF_INET,
                                 .sin_port = htons((unsigned short)atoi(argv[1])),
                                 .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int many = atoi(argv[3]);
  depth = atoi(argv[4]);
  requestBytes =
      (size_t)snprintf(requests, BUFFER, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n\r\n", argv[2], argv[1]);
  if (many < 1 || many > MOST || depth < 1 || requestBytes * (size_t)depth > BUFFER) return 2;
  for (int i = 1; i < depth; i++) memcpy(requests + (size_t)i * requestBytes, requests, requestBytes);
  learn();
  batchBytes = responseBytes * (size_t)depth;
  epoll = epoll_create1(0);
  run(many, atof(argv[5]), atof(argv[6]));
  printPercentile("p50", 0.5);
  printPercentile("p90", 0.9);
  printPercentile("p99", 0.99);
  printf("}\n");
}
