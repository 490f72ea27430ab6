/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Commands on standby: submitted beyond the depth of a queue pair, they take the places of those that
 * complete. A ring of copies, oldest first.
 */
#ifndef N4J_STANDBY_H
#define N4J_STANDBY_H

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "nvme4j.h"

struct n4j_standby {
    n4j_submission *records; /* NULL where there is no room for any */
    uint32_t capacity;
    uint32_t count;
    uint32_t head;
};

static inline int n4j_standby_open(struct n4j_standby *standby, uint32_t capacity) {
    *standby = (struct n4j_standby){.capacity = capacity};
    if (capacity > 0) {
        standby->records = aligned_alloc(64, capacity * sizeof(*standby->records));
    }
    return capacity > 0 && standby->records == NULL ? -ENOMEM : 0;
}

static inline void n4j_standby_close(struct n4j_standby *standby) {
    free(standby->records);
}

static inline uint32_t n4j_standby_after(const struct n4j_standby *standby, uint32_t index) {
    return index < standby->capacity ? index : index - standby->capacity;
}

/* Whether there was room. */
static inline bool n4j_standby_put(struct n4j_standby *standby, const n4j_submission *submission) {
    if (standby->count == standby->capacity) {
        return false;
    }
    standby->records[n4j_standby_after(standby, standby->head + standby->count++)] = *submission;
    return true;
}

/* The oldest; there must be one. */
static inline const n4j_submission *n4j_standby_first(const struct n4j_standby *standby) {
    assert(standby->count > 0);
    return &standby->records[standby->head];
}

/* Drops the oldest, which stays as it is until the next is put. */
static inline void n4j_standby_drop(struct n4j_standby *standby) {
    assert(standby->count > 0);
    standby->head = n4j_standby_after(standby, standby->head + 1);
    standby->count--;
}

#endif
