// SPDX-License-Identifier: Apache-2.0
/* The client of the measurements: one thread that opens connections one after the other.
 *
 * usage: load CPU
 *
 * Runs on that CPU alone, and takes commands on standard input, one a line:
 *
 *	tcp ADDRESS PORT COUNT SPREAD	connect, then close with a reset, COUNT times
 *	udp ADDRESS PORT COUNT SPREAD	socket, connect, close, COUNT times
 *
 * Each goes to an address picked at random from the SPREAD ones that begin at ADDRESS. The answer
 * is "ok ELAPSED MEDIAN", both in nanoseconds: of the whole, and of one call of connect. What
 * fails is answered by "error", the call and its errno.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "processor.h"
#include "random.h"

#define COUNT_MAX 100000

static uint64_t connect_times[COUNT_MAX];

static int compare_times(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

/* One connection. Returns NULL, or the name of the call that failed. */
static const char *open_and_close(bool tcp, const struct sockaddr_in *to, uint64_t *connect_time)
{
	/* No lingering: close sends a reset, and nothing stays behind. */
	const struct linger reset = {.l_onoff = 1};
	uint64_t start;
	int fd, err;

	fd = socket(AF_INET, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return "socket";
	if (tcp && setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset))) {
		close(fd);
		return "setsockopt";
	}

	start = now_ns();
	err = connect(fd, (const struct sockaddr *)to, sizeof(*to)) ? errno : 0;
	*connect_time = now_ns() - start;
	close(fd);
	errno = err;
	return err ? "connect" : NULL;
}

static void run(bool tcp, const struct sockaddr_in *first, int count, uint32_t spread)
{
	uint64_t start = now_ns(), elapsed;

	for (int i = 0; i < count; i++) {
		struct sockaddr_in to = *first;
		const char *failed;

		if (spread > 1)
			to.sin_addr.s_addr =
				htonl(ntohl(to.sin_addr.s_addr) + random_below(spread));
		failed = open_and_close(tcp, &to, &connect_times[i]);
		if (failed) {
			printf("error %s: %s\n", failed, strerror(errno));
			return;
		}
	}

	elapsed = now_ns() - start;
	qsort(connect_times, count, sizeof(*connect_times), compare_times);
	printf("ok %llu %llu\n", (unsigned long long)elapsed,
	       (unsigned long long)connect_times[count / 2]);
}

static void obey(const char *line)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	char what[4], address[INET_ADDRSTRLEN];
	unsigned int port, spread;
	int count;

	if (sscanf(line, "%3s %15s %u %d %u", what, address, &port, &count, &spread) != 5 ||
	    count < 1 || count > COUNT_MAX || !inet_aton(address, &to.sin_addr)) {
		printf("error not a command: %s", line);
		return;
	}
	to.sin_port = htons(port);
	run(!strcmp(what, "tcp"), &to, count, spread);
}

int main(int argc, char **argv)
{
	char line[128];

	if (argc != 2) {
		fprintf(stderr, "usage: load CPU\n");
		return 2;
	}
	if (run_on(atoi(argv[1])))
		return 1;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("ready\n");
	while (fgets(line, sizeof(line), stdin))
		obey(line);
	return 0;
}
