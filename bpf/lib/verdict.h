// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What becomes of a packet. */
#pragma once

#include <linux/pkt_cls.h>

#include "counters.h"

/* On to the next program of the device, and to the stack. */
#define PASS TC_ACT_UNSPEC

/* Not verdicts: the packet has a backend now, or a flow. */
#define CHOSEN (-2)
#define BEGUN  (-3)

static __always_inline int verdict_drop(enum counter reason)
{
	count(reason);
	return TC_ACT_SHOT;
}
