// SPDX-License-Identifier: Apache-2.0
/* What came of the clients. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "crowd.h"

#define FAILURES_MAX 12

struct tally tally;
static uint64_t failed[KINDS][FAILURES];
static int said;

static const char *const kinds[] = {"connection", "transfer", "connected", "unconnected"};

static const char *const failures[] = {
	"refused",	 "reset",	 "unreachable", "timeout",
	"wrong_backend", "wrong_source", "corrupt",	"other",
};

void count_failure(const struct client *client, enum failure what, int err)
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

enum failure failure_of(int err)
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

void report(void)
{
	printf("report connections=%llu none_as_allowed=%llu slowest_ms=%llu retried=%llu "
	       "transfers=%llu open_transfers=%d bytes=%llu longest_gap_ms=%llu "
	       "questions=%llu answers=%llu unanswered=%llu ended_as_allowed=%llu",
	       (unsigned long long)tally.connections, (unsigned long long)tally.none_as_allowed,
	       (unsigned long long)tally.slowest, (unsigned long long)tally.retried,
	       (unsigned long long)tally.transfers, open_clients[STREAM],
	       (unsigned long long)tally.bytes, (unsigned long long)tally.longest_gap,
	       (unsigned long long)tally.questions, (unsigned long long)tally.answers,
	       (unsigned long long)tally.unanswered, (unsigned long long)tally.ended_as_allowed);
	for (enum kind kind = BRIEF; kind < KINDS; kind++) {
		for (enum failure what = REFUSED; what < FAILURES; what++)
			printf(" %s:%s=%llu", kinds[kind], failures[what],
			       (unsigned long long)failed[kind][what]);
	}
	printf("\n");
}
