/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROCESSOR_H
#define PROCESSOR_H

#include <sched.h>
#include <stdio.h>

/* This process runs on that CPU alone. */
static inline int run_on(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (!sched_setaffinity(0, sizeof(cpus), &cpus))
		return 0;
	perror("sched_setaffinity");
	return -1;
}

#endif
