// SPDX-License-Identifier: Apache-2.0
/* The Services that are dialled, and who may answer for them. */
#include <arpa/inet.h>

#include "crowd.h"
#include "random.h"

struct service services[SERVICES];

void service_set(int number, const char *address, int brief, int datagram, int stream)
{
	struct service *service = &services[number];
	struct sockaddr_in to = {.sin_family = AF_INET};

	inet_pton(AF_INET, address, &to.sin_addr);
	service->brief = service->datagram = service->stream = to;
	service->brief.sin_port = htons(brief);
	service->datagram.sin_port = htons(datagram);
	service->stream.sin_port = htons(stream);
}

void service_allow(int number, uint32_t tcp, uint32_t udp, uint32_t sure)
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
		for (struct client *one = clients[kind].next; one != &clients[kind];
		     one = one->next) {
			if (one->service == number)
				one->allowed |= allowed_now(one);
		}
	}
}

struct sockaddr_in *service_address(int service, enum kind kind)
{
	struct service *found = &services[service];

	return kind == BRIEF ? &found->brief : kind == STREAM ? &found->stream : &found->datagram;
}

/* Connections go to Services that stay for the most part: those have streams. */
int service_at_random(enum kind kind)
{
	if (kind == BRIEF && random_below(8))
		kind = STREAM;
	for (int i = 0; i < 1000; i++) {
		int service = random_below(SERVICES);

		if (service_address(service, kind)->sin_port)
			return service;
	}
	return -1;
}

uint32_t allowed_now(const struct client *client)
{
	const struct service *service = &services[client->service];

	return client->kind <= STREAM ? service->tcp : service->udp;
}

/* Whether the socket may have lost its backend: one that was not sure at some time since it was
 * opened. */
bool may_end(const struct client *client)
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
