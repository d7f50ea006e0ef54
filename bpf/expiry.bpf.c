// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The sweep that ends flows. The controller runs it slice by slice, so that it never keeps a CPU
 * from others for long, and flows never leave the kernel to be judged.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "lib/expiry.h"

char _license[] SEC("license") = "Dual BSD/GPL";

/* Buckets. */
#define SLICE 256

static __always_inline void sweep_slice(struct flow_sweep *sweep)
{
	for (__u32 i = 0; i < SLICE && sweep->bucket < flow_buckets; i++) {
		expiry_sweep_bucket(sweep->bucket, sweep);
		sweep->bucket += 1;
	}
	if (sweep->bucket >= flow_buckets)
		expiry_end_sweep(sweep);
}

#if IP_VERSION == 4
#define SWEEP sweep_flows4
#else
#define SWEEP sweep_flows6
#endif

SEC("syscall")
int SWEEP(struct flow_sweep *sweep)
{
	/* Older kernels have functions get nothing of the context of such a program. */
	struct flow_sweep copy = *sweep;

	sweep_slice(&copy);
	*sweep = copy;
	return 0;
}
