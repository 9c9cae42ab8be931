/*
 * Time from exec to the first byte of the first response, in microseconds, on standard output. In C,
 * because starting a process from Node takes longer than some of the servers need to answer.
 *
 *     first-response PORT COMMAND [ARGUMENT…]
 *
 * Connections are refused until the server listens; it is asked again at once. The server is ended
 * with SIGKILL to its process group.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The server has the first core, we the second. */
static void runOn(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  sched_setaffinity(0, sizeof set, &set);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((unsigned short)atoi(argv[1])),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
  char request[128], response[65536];
  int length = snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n\r\n", argv[1]);

  runOn(1);
  double start = now();
  pid_t server = fork();
  if (server == 0) {
    setpgid(0, 0);
    runOn(0);
    int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, 0), dup2(nowhere, 1), dup2(nowhere, 2);
    execvp(argv[2], argv + 2);
    _exit(127);
  }
  double elapsed = -1;
  while (elapsed < 0 && now() - start < 10e6) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct timeval patience = {.tv_sec = 2};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 && write(fd, request, (size_t)length) == length &&
        read(fd, response, sizeof response) > 12 && memcmp(response, "HTTP/1.", 7) == 0)
      elapsed = now() - start;
    close(fd);
  }
  kill(-server, SIGKILL);
  kill(server, SIGKILL);
  waitpid(server, 0, 0);
  if (elapsed < 0) return 1;
  printf("%.0f\n", elapsed);
}
