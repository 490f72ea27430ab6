/* SPDX-License-Identifier: Apache-2.0 */

/* Opening and closing of submission and completion queues. */
#include <assert.h>

#include "device/device.h"

static _Atomic uint32_t *doorbell(struct device *device, unsigned qid, bool is_cq) {
    return &device->bar.doorbells[2 * qid + (is_cq ? 1 : 0)].value;
}

/* Nobody has rung it yet. */
static struct doorbell_view open_doorbell(struct device *device, unsigned qid, bool is_cq) {
    _Atomic uint32_t *value = doorbell(device, qid, is_cq);
    atomic_store(value, 0);
    return (struct doorbell_view){.doorbell = value};
}

void __attribute__((cold, noinline))
doorbell_refuse(struct device *device, const struct doorbell_view *view, uint32_t value) {
    async_events_raise(device, EVENT_INVALID_DOORBELL_VALUE);
    atomic_compare_exchange_strong(view->doorbell, &value, view->index);
}

void doorbells_clear(struct device *device) {
    for (unsigned i = 0; i < 2 * DEVICE_QUEUES; i++) {
        atomic_store(&device->bar.doorbells[i].value, 0);
    }
}

static void check_unused(struct device *device, _Atomic uint32_t *value) {
    if (atomic_load_explicit(value, memory_order_relaxed) != 0) {
        atomic_store(value, 0);
        async_events_raise(device, EVENT_INVALID_DOORBELL_REGISTER);
    }
}

void doorbells_check_unused(struct device *device, unsigned qid) {
    if (!atomic_load_explicit(&device->live[qid], memory_order_relaxed)) {
        check_unused(device, doorbell(device, qid, false));
    }
    if (!device->cq[qid].exists) {
        check_unused(device, doorbell(device, qid, true));
    }
}

bool queue_memory_is_mapped(const struct device *device, uint64_t iova, uint64_t bytes) {
    for (uint64_t offset = 0; offset < bytes; offset += NVME_PAGE_SIZE) {
        if (iova_lookup(device->iova, iova + offset) == NULL) {
            return false;
        }
    }
    return true;
}

void completion_queue_open(struct device *device, unsigned cqid, uint64_t iova, uint32_t size) {
    assert(!device->cq[cqid].exists && (iova & NVME_PAGE_MASK) == 0);
    device->cq[cqid] = (struct completion_queue){
        .ring = {.iova = iova, .size = size},
        .phase = 1,
        .exists = true,
        .head = open_doorbell(device, cqid, true),
    };
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
    sq->qid = (uint16_t)qid;
    sq->cq = &device->cq[cqid];
    sq->cq->users++;
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
    atomic_store(doorbell(device, qid, false), 0);
}

void completion_queue_close(struct device *device, unsigned cqid) {
    assert(device->cq[cqid].exists && device->cq[cqid].users == 0);
    device->cq[cqid].exists = false;
    atomic_store(doorbell(device, cqid, true), 0);
}
