// SPDX-License-Identifier: Apache-2.0
/* Stands between libbpf and the kernel (LD_PRELOAD): has one call of bpf(2) fail, and counts them
 * all. FAULT=COMMAND:NTH:ERRNO says which (enum bpf_cmd, from 1); FAULT_COUNTS names the file of
 * counts.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COMMANDS 64

static long (*real)(long number, ...);
static int command = -1, nth, error, counts[COMMANDS], counts_fd = -1;

__attribute__((constructor)) static void begin(void)
{
	const char *fault = getenv("FAULT"), *file = getenv("FAULT_COUNTS");

	real = dlsym(RTLD_NEXT, "syscall");
	if (fault && sscanf(fault, "%d:%d:%d", &command, &nth, &error) != 3)
		abort();
	if (file)
		counts_fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

long syscall(long number, ...)
{
	long given[6];
	va_list list;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		given[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_bpf && given[0] >= 0 && given[0] < COMMANDS) {
		int count = __sync_add_and_fetch(&counts[given[0]], 1);

		if (counts_fd >= 0 && pwrite(counts_fd, counts, sizeof(counts), 0) < 0)
			abort();
		if (given[0] == command && count == nth) {
			errno = error;
			return -1;
		}
	}
	return real(number, given[0], given[1], given[2], given[3], given[4], given[5]);
}
