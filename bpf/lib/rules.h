// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The choice of a backend where the frontend has rules of its own: source ranges, affinity,
 * algorithms. Out of line, so that all other frontends pay no more for it than a test of their
 * options.
 */
#pragma once

#include <stdbool.h>
#include <linux/errno.h>

#include "affinity.h"
#include "algorithms.h"
#include "counters.h"
#include "lb.h"
#include "request.h"

#define FRONTEND_RULES                                                                             \
	(FRONTEND_AFFINITY_MASK | FRONTEND_ALGORITHM_MASK << FRONTEND_ALGORITHM_SHIFT |            \
	 FRONTEND_RESTRICTED)

static __always_inline bool rules_apply(struct target target)
{
	return target.options & FRONTEND_RULES;
}

/* A backend by the algorithm; once more if the set changed under our eyes. */
static __always_inline int rules_take(const struct request *request, const struct client *client,
				      struct choice *choice)
{
	int err = algorithm_take(request, client, choice);

	return err == -EAGAIN ? algorithm_take(request, client, choice) : err;
}

/* A backend for a client that is let in. Affinity goes before the algorithm, and neither before a
 * set that has nobody: then no backend is in it, so none is recalled.
 */
static __noinline int rules_balance(const struct request *request, struct choice *choice)
{
	struct target target = request->target;
	struct client client = request_client(request);
	struct affinity_key key = affinity_key_of(&client, target.service);
	__u64 now;
	int err;

	if (!(target.options & FRONTEND_AFFINITY_MASK))
		return rules_take(request, &client, choice);

	now = request_now(request);
	if (affinity_recall(&key, request, now, choice))
		return 0;
	err = rules_take(request, &client, choice);
	if (!err)
		affinity_store(&key, now, choice);
	return err;
}

/* As lb_choose, by the frontend's rules. */
static __noinline int rules_choose(const struct request *request, struct choice *choice)
{
	struct target target = request->target;
	struct service_counters *counters = service_counters_of(target.service);

	choice->service = target.service;
	if (target.options & FRONTEND_RESTRICTED && !request_is_admitted(request)) {
		count_refused(counters, DROP_SOURCE_RANGE);
		return -ETIMEDOUT;
	}
	return lb_account(counters, rules_balance(request, choice));
}
