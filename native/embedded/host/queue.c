/* SPDX-License-Identifier: Apache-2.0 */

/* The data path: submission queue entries out, completion queue entries in. */
#include "host/queue.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Completes a command that the controller does not. */
static inline void refuse(struct host_queue *queue, uint64_t tag, uint16_t error) {
    *n4j_owed_put(&queue->owed) = (n4j_completion){.tag = tag, .error = error};
}

/* The errno of a record that can't be submitted, or 0. */
static uint16_t check(const struct host_queue *queue, const n4j_submission *submission) {
    if (!host_takes(submission, HOST_DATA_FORMS)) {
        return EINVAL;
    }
    return queue->free_count == 0 ? EBUSY : 0;
}

/* The record begins with the command; CID is filled in on the way. */
static void write_sqe(struct nvme_sqe *sqe, const n4j_submission *submission, uint16_t cid) {
    memcpy(sqe, submission, sizeof(*sqe));
    sqe->cid = cid;
}

/* Writes a command to the submission queue at `*tail`, or notes why not. */
static inline void enqueue(struct host_queue *queue, const n4j_submission *submission,
                           uint32_t *tail) {
    const struct queue_rings *rings = &queue->rings;
    const uint16_t error = check(queue, submission);
    if (error != 0) {
        refuse(queue, submission->tag, error);
        return;
    }
    const uint16_t cid = queue->free_cids[--queue->free_count];
    struct host_slot *slot = host_slot(queue, cid);
    assert(slot->cid == HOST_NO_CID && *tail < rings->size);
    *slot = (struct host_slot){.tag = submission->tag, .cid = cid};
    write_sqe(&rings->sq[*tail], submission, cid);
    *tail = *tail + 1 == rings->size ? 0 : *tail + 1;
}

static inline void ring(struct queue_rings *rings, uint32_t tail) {
    if (tail != rings->sq_tail) {
        rings->sq_tail = tail;
        atomic_store_explicit(rings->sq_tail_doorbell, tail, memory_order_release);
    }
}

static void submit(struct host_queue *queue, const n4j_submission *submissions, uint32_t count) {
    uint32_t tail = queue->rings.sq_tail;
    for (uint32_t i = 0; i < count; i++) {
        if (queue->free_count > 0 || !n4j_standby_put(&queue->standby, &submissions[i])) {
            enqueue(queue, &submissions[i], &tail);
        }
    }
    ring(&queue->rings, tail);
}

/* Has commands on standby take the places of those that have completed. */
static void relieve(struct host_queue *queue) {
    uint32_t tail = queue->rings.sq_tail;
    while (queue->standby.count > 0 && queue->free_count > 0) {
        enqueue(queue, n4j_standby_first(&queue->standby), &tail);
        n4j_standby_drop(&queue->standby);
    }
    ring(&queue->rings, tail);
}

static inline void free_slot(struct host_queue *queue, struct host_slot *slot) {
    assert(slot->cid != HOST_NO_CID && queue->free_count < queue->depth);
    queue->free_cids[queue->free_count++] = (uint16_t)(slot->cid + queue->slot_mask + 1);
    slot->cid = HOST_NO_CID;
}

static inline void ring_head(struct queue_rings *rings) {
    atomic_store_explicit(rings->cq_head_doorbell, rings->cq_head, memory_order_release);
}

/*
 * The controller has completed what it was not given. Nothing that it says can be relied on any more,
 * so it is disabled, and every command is given up.
 */
static void __attribute__((cold, noinline)) distrust(struct host_queue *queue, uint64_t high) {
    struct host *host = queue->host;
    pthread_mutex_lock(&host->admin_lock);
    if (!host_queue_is_stale(queue)) {
        snprintf(host->nonsense, sizeof(host->nonsense),
                 "completion queue %u got an entry of no command: CID %u, SQID %u, SQHD %u",
                 queue->qid, NVME_CQE_CID(high), NVME_CQE_SQID(high), NVME_CQE_SQHD(high));
        host_disable(host);
    }
    pthread_mutex_unlock(&host->admin_lock);
}

/* How many commands the controller has not fetched where that is the submission queue's head. */
static inline uint32_t unfetched(const struct queue_rings *rings, uint32_t head) {
    if (head <= rings->sq_tail) {
        return rings->sq_tail - head;
    }
    return head < rings->size ? rings->sq_tail + rings->size - head : UINT32_MAX;
}

