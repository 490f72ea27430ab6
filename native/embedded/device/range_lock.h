/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Keeps commands that run on several threads from seeing each other's half-moved blocks (Identify
 * Controller AWUN, AWUPF: one block; here a whole command is atomic). The medium is cut into stretches
 * of 64 KiB, which share spin locks.
 */
#ifndef EMBEDDED_DEVICE_RANGE_LOCK_H
#define EMBEDDED_DEVICE_RANGE_LOCK_H

#include <stdatomic.h>
#include <stdint.h>

#include "iova_table.h"

#define RANGE_LOCK_STRIPES 256
#define RANGE_LOCK_SHIFT 16

struct range_lock {
    struct {
        _Alignas(CACHE_LINE) atomic_uint taken;
    } stripes[RANGE_LOCK_STRIPES];
};

/* Of `length` bytes, at least one. A lock of NULL is held already, by a command and its fellow. */
void range_lock_take(struct range_lock *lock, uint64_t offset, uint64_t length);
void range_lock_release(struct range_lock *lock, uint64_t offset, uint64_t length);

#endif
