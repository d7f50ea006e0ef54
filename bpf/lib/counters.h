// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Counting, per CPU, so without atomics: at worst a preempted program loses one count, or two CPUs
 * one of theirs after CPUs were added to the running machine.
 */
#pragma once

#include "config.h"
#include "maps.h"

/* Has the line fetched while something else is waited for. */
static __always_inline void prefetch(const void *line)
{
	(void)*(const volatile __u64 *)line;
}

static __always_inline void count(enum counter counter)
{
	__u32 index = counter;
	__u64 *value = bpf_map_lookup_elem(&counters, &index);

	if (value)
		*value += 1;
}

static __always_inline struct service_counters *service_counters_of(__u32 service)
{
	__u32 cpu = bpf_get_smp_processor_id() & service_cpu_mask;
	__u32 index = cpu * service_capacity + service;

	return bpf_map_lookup_elem(&service_counters, &index);
}

static __always_inline void count_connection(struct service_counters *value)
{
	if (value)
		value->connections += 1;
}

static __always_inline void count_refused(struct service_counters *value, enum counter reason)
{
	if (value)
		value->refused += 1;
	count(reason);
}