/* Whether an entry can be true: it completes a command in flight, which was fetched. */
static inline bool is_plausible(const struct host_queue *queue, uint64_t high) {
    const uint16_t cid = NVME_CQE_CID(high);
    return host_slot(queue, cid)->cid == cid && NVME_CQE_SQID(high) == queue->qid &&
           unfetched(&queue->rings, NVME_CQE_SQHD(high)) < queue->depth - queue->free_count;
}

/* Takes completions in; the caller rings their doorbell. */
static uint32_t reap(struct host_queue *queue, n4j_completion *completions, uint32_t max) {
    struct queue_rings *rings = &queue->rings;
    uint32_t head = rings->cq_head;
    uint32_t count = 0;
    while (count < max) {
        const struct nvme_cqe *cqe = &rings->cq[head];
        const uint64_t high = atomic_load_explicit(&cqe->high, memory_order_acquire);
        if (NVME_CQE_PHASE(high) != rings->cq_phase) {
            break;
        }
        if (!is_plausible(queue, high)) {
            distrust(queue, high);
            break;
        }
        struct host_slot *slot = host_slot(queue, NVME_CQE_CID(high));
        completions[count++] = (n4j_completion){
            .tag = slot->tag,
            .cdw0 = (uint32_t)cqe->low,
            .status = NVME_CQE_STATUS(high),
        };
        free_slot(queue, slot);
        if (++head == rings->size) {
            head = 0;
            rings->cq_phase ^= 1;
        }
    }
    rings->cq_head = head;
    return count;
}

/* Gives all commands in flight up, and those on standby. */
static void refuse_all(struct host_queue *queue) {
    while (queue->standby.count > 0) {
        refuse(queue, n4j_standby_first(&queue->standby)->tag, ENXIO);
        n4j_standby_drop(&queue->standby);
    }
    for (uint32_t i = 0; i < queue->depth && queue->free_count < queue->depth; i++) {
        if (queue->slots[i].cid != HOST_NO_CID) {
            refuse(queue, queue->slots[i].tag, ENXIO);
            free_slot(queue, &queue->slots[i]);
        }
    }
}

/*
 * The controller has failed: hands over every command, those that completed before as they did. The
 * queue may be gone, and its doorbell is left alone.
 */
static int process_failed(struct host_queue *queue, const n4j_submission *submissions,
                          uint32_t count, n4j_completion *completions, uint32_t max) {
    for (uint32_t i = 0; i < count; i++) {
        refuse(queue, submissions[i].tag, ENXIO);
    }
    uint32_t reaped = reap(queue, completions, max);
    if (reaped < max) {
        refuse_all(queue);
    }
    reaped += n4j_owed_take(&queue->owed, completions + reaped, max - reaped);
    const bool is_done =
        queue->free_count == queue->depth && queue->standby.count == 0 && queue->owed.count == 0;
    return reaped == 0 && is_done ? -ENXIO : (int)reaped;
}

int host_qpair_process(struct n4j_qpair *qpair, const n4j_submission *submissions, uint32_t count,
                       n4j_completion *completions, uint32_t max) {
    struct host_queue *queue = (struct host_queue *)qpair;
    if (n4j_owed_reserve(&queue->owed, count) != 0) {
        return -ENOMEM;
    }
    if (!host_is_ready(queue->host) || host_queue_is_stale(queue)) {
        return process_failed(queue, submissions, count, completions, max);
    }
    submit(queue, submissions, count);
    if (queue->inline_device != NULL) {
        device_run_queue(queue->inline_device, queue->qid);
    }
    const uint32_t refused = n4j_owed_take(&queue->owed, completions, max);
    const uint32_t reaped = reap(queue, completions + refused, max - refused);
    if (reaped > 0) {
        ring_head(&queue->rings);
    }
    if (queue->standby.count > 0) {
        relieve(queue);
    }
    return (int)(refused + reaped);
}

int host_qpair_abort(struct n4j_qpair *qpair, uint64_t tag) {
    struct host_queue *queue = (struct host_queue *)qpair;
    uint32_t i = 0;
    while (i < queue->depth &&
           !(queue->slots[i].cid != HOST_NO_CID && queue->slots[i].tag == tag)) {
        i++;
    }
    if (i == queue->depth || host_queue_is_stale(queue)) {
        return -ENOENT;
    }
    const struct nvme_sqe command = {.opc = NVME_ABORT,
                                     .cdw10 = queue->qid | queue->slots[i].cid << 16};
    struct command_result result;
    return host_admin(queue->host, &command, host_timeout_ms(queue->host), &result);
}
