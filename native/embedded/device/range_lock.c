/* SPDX-License-Identifier: Apache-2.0 */

#include "device/range_lock.h"

#include <assert.h>
#include <stddef.h>

#include <sched.h>

#define SPINS 100

static void take(atomic_uint *taken) {
    while (atomic_exchange_explicit(taken, 1, memory_order_acquire) != 0) {
        unsigned spins = 0;
        while (atomic_load_explicit(taken, memory_order_relaxed) != 0) {
            /* The holder may have lost its processor. */
            if (++spins > SPINS) {
                sched_yield();
            }
        }
    }
}

/* The stripes of a range: [0, wrapped) and [first, end), taken in this order by everyone. */
struct stripes {
    uint64_t wrapped;
    uint64_t first;
    uint64_t end;
};

static struct stripes stripes_of(uint64_t offset, uint64_t length) {
    assert(length > 0);
    const uint64_t first = offset >> RANGE_LOCK_SHIFT;
    const uint64_t count = ((offset + length - 1) >> RANGE_LOCK_SHIFT) - first + 1;
    if (count >= RANGE_LOCK_STRIPES) {
        return (struct stripes){0, 0, RANGE_LOCK_STRIPES};
    }
    const uint64_t begin = first % RANGE_LOCK_STRIPES;
    const uint64_t end = begin + count;
    return end <= RANGE_LOCK_STRIPES
               ? (struct stripes){0, begin, end}
               : (struct stripes){end - RANGE_LOCK_STRIPES, begin, RANGE_LOCK_STRIPES};
}

void range_lock_take(struct range_lock *lock, uint64_t offset, uint64_t length) {
    if (lock == NULL) {
        return;
    }
    const struct stripes stripes = stripes_of(offset, length);
    for (uint64_t i = 0; i < stripes.wrapped; i++) {
        take(&lock->stripes[i].taken);
    }
    for (uint64_t i = stripes.first; i < stripes.end; i++) {
        take(&lock->stripes[i].taken);
    }
}

void range_lock_release(struct range_lock *lock, uint64_t offset, uint64_t length) {
    if (lock == NULL) {
        return;
    }
    const struct stripes stripes = stripes_of(offset, length);
    for (uint64_t i = 0; i < stripes.wrapped; i++) {
        atomic_store_explicit(&lock->stripes[i].taken, 0, memory_order_release);
    }
    for (uint64_t i = stripes.first; i < stripes.end; i++) {
        atomic_store_explicit(&lock->stripes[i].taken, 0, memory_order_release);
    }
}
