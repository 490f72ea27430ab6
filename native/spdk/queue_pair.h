/* SPDX-License-Identifier: Apache-2.0 */

/* The queue pair's structure, shared by its data path and its creation. */
#ifndef N4J_SPDK_QUEUE_PAIR_H
#define N4J_SPDK_QUEUE_PAIR_H

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

/* Makes room for `count` more records: 0 or -ENOMEM. */
int n4j_spdk_backlog_reserve(struct n4j_spdk_backlog *backlog, uint64_t count);

/*
 * Gives the failed queue pair back to SPDK, which completes all that is in flight. Returns false, and
 * is to be called again, while another thread is at SPDK's memory.
 */
bool n4j_spdk_qpair_give_up(struct n4j_spdk_qpair *qpair);

/* SPDK's callback for every command of a queue pair. */
void n4j_spdk_complete(void *slot, const struct spdk_nvme_cpl *cpl);

/* Completes a command that SPDK does not, with an errno. */
void n4j_spdk_complete_error(struct n4j_spdk_slot *slot, int code);

/* The same of all that are on standby. */
void n4j_spdk_standby_fail(struct n4j_spdk_qpair *qpair, int code);

/* fragments.c: 0, or the errno of fragments that SPDK could not, or would not rightly, transfer. */
int n4j_spdk_fragments_check(const struct n4j_spdk_ctrlr *ctrlr, const n4j_submission *submission);
/* The walk, as SPDK calls it for a slot: goes to an offset; hands out the next fragment. */
void n4j_spdk_fragments_reset(void *slot, uint32_t offset);
int n4j_spdk_fragments_next(void *slot, void **address, uint32_t *length);

/* metadata.c: 0, or the errno of separate metadata that does not fit the command. */
int n4j_spdk_metadata_check(const struct n4j_spdk_ctrlr *ctrlr, const n4j_submission *submission);

#endif
