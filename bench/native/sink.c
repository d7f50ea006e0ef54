// SPDX-License-Identifier: Apache-2.0
/* The server of the measurements: accepts connections, and closes each when its client is gone.
 *
 * usage: sink CPU PORT...
 *
 * Runs on that CPU alone, says "listening" when it does, and ends with its standard input.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG	  4096
#define EVENTS	  64
#define LISTENING (1ULL << 32)

static int fail(const char *call)
{
	perror(call);
	return -1;
}

static int watch(int epoll, int fd, uint64_t mark)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.u64 = mark | fd};

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) ? fail("epoll_ctl") : 0;
}

static int listen_on(int epoll, int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return fail("socket");
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return fail("bind");
	if (listen(fd, BACKLOG))
		return fail("listen");
	return watch(epoll, fd, LISTENING);
}

static void accept_all(int epoll, int listener)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		if (watch(epoll, fd, 0))
			close(fd);
	}
}

static int serve(int epoll)
{
	struct epoll_event events[EVENTS];

	for (;;) {
		int count = epoll_wait(epoll, events, EVENTS, -1);

		for (int i = 0; i < count; i++) {
			int fd = (int)events[i].data.u64;

			if (fd == STDIN_FILENO)
				return 0;
			if (events[i].data.u64 & LISTENING)
				accept_all(epoll, fd);
			else
				close(fd);
		}
	}
}

int main(int argc, char **argv)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	cpu_set_t cpus;

	if (argc < 3) {
		fprintf(stderr, "usage: sink CPU PORT...\n");
		return 2;
	}
	CPU_ZERO(&cpus);
	CPU_SET(atoi(argv[1]), &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus) || watch(epoll, STDIN_FILENO, 0))
		return 1;
	for (int i = 2; i < argc; i++) {
		if (listen_on(epoll, atoi(argv[i])))
			return 1;
	}
	printf("listening\n");
	fflush(stdout);
	return serve(epoll);
}
