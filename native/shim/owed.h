/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Completion records that are owed: those of commands that never reached the device, and those that
 * the caller had no room for. A ring, oldest first. Room is made before commands are taken, so that
 * there is a place for each of them, whatever becomes of it.
 */
#ifndef N4J_OWED_H
#define N4J_OWED_H

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "nvme4j.h"

struct n4j_owed {
    n4j_completion *records;
    uint32_t capacity; /* a power of two */
    uint32_t room;     /* of it, beyond what all commands in flight and on standby would take */
    uint32_t count;
    uint32_t head; /* the oldest */
};

/* Makes the ring larger, so that there is room for `count` in all. 0 or -ENOMEM. */
static inline int __attribute__((cold)) n4j_owed_grow(struct n4j_owed *owed, uint64_t count) {
    const uint64_t kept = owed->capacity - owed->room;
    uint64_t capacity = owed->capacity;
    while (capacity < kept + count) {
        capacity *= 2;
    }
    n4j_completion *records = capacity > UINT32_MAX ? NULL : calloc(capacity, sizeof(*records));
    if (records == NULL) {
        return -ENOMEM;
    }
    for (uint32_t i = 0; i < owed->count; i++) {
        records[i] = owed->records[(owed->head + i) & (owed->capacity - 1)];
    }
    free(owed->records);
    owed->records = records;
    owed->capacity = (uint32_t)capacity;
    owed->room = (uint32_t)(capacity - kept);
    owed->head = 0;
    return 0;
}

/* Of a queue pair that has up to `commands` in flight and on standby. 0 or -ENOMEM. */
static inline int n4j_owed_open(struct n4j_owed *owed, uint32_t commands) {
    uint64_t capacity = 1;
    while (capacity < 2 * (uint64_t)commands) {
        capacity *= 2;
    }
    *owed =
        (struct n4j_owed){.capacity = (uint32_t)capacity, .room = (uint32_t)(capacity - commands)};
    owed->records = calloc(capacity, sizeof(*owed->records));
    return owed->records == NULL ? -ENOMEM : 0;
}

static inline void n4j_owed_close(struct n4j_owed *owed) {
    free(owed->records);
}

/* Makes room for that many more commands; a batch that the queue pair can hold never has to grow it. */
static inline int n4j_owed_reserve(struct n4j_owed *owed, uint32_t commands) {
    const uint64_t count = (uint64_t)owed->count + commands;
    return __builtin_expect(count > owed->room, 0) ? n4j_owed_grow(owed, count) : 0;
}

/* The place of one more, which is to be written. */
static inline n4j_completion *n4j_owed_put(struct n4j_owed *owed) {
    assert(owed->count < owed->capacity);
    return &owed->records[(owed->head + owed->count++) & (owed->capacity - 1)];
}

/* Hands over the oldest. Returns how many there were. */
static inline uint32_t n4j_owed_take(struct n4j_owed *owed, n4j_completion *completions,
                                     uint32_t max) {
    uint32_t taken = 0;
    while (taken < max && owed->count > 0) {
        completions[taken++] = owed->records[owed->head];
        owed->head = (owed->head + 1) & (owed->capacity - 1);
        owed->count--;
    }
    return taken;
}

#endif
