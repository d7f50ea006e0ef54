// SPDX-License-Identifier: Apache-2.0
/* The clients of the soak, in one thread: each knows which backends its Service may give it.
 *
 * usage: crowd CONNECTIONS-PER-SECOND DATAGRAM-SOCKETS TRANSFERS ORDERLY
 *
 * Of ORDERLY connections one ends with all ceremony, and the others with a reset (0: all of them).
 * Takes commands on standard input, one a line, and answers each:
 *
 *	service NUMBER ADDRESS BRIEF DATAGRAM STREAM	it is dialled there, at these ports (0:
 *none) allow NUMBER TCP UDP SURE	from now on these backends may answer: sets of bits, of
 *which the last says that there may be none. SURE ones answer for certain: a socket that has one is
 *not to fail start		begin report		what came of it until now stop
 *close all, and report
 *
 * What was allowed when a connection began, or at any time since, is right for it. Each failure is
 * one line on standard error, the first of them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "stream.h"

#define SERVICES     32
#define BACKENDS     31
#define NOBODY	     (1u << 31)
#define EVENTS	     256
#define TICK_MS	     10
#define BRIEF_MS     5000  /* a connection that takes longer has failed */
#define RETRIED_MS   900   /* and one that took so long needed its first packet twice */
#define STALLED_MS   10000 /* so long without a byte is the end of a transfer */
#define ASK_MS	     100
#define SILENT_MS    1500 /* so long without an answer, to questions every ASK_MS, is a failure */
#define STALE_MS     3000 /* so long what flows and sockets have may end after it is not allowed */
#define LIFE_MS	     4000
#define FAILURES_MAX 12

enum kind { BRIEF, STREAM, CONNECTED, UNCONNECTED, KINDS };

static const char *const kinds[] = {"connection", "transfer", "connected", "unconnected"};

enum failure {
	REFUSED,
	RESET,
	UNREACHABLE,
	TIMEOUT,
	WRONG_BACKEND,
	WRONG_SOURCE,
	CORRUPT,
	OTHER,
	FAILURES,
};

static const char *const failures[] = {
	"refused",	 "reset",	 "unreachable", "timeout",
	"wrong_backend", "wrong_source", "corrupt",	"other",
};

struct service {
	struct sockaddr_in brief, datagram, stream;
	uint32_t tcp, udp, sure;
	uint64_t unsure[BACKENDS], allowed[BACKENDS]; /* when they were so last */
};

struct client {
	struct client *previous, *next;
	int fd;
	enum kind kind;
	int service, backend; /* -1: not known yet */
	uint32_t allowed;
	uint64_t opened, heard, asked, until, place;
	uint32_t question;
	bool waits, is_orderly;
};

static struct service services[SERVICES];
static struct client lists[KINDS]; /* their heads; the oldest are first */
static int open_clients[KINDS], wanted[KINDS];
static uint64_t failed[KINDS][FAILURES];
static uint64_t connections, none_as_allowed, questions, answers, unanswered, ended_as_allowed;
static uint64_t bytes, transfers, longest_gap, slowest, retried, now;
static int epoll, timer, said, per_second, orderly;
static bool running;
static double owed;

static uint64_t now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static uint32_t random_below(uint32_t bound)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return ((state >> 32) * bound) >> 32;
}

static struct sockaddr_in *address_of(int service, enum kind kind)
{
	struct service *found = &services[service];

	return kind == BRIEF ? &found->brief : kind == STREAM ? &found->stream : &found->datagram;
}

/* Connections go to Services that stay for the most part: those have streams. */
static int random_service(enum kind kind)
{
	if (kind == BRIEF && random_below(8))
		kind = STREAM;
	for (int i = 0; i < 1000; i++) {
		int service = random_below(SERVICES);

		if (address_of(service, kind)->sin_port)
			return service;
	}
	return -1;
}

static uint32_t allowed_now(const struct client *client)
{
	const struct service *service = &services[client->service];

	return client->kind <= STREAM ? service->tcp : service->udp;
}

