// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What the controller runs while maps take the place of others. Older kernels have functions get
 * nothing of the context of such a program, so each works on a copy.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "lib/carry.h"

char _license[] SEC("license") = "Dual BSD/GPL";

SEC("syscall")
int carry_one_socket(struct carried_socket *carried)
{
	struct carried_socket copy = *carried;

	return carry_socket(&copy);
}

SEC("syscall")
int forget_one_socket(__u64 *cookie)
{
	socket_forget(*cookie);
	return 0;
}

SEC("syscall")
int carry_one_count(struct carried_count *carried)
{
	struct carried_count copy = *carried;

	carry_count(&copy);
	return 0;
}

SEC("syscall")
int carry_one_traffic(struct carried_traffic *carried)
{
	struct carried_traffic copy = *carried;

	carry_traffic(&copy);
	return 0;
}
