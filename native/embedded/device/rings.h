/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What running a queue does with its ring in host memory (Base, "Queue Processing"). Inline, as each
 * command comes this way.
 */
#ifndef EMBEDDED_DEVICE_RINGS_H
#define EMBEDDED_DEVICE_RINGS_H

#include <assert.h>

#include "device/device.h"

/* An entry of a queue in host memory, or NULL where that isn't mapped. */
static inline void *ring_entry(const struct device *device, struct ring *ring, uint32_t index,
                               unsigned entry_shift) {
    assert(index < ring->size);
    const uint32_t offset = index << entry_shift;
    const uint32_t page_number = offset >> NVME_PAGE_SHIFT;
    if (ring->page == NULL || ring->page_number != page_number) {
        ring->page =
            iova_lookup(device->iova, ring->iova + ((uint64_t)page_number << NVME_PAGE_SHIFT));
        ring->page_number = page_number;
        if (ring->page == NULL) {
            return NULL;
        }
    }
    return ring->page + (offset & NVME_PAGE_MASK);
}

static inline uint32_t ring_next(const struct ring *ring, uint32_t index) {
    return index + 1 == ring->size ? 0 : index + 1;
}

/* Entries from one index to another, onwards. */
static inline uint32_t ring_distance(const struct ring *ring, uint32_t from, uint32_t to) {
    return to >= from ? to - from : to + ring->size - from;
}

/* How far the host has consumed completions. */
static inline uint32_t completion_queue_head(struct device *device, struct completion_queue *cq) {
    const uint32_t value = atomic_load_explicit(cq->head.doorbell, memory_order_acquire);
    const uint32_t head = cq->head.index;
    if (value != head) {
        if (value == cq->tail ||
            (value < cq->ring.size &&
             ring_distance(&cq->ring, head, value) < ring_distance(&cq->ring, head, cq->tail))) {
            cq->head.index = value;
        } else {
            doorbell_refuse(device, &cq->head, value);
        }
    }
    return cq->head.index;
}

/* How far the host has submitted commands: never so far that it passes the head. */
static inline uint32_t submission_queue_tail(struct device *device, struct submission_queue *sq) {
    const uint32_t value = atomic_load_explicit(sq->tail.doorbell, memory_order_acquire);
    const uint32_t tail = sq->tail.index;
    if (value != tail) {
        if (value < sq->ring.size &&
            (sq->head == tail || ring_distance(&sq->ring, sq->head, value) >
                                     ring_distance(&sq->ring, sq->head, tail))) {
            sq->tail.index = value;
        } else {
            doorbell_refuse(device, &sq->tail, value);
        }
    }
    return sq->tail.index;
}

/* Completions that fit. */
static inline uint32_t completion_queue_room(struct device *device, struct completion_queue *cq) {
    const uint32_t head = completion_queue_head(device, cq);
    /* One entry stays empty, else a full queue would look like an empty one. */
    return (head > cq->tail ? head : head + cq->ring.size) - cq->tail - 1;
}

/* What an entry of a completion queue says in its second half. */
static inline uint64_t completion_high(const struct submission_queue *sq, uint16_t cid,
                                       uint16_t status) {
    return (uint64_t)sq->head | (uint64_t)sq->qid << 16 | (uint64_t)cid << 32 |
           (uint64_t)sq->cq->phase << 48 | (uint64_t)status << 49;
}

/* Posts an entry; there is room (completion_queue_room). */
static inline void completion_put(struct device *device, struct completion_queue *cq, uint64_t high,
                                  uint32_t result) {
    struct nvme_cqe *cqe = ring_entry(device, &cq->ring, cq->tail, NVME_CQE_SHIFT);
    if (cqe == NULL) {
        device_fail(device);
        return;
    }
    cqe->low = result;
    atomic_store_explicit(&cqe->high, high, memory_order_release);
    cq->tail = ring_next(&cq->ring, cq->tail);
    if (cq->tail == 0) {
        cq->phase ^= 1;
        cq->rounds++;
    }
}

/*
 * How many completions were posted since the queue was opened, and how many of these the host has
 * consumed. For any thread while no other one posts. A doorbell that has a value that it can't have
 * makes these fewer, never more.
 */
static inline uint64_t completion_queue_posted(const struct completion_queue *cq) {
    return cq->rounds * cq->ring.size + cq->tail;
}

static inline uint64_t completion_queue_consumed(const struct completion_queue *cq) {
    const uint32_t head = atomic_load_explicit(cq->head.doorbell, memory_order_acquire);
    const uint64_t posted = completion_queue_posted(cq);
    const uint32_t left =
        head < cq->ring.size ? ring_distance(&cq->ring, head, cq->tail) : cq->ring.size;
    return left < posted ? posted - left : 0;
}

/* Posts a completion; there is room. */
static inline void completion_post(struct device *device, struct submission_queue *sq, uint16_t cid,
                                   uint16_t status, uint32_t result) {
    completion_put(device, sq->cq, completion_high(sq, cid, status), result);
}

#endif
