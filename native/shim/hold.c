/* SPDX-License-Identifier: Apache-2.0 */

/* Keeping memory of a managed language from being freed, by a call that lasts. */
#include <limits.h>
#include <linux/futex.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "nvme4j.h"

/*
 * Returns early when a signal comes, when the word has changed already, and for no reason at all: the
 * callers look at the word in any case.
 */
static void futex(uint32_t *word, int operation, uint32_t value) {
    syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

/* The other arguments are for the caller's runtime. */
void n4j_mem_hold(uint32_t *state, ...) {
    uint32_t initial = N4J_HOLD_NOT_YET;
    __atomic_compare_exchange_n(state, &initial, N4J_HOLD_HELD, false, __ATOMIC_ACQ_REL,
                                __ATOMIC_ACQUIRE);
    while (__atomic_load_n(state, __ATOMIC_ACQUIRE) == N4J_HOLD_HELD) {
        futex(state, FUTEX_WAIT, N4J_HOLD_HELD);
    }
}

void n4j_mem_release(uint32_t *state) {
    __atomic_store_n(state, N4J_HOLD_RELEASED, __ATOMIC_RELEASE);
    /* Whoever was waiting may have freed the word by now; to wake at an address that is gone, or that
     * is something else, does no harm. */
    futex(state, FUTEX_WAKE, INT_MAX);
}
