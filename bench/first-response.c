/*
 * Time from exec to the first byte of the first response, in microseconds, on standard output. In C,
 * because starting a process from Node takes longer than some of the servers need to answer.
 *
 *     first-response PORT COMMAND [ARGUMENT…]
 *
 * The child notes the time as its last act before exec, on the server's core and in memory that both
 * share: forking and moving to that core are not the server's work. Connections are refused until the
 * server listens; it is asked again at once, which takes a few microseconds. We never sleep: on an idle machine it
 * can take longer to be woken up than the server took to answer. At the end the connection is reset, so that nothing of it is left,
 * and the server's process group is killed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
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

/* In microseconds. */
static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static pid_t start(char **command, volatile double *execTime) {
  pid_t server = fork();
  if (server != 0) return server;
  setpgid(0, 0);
  runOn(0);
  int nowhere = open("/dev/null", O_RDWR);
  dup2(nowhere, 0), dup2(nowhere, 1), dup2(nowhere, 2);
  *execTime = now();
  execvp(command[0], command);
  _exit(127);
}

/* As recv(2), waiting up to two seconds without sleeping. */
static ssize_t await(int fd, char *response, size_t size) {
  double patience = now() + 2e6;
  ssize_t got;
  do got = recv(fd, response, size, MSG_DONTWAIT);
  while (got < 0 && errno == EAGAIN && now() < patience);
  return got;
}

/* Whether the server answered; it has not as long as it refuses connections. */
static int answers(const struct sockaddr_in *address, const char *request, size_t length) {
  char response[65536];
  struct linger reset = {.l_onoff = 1};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  int answered = 0;
  if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0) {
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    answered = write(fd, request, length) == (ssize_t)length && await(fd, response, sizeof response) > 12 &&
               memcmp(response, "HTTP/1.", 7) == 0;
  }
  close(fd);
  return answered;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((unsigned short)atoi(argv[1])),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
  char request[128];
  int length = snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n\r\n", argv[1]);
  double *execTime = mmap(0, sizeof *execTime, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (execTime == MAP_FAILED) return 1;

  runOn(1);
  double patience = now() + 10e6, elapsed = -1;
  pid_t server = start(argv + 2, execTime);
  while (elapsed < 0 && now() < patience)
    if (answers(&address, request, (size_t)length)) elapsed = now() - *execTime;
  kill(-server, SIGKILL);
  kill(server, SIGKILL);
  waitpid(server, 0, 0);
  if (elapsed < 0) return 1;
  printf("%.0f\n", elapsed);
}
