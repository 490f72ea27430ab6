/* SPDX-License-Identifier: Apache-2.0 */

/* An I/O queue pair. */
#ifndef EMBEDDED_HOST_QUEUE_H
#define EMBEDDED_HOST_QUEUE_H

#include "host/host.h"
#include "owed.h"
#include "standby.h"

#define HOST_CIDS 65536u /* as many as 16 bits tell apart */

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
    struct n4j_owed owed; /* of commands that never reached the controller */
    struct n4j_standby standby;
};

/* Whether the controller was reset since the queue was made. */
static inline bool host_queue_is_stale(const struct host_queue *queue) {
    return atomic_load_explicit(&queue->host->generation, memory_order_acquire) !=
           queue->generation;
}

#endif
