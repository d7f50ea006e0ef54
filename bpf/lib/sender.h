// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Who sent a packet, and what follows for its source address (behaviour 4.1, 4.5, 4.6). */
#pragma once

#include <stdbool.h>

#include "lb.h"
#include "route.h"

enum sender {
	SENDER_OUTSIDE,
	SENDER_POD,  /* on this node */
	SENDER_HOST, /* this node itself */
};

/* Whether the packet comes from a pod on this node. Pods on others are clients from outside here,
 * whatever the detector says: their node has seen to them.
 */
static __always_inline bool sender_is_pod(const struct packet *packet,
					  const struct packet_settings *settings,
					  const struct device *device)
{
	if (!device)
		return false;
	switch (settings->detector) {
	case DETECTOR_NETWORK:
		return device->flags & DEVICE_PODS &&
		       network_contains(&settings->pods, &packet->tuple.saddr);
	case DETECTOR_DEVICE:
		return device->flags & DEVICE_DETECTED;
	default:
		return false;
	}
}

/* `device` is the one by which the packet came to this node. */
static __always_inline enum sender sender_of(const struct packet *packet,
					     const struct packet_settings *settings,
					     const struct device *device)
{
	if (!packet->from)
		return SENDER_HOST;
	return sender_is_pod(packet, settings, device) ? SENDER_POD : SENDER_OUTSIDE;
}

static __always_inline bool sender_dials_cluster_ip(struct target target)
{
	__u32 kind = target.options >> FRONTEND_KIND_SHIFT & FRONTEND_KIND_MASK;

	return kind == FRONTEND_CLUSTER_IP;
}

/* Whether the source is to become the node's address (behaviour 4.3, 4.4). */
static __always_inline bool sender_is_masqueraded(enum sender sender, struct target target,
						  const struct packet_settings *settings)
{
	if (sender_dials_cluster_ip(target))
		return settings->masquerade_all ||
		       (settings->detector != DETECTOR_NONE && sender != SENDER_POD);
	return !(target.options & FRONTEND_EXTERNAL_LOCAL) || sender == SENDER_HOST;
}
