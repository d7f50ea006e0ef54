/* SPDX-License-Identifier: Apache-2.0 */
/* What servers share: each has one epoll, and says on standard error which call failed. */
#ifndef SERVER_H
#define SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define BACKLOG 4096
#define EVENTS	256

static inline int fail(const char *call)
{
	perror(call);
	return -1;
}

/* What its events are to be taken for comes back with them. */
static inline int watch(int epoll, int fd, uint32_t role)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP,
				    .data.u64 = (uint64_t)role << 32 | fd};

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) ? fail("epoll_ctl") : 0;
}

static inline int listen_on(int epoll, int type, int port, uint32_t role)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return fail("socket");
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return fail("bind");
	if (type == SOCK_STREAM && listen(fd, BACKLOG))
		return fail("listen");
	return watch(epoll, fd, role);
}

/* The next connection of a listener; negative where there is none. */
static inline int accept_next(int listener)
{
	return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/* Hands on what there is to hear, until HEAR says that it was the last. */
static inline void serve(int epoll, bool (*hear)(int epoll, int fd, uint32_t role))
{
	struct epoll_event events[EVENTS];

	for (;;) {
		int count = epoll_wait(epoll, events, EVENTS, -1);

		for (int i = 0; i < count; i++) {
			if (!hear(epoll, (int)events[i].data.u64, events[i].data.u64 >> 32))
				return;
		}
	}
}

#endif
