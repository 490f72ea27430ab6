/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A queue pair, its commands in flight, and the completion records that it owes. What each command does
 * is inline.
 *
 * Exactly once: a command owns a slot from its submission to its completion record. Completions go
 * to the caller's records while there is room, then to the backlog, for which room is made before
 * anything is submitted.
 */
#ifndef N4J_SPDK_COMPLETION_H
#define N4J_SPDK_COMPLETION_H

#include <assert.h>

#include <spdk/likely.h>

#include "spdk_transport.h"
#include "standby.h"

struct n4j_spdk_qpair;

/* What SPDK hands back with a completion. One for each command that may be in flight. */
struct n4j_spdk_slot {
    struct n4j_spdk_qpair *qpair;
    struct n4j_spdk_slot *next_free;
    uint64_t tag;
    bool busy;

    /* N4J_DATA_FRAGMENTS: the caller's, and where SPDK's walk over them is. */
    const n4j_fragment *fragments;
    const n4j_fragment *fragments_end;
    const n4j_fragment *fragment;
    uint64_t fragment_offset;
};

/* Completions for which the caller had no room: a ring, grown off the data path. */
struct n4j_spdk_backlog {
    n4j_completion *records;
    uint32_t capacity; /* a power of two */
    uint32_t count;
    uint32_t head;
};

struct n4j_spdk_qpair {
    struct n4j_qpair base; /* first: a handle points at either */

    struct n4j_spdk_ctrlr *ctrlr;
    struct spdk_nvme_qpair *spdk; /* NULL once the queue pair has failed */

    /* Where the next completion goes; beyond `end`, to the backlog. */
    n4j_completion *next;
    n4j_completion *end;

    struct n4j_spdk_slot *free;
    uint32_t in_flight;
    uint32_t max_transfer;
    bool is_live; /* counted in the controller's live_qpairs */
    uint32_t data_forms;
    struct n4j_spdk_backlog backlog;
    struct n4j_standby standby;
    bool is_relieving; /* submitting what was on standby, not again from a callback within */

    uint32_t depth;
    struct n4j_spdk_slot slots[];
};

/* The next one: the caller's, or the backlog's. */
static inline n4j_completion *n4j_spdk_next_record(struct n4j_spdk_qpair *qpair) {
    if (spdk_likely(qpair->next < qpair->end)) {
        return qpair->next++;
    }
    struct n4j_spdk_backlog *backlog = &qpair->backlog;
    assert(backlog->count < backlog->capacity);
    return &backlog->records[(backlog->head + backlog->count++) & (backlog->capacity - 1)];
}

/* Completes a command that has no slot, with an errno. */
static inline void n4j_spdk_write_error(struct n4j_spdk_qpair *qpair, uint64_t tag, int code) {
    *n4j_spdk_next_record(qpair) = (n4j_completion){.tag = tag, .error = (uint16_t)-code};
}

static inline void n4j_spdk_free_slot(struct n4j_spdk_slot *slot) {
    struct n4j_spdk_qpair *qpair = slot->qpair;
    assert(slot->busy && qpair->in_flight > 0);
    slot->busy = false;
    slot->next_free = qpair->free;
    qpair->free = slot;
    qpair->in_flight--;
}

/* Completes a command that SPDK does not, with an errno. */
void n4j_spdk_complete_error(struct n4j_spdk_slot *slot, int code);

/* The same of all that are on standby. */
void n4j_spdk_standby_fail(struct n4j_spdk_qpair *qpair, int code);

/* Makes room for `count` more records: 0 or -ENOMEM. */
int n4j_spdk_backlog_reserve(struct n4j_spdk_backlog *backlog, uint64_t count);

/* Records that SPDK's earlier completions left over, oldest first, as many as there is room for. */
void n4j_spdk_backlog_hand_over(struct n4j_spdk_qpair *qpair);

#endif
