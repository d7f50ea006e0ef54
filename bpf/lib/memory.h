// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Stores that others are to see in their order, and loads that see them so. */
#pragma once

#include <linux/types.h>
#include <bpf/bpf_helpers.h>

/* store_release writes a word after all that was written before, and before all that is written
 * next, for whoever reads it on another CPU; load_acquire reads a word before all that is read
 * next. Of 4 or of 8 bytes, as the word is. An exchange keeps the order everywhere, but waits until
 * those stores are done, which takes as long as their lines take to come; x86 keeps it by itself
 * (TSO).
 */
#ifdef __TARGET_ARCH_x86
#define store_release(word, value)                                                                 \
	({                                                                                         \
		typeof(*(word)) stored = (value);                                                  \
                                                                                                   \
		barrier();                                                                         \
		*(volatile typeof(stored) *)(word) = stored;                                       \
		barrier();                                                                         \
	})
#define load_acquire(word)                                                                         \
	({                                                                                         \
		typeof(*(word)) loaded = *(const volatile typeof(loaded) *)(word);                 \
                                                                                                   \
		barrier();                                                                         \
		loaded;                                                                            \
	})
#else
#define store_release(word, value) ((void)__sync_lock_test_and_set(word, value))
#define load_acquire(word)	   __sync_fetch_and_add(word, 0)
#endif

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
