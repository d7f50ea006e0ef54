// SPDX-License-Identifier: Apache-2.0
/* What clients do by themselves: they ask, give up, and are replaced. */
#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>

#include "crowd.h"

#define BRIEF_MS   5000	 /* a connection that takes longer has failed */
#define STALLED_MS 10000 /* so long without a byte is the end of a transfer */
#define ASK_MS	   100
#define SILENT_MS  1500 /* so long without an answer, to questions every ASK_MS, is a failure */

static void ask(struct client *client)
{
	tally.unanswered += client->waits;
	if (client->kind == UNCONNECTED) {
		client->service = service_at_random(UNCONNECTED);
		client->backend = -1;
	}
	client->question++;
	client->asked = now;
	client->waits = true;
	client->allowed = allowed_now(client);
	tally.questions++;
	if (sendto(client->fd, &client->question, sizeof(client->question), 0,
		   client->kind == UNCONNECTED
			   ? (struct sockaddr *)service_address(client->service, UNCONNECTED)
			   : NULL,
		   client->kind == UNCONNECTED ? sizeof(struct sockaddr_in) : 0) < 0 &&
	    errno != EAGAIN)
		client_end_with(client, errno);
}

static void tend_datagrams(enum kind kind)
{
	struct client *next;

	for (struct client *client = clients[kind].next; client != &clients[kind]; client = next) {
		next = client->next;
		if (now - client->asked < ASK_MS)
			continue;
		if (client->waits && now - client->heard > SILENT_MS) {
			client_end_with(client, ETIMEDOUT);
		} else if (now > client->until && !client->waits) {
			client_end(client);
		} else {
			ask(client);
		}
	}
}

static void end_late(enum kind kind, uint64_t patience)
{
	struct client *next;

	for (struct client *client = clients[kind].next; client != &clients[kind]; client = next) {
		next = client->next;
		if (now - client->heard > patience)
			client_end_with(client, ETIMEDOUT);
	}
}

/* What was owed while this process did not run is not made up for but a little. */
void clients_tick(uint64_t ticks)
{
	static double owed;

	end_late(BRIEF, BRIEF_MS);
	end_late(STREAM, STALLED_MS);
	tend_datagrams(CONNECTED);
	tend_datagrams(UNCONNECTED);
	owed += wanted.per_second * (ticks > 10 ? 10 : ticks) * (TICK_MS / 1000.0);
	for (; owed >= 1; owed--)
		client_open(BRIEF);
	for (enum kind kind = STREAM; kind < KINDS; kind++) {
		for (int i = 0; i < 10 && open_clients[kind] < wanted.open[kind]; i++)
			client_open(kind);
	}
}
