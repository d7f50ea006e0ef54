/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STREAM_H
#define STREAM_H

#include <stdint.h>

/* What backends listen on. */
#define BRIEF_PORT    8080
#define DATAGRAM_PORT 9007
#define STREAM_PORT   9009

/* A stream is the backend's number, and then bytes each of which tells its place. */
static inline uint8_t stream_byte(uint64_t place)
{
	return (uint32_t)(place * 2654435761u) >> 24;
}

#endif
