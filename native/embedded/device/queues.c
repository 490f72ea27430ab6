/* SPDX-License-Identifier: Apache-2.0 */

/* Submission and completion queues (Base, "Queue Processing"). */
#include <string.h>

#include "device/device.h"

static const _Atomic uint32_t *doorbell(const struct device *device, unsigned qid, bool is_cq) {
    return &device->bar.doorbells[2 * qid + (is_cq ? 1 : 0)].value;
}

static void clear_doorbell(struct device *device, unsigned qid, bool is_cq) {
    atomic_store(&device->bar.doorbells[2 * qid + (is_cq ? 1 : 0)].value, 0);
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
    clear_doorbell(device, cqid, true);
    device->cq[cqid] = (struct completion_queue){
        .ring = {.iova = iova, .size = size},
        .phase = 1,
        .exists = true,
        .head_doorbell = doorbell(device, cqid, true),
    };
}

void submission_queue_open(struct device *device, unsigned qid, uint64_t iova, uint32_t size,
                           unsigned cqid) {
    struct submission_queue *sq = &device->sq[qid];
    clear_doorbell(device, qid, false);
    sq->ring = (struct ring){.iova = iova, .size = size};
    sq->head = 0;
    sq->qid = (uint16_t)qid;
    sq->cq = &device->cq[cqid];
    sq->cq->users++;
    sq->tail_doorbell = doorbell(device, qid, false);
    if (device->delayed != NULL) {
        delay_open(&device->delayed[qid], qid);
    }
    atomic_store(&device->live[qid], true);
}

/* When this returns, no thread runs the queue. */
void submission_queue_close(struct device *device, unsigned qid) {
    atomic_store(&device->live[qid], false);
    device->sq[qid].cq->users--;
    if (qid != 0) {
        iova_reader_quiesce(device->iova, qid);
    }
}

/* An entry of a queue in host memory, or NULL where that isn't mapped. */
static void *ring_entry(const struct device *device, struct ring *ring, uint32_t index,
                        unsigned entry_shift) {
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

static uint32_t next_index(const struct ring *ring, uint32_t index) {
    return index + 1 == ring->size ? 0 : index + 1;
}

/* A doorbell's value that is no index of its queue is not acted on, but told (Base, "Asynchronous
 * Event Information - Error Status"). */
static bool check_doorbell(struct device *device, const struct ring *ring, uint32_t value) {
    if (value < ring->size) {
        return true;
    }
    atomic_store(&device->events.doorbell_event, true);
    return false;
}

uint32_t completion_queue_room(struct device *device, const struct completion_queue *cq) {
    const uint32_t head = atomic_load_explicit(cq->head_doorbell, memory_order_acquire);
    if (!check_doorbell(device, &cq->ring, head)) {
        return 0;
    }
    /* One entry stays empty, else a full queue would look like an empty one. */
    return (head > cq->tail ? head : head + cq->ring.size) - cq->tail - 1;
}

void completion_post(struct device *device, struct submission_queue *sq, uint16_t cid,
                     uint16_t status, uint32_t result) {
    struct completion_queue *cq = sq->cq;
    struct nvme_cqe *cqe = ring_entry(device, &cq->ring, cq->tail, NVME_CQE_SHIFT);
    if (cqe == NULL) {
        device_fail(device);
        return;
    }
    const uint64_t high = (uint64_t)sq->head | (uint64_t)sq->qid << 16 | (uint64_t)cid << 32 |
                          (uint64_t)cq->phase << 48 | (uint64_t)status << 49;
    cqe->low = result;
    atomic_store_explicit(&cqe->high, high, memory_order_release);
    cq->tail = next_index(&cq->ring, cq->tail);
    if (cq->tail == 0) {
        cq->phase ^= 1;
    }
}

static bool delays(const struct device *device, const struct submission_queue *sq) {
    return device->delayed != NULL && sq->qid != 0;
}

static void execute(struct device *device, struct submission_queue *sq, const void *sqe) {
    struct command command;
    memcpy(&command.sqe, sqe, sizeof(command.sqe));
    command.device = device;
    command.sq = sq;
    command.result = 0;
    command.is_held = false;
    uint16_t status = sq->qid == 0 ? admin_execute(&command) : nvm_execute(&command);
    if (status != NVME_SUCCESS) {
        status = error_log_add(&command, status);
    }
    if (command.is_held) {
        return;
    }
    if (delays(device, sq)) {
        const struct delayed_completion completion = {
            .cid = command.sqe.cid, .status = status, .result = command.result};
        delay_add(&device->delayed[sq->qid], &device->delay, delay_now_ns(), completion);
        return;
    }
    completion_post(device, sq, command.sqe.cid, status, command.result);
}

/* Posts what has waited long enough. Returns how many completions are still to wait. */
static unsigned post_delayed(struct device *device, struct submission_queue *sq) {
    struct delay_queue *queue = &device->delayed[sq->qid];
    if (delay_waiting(queue) == 0) {
        return 0;
    }
    struct delayed_completion completion;
    const uint64_t now_ns = delay_now_ns();
    sq->cq->ring.page = NULL;
    while (completion_queue_room(device, sq->cq) > 0 && delay_take(queue, now_ns, &completion)) {
        completion_post(device, sq, completion.cid, completion.status, completion.result);
    }
    return delay_waiting(queue);
}

static bool has_room(struct device *device, const struct submission_queue *sq) {
    return delays(device, sq) ? delay_waiting(&device->delayed[sq->qid]) < DELAY_ENTRIES
                              : completion_queue_room(device, sq->cq) > 0;
}

unsigned submission_queue_run(struct device *device, struct submission_queue *sq) {
    const unsigned waiting = delays(device, sq) ? post_delayed(device, sq) : 0;
    const uint32_t tail = atomic_load_explicit(sq->tail_doorbell, memory_order_acquire);
    if (tail == sq->head || !check_doorbell(device, &sq->ring, tail)) {
        return waiting;
    }
    /* What was mapped in the last run need not be mapped any more. */
    sq->ring.page = NULL;
    sq->cq->ring.page = NULL;
    unsigned executed = 0;
    while (sq->head != tail && has_room(device, sq)) {
        const void *sqe = ring_entry(device, &sq->ring, sq->head, NVME_SQE_SHIFT);
        if (sqe == NULL) {
            device_fail(device);
            break;
        }
        sq->head = next_index(&sq->ring, sq->head);
        execute(device, sq, sqe);
        executed++;
    }
    return executed + waiting;
}
