/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A queue pair, its commands in flight, and the completion records that it owes. What each command does
 * is inline.
 *
 * Exactly once: a command owns a slot from its submission to its completion record. Completions go
 * to the caller's records while there is room, then to those that are owed, for which room is made
 * before anything is submitted.
 */
#ifndef N4J_SPDK_COMPLETION_H
#define N4J_SPDK_COMPLETION_H

#include <assert.h>

#include <spdk/likely.h>

#include "owed.h"
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

struct n4j_spdk_qpair {
    struct n4j_qpair base; /* first: a handle points at either */

    struct n4j_spdk_ctrlr *ctrlr;
    struct spdk_nvme_qpair *spdk; /* NULL once the queue pair has failed */

    /* Where the next completion goes; beyond `end`, to those that are owed. */
    n4j_completion *next;
    n4j_completion *end;

    struct n4j_spdk_slot *free;
    uint32_t in_flight;
    uint32_t max_transfer;
    bool is_live; /* counted in the controller's live_qpairs */
    uint32_t data_forms;
    struct n4j_owed owed;
    struct n4j_standby standby;
    bool is_relieving; /* submitting what was on standby, not again from a callback within */

    uint32_t depth;
    struct n4j_spdk_slot slots[];
};

static inline n4j_completion *n4j_spdk_next_record(struct n4j_spdk_qpair *qpair) {
    if (spdk_likely(qpair->next < qpair->end)) {
        return qpair->next++;
    }
    return n4j_owed_put(&qpair->owed);
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

#endif
