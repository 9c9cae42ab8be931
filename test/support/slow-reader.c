/*
 * A client that is slow to read: it takes responses in small segments through the smallest buffer that the kernel gives, so that
 * a server's writes are blocked again and again, at places that nobody chose. Node sets neither of the two.
 *
 *     slow-reader PORT READ PAUSE < requests > responses
 *
 * READ bytes are taken at a time, with PAUSE microseconds between. It ends when the server closes.
 */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static char requests[1 << 20], piece[1 << 16];

int main(int count, char **words)
{
	if (count != 4)
		return 2;
	size_t total = fread(requests, 1, sizeof requests, stdin), sent = 0;
	size_t most = strtoul(words[2], NULL, 10);
	useconds_t pause = strtoul(words[3], NULL, 10);
	int client = socket(AF_INET, SOCK_STREAM, 0), segment = 536, buffer = 1;
	/* Both are agreed on when the connection is made. */
	setsockopt(client, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
	setsockopt(client, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(strtoul(words[1], NULL, 10)),
		.sin_addr = {htonl(INADDR_LOOPBACK)},
	};
	if (connect(client, (struct sockaddr *)&address, sizeof address) != 0)
		return 1;
	for (;;) {
		struct pollfd wanted = {client, POLLIN | (sent < total ? POLLOUT : 0), 0};
		poll(&wanted, 1, -1);
		if (wanted.revents & POLLOUT) {
			ssize_t done = send(client, requests + sent, total - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
			if (done > 0)
				sent += done;
			if (sent == total)
				shutdown(client, SHUT_WR);
		}
		if (wanted.revents & (POLLIN | POLLHUP | POLLERR)) {
			ssize_t got = recv(client, piece, most < sizeof piece ? most : sizeof piece, 0);
			if (got <= 0)
				return got < 0;
			fwrite(piece, 1, got, stdout);
			if (pause != 0)
				usleep(pause);
		}
	}
}
