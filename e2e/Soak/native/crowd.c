// SPDX-License-Identifier: Apache-2.0
/* The clients of the soak, in one thread: each knows which backends its Service may give it.
 *
 * usage: crowd CONNECTIONS-PER-SECOND DATAGRAM-SOCKETS TRANSFERS ORDERLY
 *
 * Of ORDERLY connections one ends with all ceremony, and the others with a reset (0: all of them).
 * Takes commands on standard input, one a line, and answers each:
 *
 *	service NUMBER ADDRESS BRIEF DATAGRAM STREAM
 *			it is dialled there, at these ports (0: none)
 *	allow NUMBER TCP UDP SURE
 *			from now on these backends may answer: sets of bits, of which the last says
 *			that there may be none. SURE ones answer for certain: a socket that has one
 *			is not to fail
 *	start		begin
 *	report		what came of it until now
 *	stop		close all, and report
 *
 * What was allowed when a connection began, or at any time since, is right for it. Each failure is
 * one line on standard error, the first of them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "clock.h"
#include "crowd.h"

#define EVENTS 256

struct wanted wanted;
int epoll;
uint64_t now;
static int timer;
static bool running;

uint64_t now_ms(void)
{
	return now_ns() / 1000000;
}

static void stop(void)
{
	running = false;
	for (enum kind kind = BRIEF; kind < KINDS; kind++) {
		while (clients[kind].next != &clients[kind])
			client_end(clients[kind].next);
	}
}

static void obey(const char *line)
{
	unsigned int number, brief, datagram, stream, tcp, udp, sure;
	char address[INET_ADDRSTRLEN];

	if (sscanf(line, "service %u %15s %u %u %u", &number, address, &brief, &datagram,
		   &stream) == 5 &&
	    number < SERVICES) {
		service_set(number, address, brief, datagram, stream);
		printf("ok\n");
	} else if (sscanf(line, "allow %u %x %x %x", &number, &tcp, &udp, &sure) == 4 &&
		   number < SERVICES) {
		service_allow(number, tcp, udp, sure);
		printf("ok\n");
	} else if (!strcmp(line, "start\n")) {
		running = true;
		printf("ok\n");
	} else if (!strcmp(line, "report\n")) {
		report();
	} else if (!strcmp(line, "stop\n")) {
		stop();
		report();
	} else {
		printf("error not a command: %s", line);
	}
}

/* False at the end of the input. Commands are short and answered one by one, so a line comes whole.
 */
static bool read_commands(void)
{
	static char line[4096];
	ssize_t size = read(STDIN_FILENO, line, sizeof(line) - 1);
	char *start = line, *after;

	if (size <= 0)
		return false;
	line[size] = 0;
	while ((after = strchr(start, '\n'))) {
		char rest = after[1];

		after[1] = 0;
		obey(start);
		after[1] = rest;
		start = after + 1;
	}
	return true;
}

static void tick(void)
{
	uint64_t ticks;

	if (read(timer, &ticks, sizeof(ticks)) == sizeof(ticks) && running)
		clients_tick(ticks);
}

/* Sockets are heard before the ticks that would find them late, and before what changes what is
 * allowed. */
static int run(void)
{
	struct epoll_event events[EVENTS];

	for (;;) {
		int count = epoll_wait(epoll, events, EVENTS, -1);
		bool ticks = false, commands = false;

		now = now_ms();
		for (int i = 0; i < count; i++) {
			if (events[i].data.ptr == &timer)
				ticks = true;
			else if (events[i].data.ptr == &epoll)
				commands = true;
			else
				client_hear(events[i].data.ptr);
		}
		if (ticks)
			tick();
		if (commands && !read_commands())
			return 0;
	}
}

int main(int argc, char **argv)
{
	const struct timespec period = {.tv_nsec = TICK_MS * 1000000};
	const struct itimerspec times = {.it_interval = period, .it_value = period};
	struct epoll_event on_input = {.events = EPOLLIN, .data.ptr = &epoll};
	struct epoll_event on_tick = {.events = EPOLLIN, .data.ptr = &timer};

	if (argc != 5) {
		fprintf(stderr,
			"usage: crowd CONNECTIONS-PER-SECOND DATAGRAM-SOCKETS TRANSFERS ORDERLY\n");
		return 2;
	}
	wanted.per_second = atoi(argv[1]);
	wanted.open[CONNECTED] = atoi(argv[2]) / 2;
	wanted.open[UNCONNECTED] = atoi(argv[2]) - wanted.open[CONNECTED];
	wanted.open[STREAM] = atoi(argv[3]);
	wanted.orderly = atoi(argv[4]);
	clients_init();

	epoll = epoll_create1(EPOLL_CLOEXEC);
	timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (timerfd_settime(timer, 0, &times, NULL) ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &on_input) ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &on_tick)) {
		perror("epoll");
		return 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("ready\n");
	return run();
}
