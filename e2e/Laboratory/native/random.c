// SPDX-License-Identifier: Apache-2.0
#include "random.h"

uint32_t random_below(uint32_t bound)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return ((state >> 32) * bound) >> 32;
}
