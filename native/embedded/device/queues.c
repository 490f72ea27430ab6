/* SPDX-License-Identifier: Apache-2.0 */

/* Opening and closing of submission and completion queues. */
#include <assert.h>

#include "device/watch.h"

/* Nobody has rung it yet. */
static struct doorbell_view open_doorbell(struct device *device, unsigned qid, bool is_cq) {
    _Atomic uint32_t *value = device_doorbell(device, qid, is_cq);
    atomic_store(value, 0);
    return (struct doorbell_view){.doorbell = value};
}

bool queue_memory_is_mapped(const struct device *device, uint64_t iova, uint64_t bytes) {
    for (uint64_t offset = 0; offset < bytes; offset += NVME_PAGE_SIZE) {
        if (iova_lookup(device->iova, iova + offset) == NULL) {
            return false;
        }
    }
    return true;
}

void completion_queue_open(struct device *device, unsigned cqid, uint64_t iova, uint32_t size,
                           int vector) {
    assert(!device->cq[cqid].exists && (iova & NVME_PAGE_MASK) == 0);
    struct completion_queue *cq = &device->cq[cqid];
    *cq = (struct completion_queue){
        .ring = {.iova = iova, .size = size},
        .phase = 1,
        .exists = true,
        .vector = vector,
        .head = open_doorbell(device, cqid, true),
    };
    pthread_mutex_init(&cq->lock, NULL);
}

/* No thread runs a queue that has not seen that it shares its completion queue. */
static void share(struct device *device, struct completion_queue *cq) {
    if (++cq->users > 1 && !atomic_exchange(&cq->is_shared, true)) {
        for (unsigned qid = 1; qid < DEVICE_QUEUES; qid++) {
            iova_reader_quiesce(device->iova, qid);
        }
    }
}

bool submission_queue_open(struct device *device, unsigned qid, uint64_t iova, uint32_t size,
                           unsigned cqid) {
    static const struct delay_rules at_once = {0};
    struct submission_queue *sq = &device->sq[qid];
    assert(!atomic_load(&device->live[qid]) && device->cq[cqid].exists);
    if (!delays_open(&sq->delays, qid == 0 ? &at_once : &device->delay_rules, qid, size)) {
        return false;
    }
    sq->ring = (struct ring){.iova = iova, .size = size};
    sq->head = 0;
    sq->lost_ring = (struct lost_ring){0};
    sq->qid = (uint16_t)qid;
    sq->cq = &device->cq[cqid];
    share(device, sq->cq);
    sq->tail = open_doorbell(device, qid, false);
    atomic_store(&device->live[qid], true);
    return true;
}

/* When this returns, no thread runs the queue. */
void submission_queue_close(struct device *device, unsigned qid) {
    assert(atomic_load(&device->live[qid]) && device->sq[qid].cq->users > 0);
    atomic_store(&device->live[qid], false);
    device->sq[qid].cq->users--;
    if (qid != 0) {
        iova_reader_quiesce(device->iova, qid);
    }
    delays_close(&device->sq[qid].delays);
    atomic_store(device_doorbell(device, qid, false), 0);
}

void completion_queue_close(struct device *device, unsigned cqid) {
    assert(device->cq[cqid].exists && device->cq[cqid].users == 0);
    if (device->watch != NULL) {
        watch_queue_closed(device, cqid);
    }
    device->cq[cqid].exists = false;
    pthread_mutex_destroy(&device->cq[cqid].lock);
    atomic_store(device_doorbell(device, cqid, true), 0);
}
