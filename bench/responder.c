/*
 * The do-nothing responder: the physical limit that the benchmark compares with. It reads, and for
 * every REQUEST_BYTES that came it writes the same prebuilt response. It never looks at a byte of
 * what it read, has no time limits and no errors to answer. Of the system calls for this it makes those
 * that cost least: edge-triggered events, `recv` and `send`. No real server can be faster on this kernel.
 *
 *     responder PORT REQUEST_BYTES FILE
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 64, DESCRIPTORS = 65536, EVENTS = 256 };

static unsigned short pending[DESCRIPTORS]; /* bytes of a request that has not come whole */
static char received[65536];

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  size_t request = strtoul(argv[2], 0, 10);

  FILE *file = fopen(argv[3], "rb");
  if (!file) return 1;
  static char body[1 << 20];
  size_t bodyBytes = fread(body, 1, sizeof body, file);
  char head[512];
  size_t headBytes = (size_t)snprintf(head, sizeof head,
                                      "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
                                      "Content-Type: text/html; charset=utf-8\r\nETag: \"0123456789abcdef\"\r\n"
                                      "Content-Length: %zu\r\n\r\n",
                                      bodyBytes);
  size_t response = headBytes + bodyBytes;
  char *responses = malloc(response * BATCH);
  for (int i = 0; i < BATCH; i++) {
    memcpy(responses + i * response, head, headBytes);
    memcpy(responses + i * response + headBytes, body, bodyBytes);
  }

  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  int one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((unsigned short)atoi(argv[1])),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) return 1;

  int epoll = epoll_create1(0);
  struct epoll_event add = {.events = EPOLLIN, .data.fd = listener}, events[EVENTS];
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &add);
  for (;;) {
    int count = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        int client = accept4(listener, 0, 0, SOCK_NONBLOCK);
        if (client < 0 || client >= DESCRIPTORS) continue;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        pending[client] = 0;
        struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.fd = client};
        epoll_ctl(epoll, EPOLL_CTL_ADD, client, &event);
        continue;
      }
      /* More than a peer sends at once, so nothing is left for which no event would come. */
      ssize_t got = recv(fd, received, sizeof received, 0);
      if (got <= 0) {
        close(fd);
        continue;
      }
      size_t bytes = pending[fd] + (size_t)got, requests = bytes / request;
      pending[fd] = (unsigned short)(bytes % request);
      for (; requests > 0; requests -= requests < BATCH ? requests : BATCH) {
        size_t length = response * (requests < BATCH ? requests : BATCH);
        if (send(fd, responses, length, 0) != (ssize_t)length) {
          close(fd);
          break;
        }
      }
    }
  }
}
