// SPDX-License-Identifier: Apache-2.0
/* What clients hear, and whether it is right. */
#include <errno.h>
#include <sys/socket.h>

#include "crowd.h"
#include "stream.h"

#define RETRIED_MS 900	/* what took so long needed its first packet twice */
#define STALE_MS   3000 /* so long what flows and sockets have may end after it is not allowed */

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
	count_failure(client, WRONG_BACKEND, 0);
}

static void read_brief(struct client *client)
{
	uint8_t backend;
	ssize_t size = recv(client->fd, &backend, 1, 0);

	if (size < 0 && errno == EAGAIN)
		return;
	if (size <= 0) {
		client_end_with(client, size ? errno : ECONNRESET);
		return;
	}
	check_backend(client, backend);
	if (now - client->opened > tally.slowest)
		tally.slowest = now - client->opened;
	tally.retried += now - client->opened >= RETRIED_MS;
	client_end(client);
}

static bool check_bytes(struct client *client, const uint8_t *data, ssize_t size)
{
	if (client->backend < 0) {
		check_backend(client, *data++);
		size--;
		tally.transfers++;
	}
	for (ssize_t i = 0; i < size; i++) {
		if (data[i] != stream_byte(client->place++))
			return false;
	}
	tally.bytes += size;
	return true;
}

static void read_stream(struct client *client)
{
	uint8_t data[65536];
	ssize_t size = recv(client->fd, data, sizeof(data), 0);

	if (size < 0 && errno == EAGAIN)
		return;
	if (size <= 0) {
		client_end_with(client, size ? errno : ECONNRESET);
		return;
	}
	if (now - client->heard > tally.longest_gap)
		tally.longest_gap = now - client->heard;
	client->heard = now;
	if (!check_bytes(client, data, size)) {
		count_failure(client, CORRUPT, 0);
		client_end(client);
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
		tally.answers++;
		check_backend(client, answer.backend);
		if (!is_from_service(client, &from))
			count_failure(client, WRONG_SOURCE, 0);
	}
	if (errno != EAGAIN)
		client_end_with(client, errno);
}

void client_hear(struct client *client)
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
