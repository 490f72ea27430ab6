/* SPDX-License-Identifier: Apache-2.0 */

/* Completions off the data path: by an errno, and those that the caller had no room for. */
#include "completion.h"

#include <errno.h>
#include <stdlib.h>

void n4j_spdk_complete_error(struct n4j_spdk_slot *slot, int code) {
    n4j_spdk_write_error(slot->qpair, slot->tag, code);
    n4j_spdk_free_slot(slot);
}

void n4j_spdk_standby_fail(struct n4j_spdk_qpair *qpair, int code) {
    while (qpair->standby.count > 0) {
        n4j_spdk_write_error(qpair, n4j_standby_first(&qpair->standby)->tag, code);
        n4j_standby_drop(&qpair->standby);
    }
}

int n4j_spdk_backlog_reserve(struct n4j_spdk_backlog *backlog, uint64_t count) {
    uint64_t capacity = backlog->capacity == 0 ? 1 : backlog->capacity;
    while (capacity < backlog->count + count) {
        capacity *= 2;
    }
    if (capacity > UINT32_MAX / 2) {
        return -ENOMEM;
    }
    n4j_completion *records = calloc(capacity, sizeof(*records));
    if (records == NULL) {
        return -ENOMEM;
    }
    for (uint32_t i = 0; i < backlog->count; i++) {
        records[i] = backlog->records[(backlog->head + i) & (backlog->capacity - 1)];
    }
    free(backlog->records);
    backlog->records = records;
    backlog->capacity = (uint32_t)capacity;
    backlog->head = 0;
    return 0;
}

void n4j_spdk_backlog_hand_over(struct n4j_spdk_qpair *qpair) {
    struct n4j_spdk_backlog *backlog = &qpair->backlog;
    while (backlog->count > 0 && qpair->next < qpair->end) {
        *qpair->next++ = backlog->records[backlog->head];
        backlog->head = (backlog->head + 1) & (backlog->capacity - 1);
        backlog->count--;
    }
}