static void fail(const struct client *client, enum failure what, int err)
{
	failed[client->kind][what]++;
	if (said++ < FAILURES_MAX)
		fprintf(stderr,
			"%llu: %s to service %d: %s %s, backend %d, allowed %08x, now %08x, "
			"after %llu ms\n",
			(unsigned long long)now, kinds[client->kind], client->service,
			failures[what], err ? strerror(err) : "", client->backend, client->allowed,
			allowed_now(client), (unsigned long long)(now - client->opened));
}

static enum failure failure_of(int err)
{
	switch (err) {
	case ECONNREFUSED:
		return REFUSED;
	case ECONNRESET:
	case EPIPE:
		return RESET;
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EACCES:
	case EPERM:
		return UNREACHABLE;
	case ETIMEDOUT:
		return TIMEOUT;
	default:
		return OTHER;
	}
}

static void end(struct client *client)
{
	/* No lingering: a reset, and nothing stays behind. */
	const struct linger reset = {.l_onoff = 1};

	if (client->kind == STREAM || (client->kind == BRIEF && !client->is_orderly))
		setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(client->fd);
	client->previous->next = client->next;
	client->next->previous = client->previous;
	open_clients[client->kind]--;
	free(client);
}

/* Whether the socket may have lost its backend: one that was not sure at some time since it was
 * opened. */
static bool may_end(const struct client *client)
{
	const struct service *service = &services[client->service];

	for (int i = 0; i < BACKENDS; i++) {
		bool is_unsure = !(service->sure & 1u << i) || service->unsure[i] >= client->opened;

		if (i == client->backend || (client->backend < 0 && client->allowed & 1u << i)) {
			if (is_unsure)
				return true;
		}
	}
	return false;
}

static void end_with(struct client *client, int err)
{
	enum failure what = failure_of(err);

	if (client->kind != STREAM && client->allowed & NOBODY &&
	    (what == REFUSED || what == UNREACHABLE))
		none_as_allowed++;
	else if (client->kind >= CONNECTED && may_end(client))
		ended_as_allowed++;
	else
		fail(client, what, err);
	end(client);
}

static void check_backend(struct client *client, int backend)
{
	struct service *service = &services[client->service];
	uint32_t bit = 1u << backend;

	client->backend = backend;
	if (client->allowed & bit)
		return;
	if (client->kind >= CONNECTED && service->allowed[backend] &&
	    now - service->allowed[backend] < STALE_MS)
		return;
	fail(client, WRONG_BACKEND, 0);
}

static void open_client(enum kind kind)
{
	int service = random_service(kind);
	struct client *client, *list = &lists[kind];
	struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP};

	if (service < 0 || !(client = calloc(1, sizeof(*client))))
		return;
	client->kind = kind;
	client->service = service;
	client->backend = -1;
	client->opened = client->heard = now = now_ms();
	client->until = now + LIFE_MS + random_below(LIFE_MS);
	client->allowed = allowed_now(client);
	client->fd = socket(
		AF_INET, (kind <= STREAM ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC,
		0);
	client->next = list;
	client->previous = list->previous;
	list->previous = list->previous->next = client;
	open_clients[kind]++;
	if (kind == BRIEF) {
		connections++;
		client->is_orderly = orderly && !random_below(orderly);
	}

	event.data.ptr = client;
	if (client->fd < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event))
		end_with(client, errno);
	else if (kind != UNCONNECTED &&
		 connect(client->fd, (struct sockaddr *)address_of(service, kind),
			 sizeof(struct sockaddr_in)) &&
		 errno != EINPROGRESS)
		end_with(client, errno);
}

static void read_brief(struct client *client)
{
	uint8_t backend;
	ssize_t size = recv(client->fd, &backend, 1, 0);

	if (size < 0 && errno == EAGAIN)
		return;
	if (size <= 0) {
		end_with(client, size ? errno : ECONNRESET);
		return;
	}
	check_backend(client, backend);
	if (now - client->opened > slowest)
		slowest = now - client->opened;
	retried += now - client->opened >= RETRIED_MS;
	end(client);
}

