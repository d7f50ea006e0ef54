// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Maps as another build could have had them: other places for the same fields, fields that nobody
 * knows any more, more ways to a bucket.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

char _license[] SEC("license") = "Dual BSD/GPL";

struct ip_addr {
#if IP_VERSION == 4
	__be32 addr;
#else
	__be32 addr[4];
#endif
};

struct frontend_key {
	struct ip_addr addr;
	__u8 protocol;
	__u8 pad;
	__be16 port;
};

struct frontend {
	__u32 service;
	__u32 options;
	struct frontend_key key;
	__u32 colour;
};

#define FRONTEND_WAYS 4

struct frontend_bucket {
	__u32 next;
	__u32 tag[FRONTEND_WAYS];
	struct frontend way[FRONTEND_WAYS];
};

struct slot {
	__u32 set;
	__u32 backend;
	struct ip_addr addr;
	__u32 made;
	__be16 port;
	__u8 generation;
	__u8 flags;
};

struct backend {
	__u64 live;
	__u32 made;
	__u32 generation;
	__u8 sets;
	__u8 flags;
	__u16 weight;
};

#define ARRAY(name, value_type)                                                                    \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                  \
		__uint(map_flags, BPF_F_MMAPABLE);                                                 \
		__uint(max_entries, 32);                                                           \
		__type(key, __u32);                                                                \
		__type(value, value_type);                                                         \
	} name SEC(".maps")

ARRAY(frontends, struct frontend_bucket);
ARRAY(sets, __u64);
ARRAY(slots, struct slot);
ARRAY(backends, struct backend);

SEC("syscall")
int nothing(void *ctx)
{
	(void)ctx;
	return 0;
}
