/* SPDX-License-Identifier: Apache-2.0 */

/* Keeping memory of a managed language from being freed, by a call that lasts. */
#include <limits.h>
#include <linux/futex.h>
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

void n4j_mem_hold(const void *memory, uint32_t *released) {
    (void)memory; /* the caller's runtime watches it */
    while (__atomic_load_n(released, __ATOMIC_ACQUIRE) == 0) {
        futex(released, FUTEX_WAIT, 0);
    }
}

void n4j_mem_release(uint32_t *released) {
    __atomic_store_n(released, 1, __ATOMIC_RELEASE);
    /* Whoever was waiting may have freed the word by now; to wake at an address that is gone, or that
     * is something else, does no harm. */
    futex(released, FUTEX_WAKE, INT_MAX);
}
