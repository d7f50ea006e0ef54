// SPDX-License-Identifier: Apache-2.0
/* How clients begin and end. */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crowd.h"
#include "random.h"

#define LIFE_MS 4000

struct client clients[KINDS];
int open_clients[KINDS];

void clients_init(void)
{
	for (enum kind kind = BRIEF; kind < KINDS; kind++)
		clients[kind].next = clients[kind].previous = &clients[kind];
}

void client_end(struct client *client)
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

void client_end_with(struct client *client, int err)
{
	enum failure what = failure_of(err);

	if (client->kind != STREAM && client->allowed & NOBODY &&
	    (what == REFUSED || what == UNREACHABLE))
		tally.none_as_allowed++;
	else if (client->kind >= CONNECTED && may_end(client))
		tally.ended_as_allowed++;
	else
		count_failure(client, what, err);
	client_end(client);
}

void client_open(enum kind kind)
{
	int service = service_at_random(kind);
	struct client *client, *list = &clients[kind];
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
		tally.connections++;
		client->is_orderly = wanted.orderly && !random_below(wanted.orderly);
	}

	event.data.ptr = client;
	if (client->fd < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event))
		client_end_with(client, errno);
	else if (kind != UNCONNECTED &&
		 connect(client->fd, (struct sockaddr *)service_address(service, kind),
			 sizeof(struct sockaddr_in)) &&
		 errno != EINPROGRESS)
		client_end_with(client, errno);
}