static bool check_bytes(struct client *client, const uint8_t *data, ssize_t size)
{
	if (client->backend < 0) {
		check_backend(client, *data++);
		size--;
		transfers++;
	}
	for (ssize_t i = 0; i < size; i++) {
		if (data[i] != stream_byte(client->place++))
			return false;
	}
	bytes += size;
	return true;
}

static void read_stream(struct client *client)
{
	uint8_t data[65536];
	ssize_t size = recv(client->fd, data, sizeof(data), 0);

	if (size < 0 && errno == EAGAIN)
		return;
	if (size <= 0) {
		end_with(client, size ? errno : ECONNRESET);
		return;
	}
	if (now - client->heard > longest_gap)
		longest_gap = now - client->heard;
	client->heard = now;
	if (!check_bytes(client, data, size)) {
		fail(client, CORRUPT, 0);
		end(client);
	}
}

static bool is_from_service(const struct client *client, const struct sockaddr_in *from)
{
	const struct sockaddr_in *service = &services[client->service].datagram;

	return from->sin_addr.s_addr == service->sin_addr.s_addr &&
	       from->sin_port == service->sin_port;
}

/* Answers to earlier questions come late, and tell no more than that the backend was there. */
static void read_answers(struct client *client)
{
	struct {
		uint8_t backend;
		uint32_t question;
	} __attribute__((packed)) answer;
	struct sockaddr_in from;
	socklen_t length = sizeof(from);
	ssize_t size;

	while ((size = recvfrom(client->fd, &answer, sizeof(answer), 0, (struct sockaddr *)&from,
				&length)) >= 0) {
		length = sizeof(from);
		if (size != sizeof(answer) || answer.question != client->question || !client->waits)
			continue;
		client->waits = false;
		client->heard = now;
		answers++;
		check_backend(client, answer.backend);
		if (!is_from_service(client, &from))
			fail(client, WRONG_SOURCE, 0);
	}
	if (errno != EAGAIN)
		end_with(client, errno);
}

static void ask(struct client *client)
{
	unanswered += client->waits;
	if (client->kind == UNCONNECTED) {
		client->service = random_service(UNCONNECTED);
		client->backend = -1;
	}
	client->question++;
	client->asked = now;
	client->waits = true;
	client->allowed = allowed_now(client);
	questions++;
	if (sendto(client->fd, &client->question, sizeof(client->question), 0,
		   client->kind == UNCONNECTED
			   ? (struct sockaddr *)address_of(client->service, UNCONNECTED)
			   : NULL,
		   client->kind == UNCONNECTED ? sizeof(struct sockaddr_in) : 0) < 0 &&
	    errno != EAGAIN)
		end_with(client, errno);
}

static void tend_datagrams(enum kind kind)
{
	struct client *next;

	for (struct client *client = lists[kind].next; client != &lists[kind]; client = next) {
		next = client->next;
		if (now - client->asked < ASK_MS)
			continue;
		if (client->waits && now - client->heard > SILENT_MS) {
			end_with(client, ETIMEDOUT);
		} else if (now > client->until && !client->waits) {
			end(client);
		} else {
			ask(client);
		}
	}
}

static void end_late(enum kind kind, uint64_t patience)
{
	struct client *next;

	for (struct client *client = lists[kind].next; client != &lists[kind]; client = next) {
		next = client->next;
		if (now - client->heard > patience)
			end_with(client, ETIMEDOUT);
	}
}

/* What was owed while this process did not run is not made up for but a little. */
static void tick(void)
{
	uint64_t expirations;

	if (read(timer, &expirations, sizeof(expirations)) != sizeof(expirations) || !running)
		return;
	end_late(BRIEF, BRIEF_MS);
	end_late(STREAM, STALLED_MS);
	tend_datagrams(CONNECTED);
	tend_datagrams(UNCONNECTED);
	owed += per_second * (expirations > 10 ? 10 : expirations) * (TICK_MS / 1000.0);
	for (; owed >= 1; owed--)
		open_client(BRIEF);
	for (enum kind kind = STREAM; kind < KINDS; kind++) {
		for (int i = 0; i < 10 && open_clients[kind] < wanted[kind]; i++)
			open_client(kind);
	}
}

