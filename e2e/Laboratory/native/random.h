/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdint.h>

/* The same numbers in each run. */
uint32_t random_below(uint32_t bound);

#endif
