// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Stores that others are to see in their order, and loads that see them so. */
#pragma once

#include <linux/types.h>
#include <bpf/bpf_helpers.h>

/* Writes a word after all that was written before, and before all that is written next, for whoever
 * reads it on another CPU. An exchange keeps the order everywhere, but waits until those stores are
 * done, which takes as long as their lines take to come; x86 keeps it by itself (TSO).
 */
static __always_inline void store_release(__u32 *word, __u32 value)
{
#ifdef __TARGET_ARCH_x86
	barrier();
	*(volatile __u32 *)word = value;
	barrier();
#else
	__sync_lock_test_and_set(word, value);
#endif
}

static __always_inline void store_release_long(__u64 *word, __u64 value)
{
#ifdef __TARGET_ARCH_x86
	barrier();
	*(volatile __u64 *)word = value;
	barrier();
#else
	__sync_lock_test_and_set(word, value);
#endif
}

/* Reads a word before all that is read next. */
static __always_inline __u64 load_acquire(__u64 *word)
{
#ifdef __TARGET_ARCH_x86
	__u64 value = *(const volatile __u64 *)word;

	barrier();
	return value;
#else
	return __sync_fetch_and_add(word, 0);
#endif
}

/* Whether a size is none of those that a buffer of so many bytes does not take, zero among them. By
 * one comparison on the value that is passed on afterwards: verifiers of 6.1 and 6.12 see no bounds
 * in what the compiler would make of it; see docs/kernels.md.
 */
static __always_inline bool size_fits(__u32 *size, __u32 most)
{
	__u32 behind = *size - 1;

	barrier_var(behind);
	if (behind >= most)
		return false;
	*size = behind + 1;
	return true;
}
