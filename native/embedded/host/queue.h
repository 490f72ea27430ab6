/* SPDX-License-Identifier: Apache-2.0 */

/* An I/O queue pair. */
#ifndef EMBEDDED_HOST_QUEUE_H
#define EMBEDDED_HOST_QUEUE_H

#include "host/host.h"
#include "owed.h"
#include "standby.h"

#define HOST_NO_CID 0x10000u

/* A place for a command. */
struct host_slot {
    uint64_t tag;
    uint32_t cid; /* of the one in flight, or HOST_NO_CID */
};

struct host_queue {
    struct n4j_qpair base;
    struct host *host;
    struct device *inline_device; /* runs when this queue is processed; NULL: has its own thread */
    uint32_t generation;          /* of the controller, when the queue was made */
    uint32_t qid;
    uint32_t depth;
    uint32_t free_count;
    /*
     * A stack of the CIDs that the next commands have, one for each slot that is free. A slot's commands
     * have different ones, as many as there are, so that a completion which comes twice is known.
     */
    uint16_t *free_cids;
    struct host_slot *slots; /* by the low bits of CIDs, whatever the controller writes */
    uint32_t slot_mask;      /* of these bits; those from `depth` on are nobody's */
    struct queue_rings rings;
    struct n4j_owed owed; /* of commands that never reached the controller */
    struct n4j_standby standby;
};

static inline struct host_slot *host_slot(const struct host_queue *queue, uint16_t cid) {
    return &queue->slots[cid & queue->slot_mask];
}

/* Whether the controller was reset since the queue was made. */
static inline bool host_queue_is_stale(const struct host_queue *queue) {
    return atomic_load_explicit(&queue->host->generation, memory_order_acquire) !=
           queue->generation;
}

#endif
