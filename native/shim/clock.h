/* SPDX-License-Identifier: Apache-2.0 */

/* What time it is, by a clock that never goes back. */
#ifndef N4J_CLOCK_H
#define N4J_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t n4j_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static inline uint64_t n4j_now_ms(void) {
    return n4j_now_ns() / 1000000;
}

#endif
