/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CROWD_H
#define CROWD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define TICK_MS	 10
#define SERVICES 32
#define BACKENDS 31
#define NOBODY	 (1u << 31)

enum kind { BRIEF, STREAM, CONNECTED, UNCONNECTED, KINDS };

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

/* What is asked for: what crowd.c says. */
struct wanted {
	int per_second, orderly, open[KINDS];
};

struct tally {
	uint64_t connections, none_as_allowed, questions, answers, unanswered, ended_as_allowed;
	uint64_t bytes, transfers, longest_gap, slowest, retried;
};

extern struct wanted wanted;
extern struct tally tally;
extern int epoll;
extern uint64_t now; /* in milliseconds */

uint64_t now_ms(void);

/* services.c: what is dialled, and who may answer there. */
extern struct service services[SERVICES];

void service_set(int number, const char *address, int brief, int datagram, int stream);
void service_allow(int number, uint32_t tcp, uint32_t udp, uint32_t sure);
struct sockaddr_in *service_address(int service, enum kind kind);
int service_at_random(enum kind kind);
uint32_t allowed_now(const struct client *client);
bool may_end(const struct client *client);

/* clients.c: how they begin and end. */
extern struct client clients[KINDS]; /* heads of lists; the oldest are first */
extern int open_clients[KINDS];

void clients_init(void);
void client_open(enum kind kind);
void client_end(struct client *client);
void client_end_with(struct client *client, int err);

/* heard.c: what they hear, and whether it is right. */
void client_hear(struct client *client);

/* pace.c: what they do by themselves, so many times TICK_MS after the last time. */
void clients_tick(uint64_t ticks);

/* tally.c: what came of it. */
void count_failure(const struct client *client, enum failure what, int err);
enum failure failure_of(int err);
void report(void);

#endif
