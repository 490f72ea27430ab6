/* SPDX-License-Identifier: Apache-2.0 */

/* An I/O queue pair. */
#ifndef EMBEDDED_HOST_QUEUE_H
#define EMBEDDED_HOST_QUEUE_H

#include "host/host.h"
#include "standby.h"

#define HOST_CIDS 65536u /* as many as 16 bits tell apart */

/*
 * Commands that never reached the controller, and whose completion records are still owed. There is
 * always room for every command that the queue has taken.
 */
struct refusals {
    struct refusal {
        uint64_t tag;
        uint16_t error; /* errno */
    } * entries;
    uint32_t capacity;
    uint32_t room;  /* of it, beyond what all commands in flight and on standby would take */
    uint32_t first; /* the oldest */
    uint32_t end;
};

struct host_queue {
    struct n4j_qpair base;
    struct host *host;
    struct device *inline_device; /* runs when this queue is processed; NULL: has its own thread */
    uint32_t generation;          /* of the controller, when the queue was made */
    uint32_t qid;
    uint32_t depth;
    uint32_t free_count;
    uint16_t *free_slots; /* a stack of CIDs */
    uint64_t *tags;       /* by CID */
    bool *in_flight;      /* by CID, whatever the controller writes */
    struct queue_rings rings;
    struct refusals refusals;
    struct n4j_standby standby;
};

/* Whether the controller was reset since the queue was made. */
static inline bool host_queue_is_stale(const struct host_queue *queue) {
    return atomic_load_explicit(&queue->host->generation, memory_order_acquire) !=
           queue->generation;
}

#endif
