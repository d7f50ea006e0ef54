// SPDX-License-Identifier: Apache-2.0
/* A backend of the soak, which tells everybody its number.
 *
 * usage: answer NUMBER
 *
 * Over TCP its number is one byte: at BRIEF_PORT that alone, then it waits for the client's end; at
 * STREAM_PORT a stream behind it, a piece of it each tenth of a second, without an end. Over UDP it
 * is put before what the client asked. Says "listening" when it does, and ends with its standard
 * input.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "server.h"
#include "stream.h"

#define PIECE	   1024
#define PERIOD_NS  100000000
#define STREAM_MAX 4096

enum role { INPUT, TIMER, BRIEF_LISTENER, STREAM_LISTENER, DATAGRAMS, BRIEF, STREAM };

struct stream {
	int fd;
	uint64_t offset;
};

static struct stream streams[STREAM_MAX];
static int stream_count;
static uint8_t number;

static int tick(int epoll)
{
	const struct timespec period = {.tv_nsec = PERIOD_NS};
	const struct itimerspec times = {.it_interval = period, .it_value = period};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

	if (fd < 0 || timerfd_settime(fd, 0, &times, NULL))
		return fail("timerfd");
	return watch(epoll, fd, TIMER);
}

static void accept_all(int epoll, int listener, enum role role)
{
	int fd;

	while ((fd = accept_next(listener)) >= 0) {
		if ((role == STREAM && stream_count == STREAM_MAX) || watch(epoll, fd, role)) {
			close(fd);
			continue;
		}
		(void)!send(fd, &number, 1, MSG_NOSIGNAL);
		if (role == STREAM)
			streams[stream_count++] = (struct stream){.fd = fd};
	}
}

static void answer_all(int fd)
{
	struct sockaddr_in from;
	socklen_t length = sizeof(from);
	uint8_t text[64];
	ssize_t size;

	text[0] = number;
	while ((size = recvfrom(fd, text + 1, sizeof(text) - 1, 0, (struct sockaddr *)&from,
				&length)) >= 0) {
		(void)!sendto(fd, text, size + 1, 0, (struct sockaddr *)&from, length);
		length = sizeof(from);
	}
}

/* What finds no room now is sent next time: a client that cannot be reached gets nothing twice. */
static void send_piece(struct stream *stream)
{
	uint8_t piece[PIECE];
	ssize_t sent;

	for (int i = 0; i < PIECE; i++)
		piece[i] = stream_byte(stream->offset + i);
	sent = send(stream->fd, piece, PIECE, MSG_NOSIGNAL);
	if (sent > 0)
		stream->offset += sent;
}

static void send_pieces(int timer)
{
	uint64_t expirations;

	if (read(timer, &expirations, sizeof(expirations)) != sizeof(expirations))
		return;
	for (int i = 0; i < stream_count; i++)
		send_piece(&streams[i]);
}

static void end(int fd)
{
	for (int i = 0; i < stream_count; i++) {
		if (streams[i].fd == fd)
			streams[i] = streams[--stream_count];
	}
	close(fd);
}

static bool hear(int epoll, int fd, uint32_t role)
{
	switch (role) {
	case TIMER:
		send_pieces(fd);
		break;
	case BRIEF_LISTENER:
		accept_all(epoll, fd, BRIEF);
		break;
	case STREAM_LISTENER:
		accept_all(epoll, fd, STREAM);
		break;
	case DATAGRAMS:
		answer_all(fd);
		break;
	case BRIEF:
	case STREAM:
		end(fd);
		break;
	}
	return role != INPUT;
}

int main(int argc, char **argv)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	if (argc != 2) {
		fprintf(stderr, "usage: answer NUMBER\n");
		return 2;
	}
	number = atoi(argv[1]);
	if (watch(epoll, STDIN_FILENO, INPUT) || tick(epoll) ||
	    listen_on(epoll, SOCK_STREAM, BRIEF_PORT, BRIEF_LISTENER) ||
	    listen_on(epoll, SOCK_STREAM, STREAM_PORT, STREAM_LISTENER) ||
	    listen_on(epoll, SOCK_DGRAM, DATAGRAM_PORT, DATAGRAMS))
		return 1;
	printf("listening\n");
	fflush(stdout);
	serve(epoll, hear);
	return 0;
}
