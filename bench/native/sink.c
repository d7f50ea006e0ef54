// SPDX-License-Identifier: Apache-2.0
/* The server of the measurements: accepts connections, and closes each when its client is gone.
 *
 * usage: sink CPU PORT...
 *
 * Runs on that CPU alone, says "listening" when it does, and ends with its standard input.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <unistd.h>

#include "processor.h"
#include "server.h"

enum role { INPUT, LISTENER, CONNECTION };

static void accept_all(int epoll, int listener)
{
	int fd;

	while ((fd = accept_next(listener)) >= 0) {
		if (watch(epoll, fd, CONNECTION))
			close(fd);
	}
}

static bool hear(int epoll, int fd, uint32_t role)
{
	if (role == LISTENER)
		accept_all(epoll, fd);
	else if (role == CONNECTION)
		close(fd);
	return role != INPUT;
}

int main(int argc, char **argv)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	if (argc < 3) {
		fprintf(stderr, "usage: sink CPU PORT...\n");
		return 2;
	}
	if (run_on(atoi(argv[1])) || watch(epoll, STDIN_FILENO, INPUT))
		return 1;
	for (int i = 2; i < argc; i++) {
		if (listen_on(epoll, SOCK_STREAM, atoi(argv[i]), LISTENER))
			return 1;
	}
	printf("listening\n");
	fflush(stdout);
	serve(epoll, hear);
	return 0;
}