static void set_service(int number, const char *address, int brief, int datagram, int stream)
{
	struct service *service = &services[number];
	struct sockaddr_in to = {.sin_family = AF_INET};

	inet_pton(AF_INET, address, &to.sin_addr);
	service->brief = service->datagram = service->stream = to;
	service->brief.sin_port = htons(brief);
	service->datagram.sin_port = htons(datagram);
	service->stream.sin_port = htons(stream);
}

static void allow(int number, uint32_t tcp, uint32_t udp, uint32_t sure)
{
	struct service *service = &services[number];

	for (int i = 0; i < BACKENDS; i++) {
		if (!(service->sure & sure & 1u << i))
			service->unsure[i] = now;
		if (service->udp & 1u << i)
			service->allowed[i] = now;
	}
	service->tcp = tcp;
	service->udp = udp;
	service->sure = sure;
	for (enum kind kind = BRIEF; kind < KINDS; kind++) {
		for (struct client *one = lists[kind].next; one != &lists[kind]; one = one->next) {
			if (one->service == number)
				one->allowed |= allowed_now(one);
		}
	}
}

static void report(void)
{
	printf("report connections=%llu none_as_allowed=%llu slowest_ms=%llu retried=%llu "
	       "transfers=%llu open_transfers=%d bytes=%llu longest_gap_ms=%llu "
	       "questions=%llu answers=%llu unanswered=%llu ended_as_allowed=%llu",
	       (unsigned long long)connections, (unsigned long long)none_as_allowed,
	       (unsigned long long)slowest, (unsigned long long)retried,
	       (unsigned long long)transfers, open_clients[STREAM], (unsigned long long)bytes,
	       (unsigned long long)longest_gap, (unsigned long long)questions,
	       (unsigned long long)answers, (unsigned long long)unanswered,
	       (unsigned long long)ended_as_allowed);
	for (enum kind kind = BRIEF; kind < KINDS; kind++) {
		for (enum failure what = REFUSED; what < FAILURES; what++)
			printf(" %s:%s=%llu", kinds[kind], failures[what],
			       (unsigned long long)failed[kind][what]);
	}
	printf("\n");
}

static void stop(void)
{
	running = false;
	for (enum kind kind = BRIEF; kind < KINDS; kind++) {
		while (lists[kind].next != &lists[kind])
			end(lists[kind].next);
	}
}

static void obey(const char *line)
{
	unsigned int number, brief, datagram, stream, tcp, udp, sure;
	char address[INET_ADDRSTRLEN];

	if (sscanf(line, "service %u %15s %u %u %u", &number, address, &brief, &datagram,
		   &stream) == 5 &&
	    number < SERVICES) {
		set_service(number, address, brief, datagram, stream);
		printf("ok\n");
	} else if (sscanf(line, "allow %u %x %x %x", &number, &tcp, &udp, &sure) == 4 &&
		   number < SERVICES) {
		allow(number, tcp, udp, sure);
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

static void hear(struct client *client)
{
	switch (client->kind) {
	case BRIEF:
		read_brief(client);
		break;
	case STREAM:
		read_stream(client);
		break;
	default:
		read_answers(client);
	}
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
				hear(events[i].data.ptr);
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
	per_second = atoi(argv[1]);
	wanted[CONNECTED] = atoi(argv[2]) / 2;
	wanted[UNCONNECTED] = atoi(argv[2]) - wanted[CONNECTED];
	wanted[STREAM] = atoi(argv[3]);
	orderly = atoi(argv[4]);
	for (enum kind kind = BRIEF; kind < KINDS; kind++)
		lists[kind].next = lists[kind].previous = &lists[kind];

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
