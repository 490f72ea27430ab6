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

bool submission_queue_open(struct device *device, unsigned qid, uint64_t iova, uint32_t size,
                           unsigned cqid) {
    static const struct delay_rules at_once = {0};
    struct submission_queue *sq = &device->sq[qid];
    if (!delays_open(&sq->delays, qid == 0 ? &at_once : &device->delay_rules, qid, size)) {
        return false;
    }
    clear_doorbell(device, qid, false);
    sq->ring = (struct ring){.iova = iova, .size = size};
    sq->head = 0;
    sq->qid = (uint16_t)qid;
    sq->cq = &device->cq[cqid];
    sq->cq->users++;
    sq->tail_doorbell = doorbell(device, qid, false);
    atomic_store(&device->live[qid], true);
    return true;
}

/* When this returns, no thread runs the queue. */
void submission_queue_close(struct device *device, unsigned qid) {
    atomic_store(&device->live[qid], false);
    device->sq[qid].cq->users--;
    if (qid != 0) {
        iova_reader_quiesce(device->iova, qid);
    }
    delays_close(&device->sq[qid].delays);
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

static void open_command(struct command *command, struct device *device,
                         struct submission_queue *sq, const void *sqe) {
    memcpy(&command->sqe, sqe, sizeof(command->sqe));
    command->device = device;
    command->sq = sq;
    command->result = 0;
    command->is_held = false;
}

static void complete(struct command *command, uint16_t status) {
    if (status != NVME_SUCCESS) {
        status = error_log_add(command, status);
    }
    if (!command->is_held) {
        completion_post(command->device, command->sq, command->sqe.cid, status, command->result);
    }
}

static void execute(struct device *device, struct submission_queue *sq, const void *sqe) {
    struct command command;
    open_command(&command, device, sq, sqe);
    complete(&command, sq->qid == 0 ? admin_execute(&command) : nvm_execute(&command));
}

static void execute_fused(struct device *device, struct submission_queue *sq, const void *sqe,
                          const void *second_sqe) {
    struct command first;
    struct command second;
    uint16_t statuses[2];
    open_command(&first, device, sq, sqe);
    open_command(&second, device, sq, second_sqe);
    nvm_execute_fused(&first, &second, statuses);
    complete(&first, statuses[0]);
    complete(&second, statuses[1]);
}

/* Takes an entry in. NULL: its memory isn't mapped, and the controller has failed. */
static const struct nvme_sqe *fetch(struct device *device, struct submission_queue *sq) {
    const struct nvme_sqe *sqe = ring_entry(device, &sq->ring, sq->head, NVME_SQE_SHIFT);
    if (sqe == NULL) {
        device_fail(device);
        return NULL;
    }
    sq->head = next_index(&sq->ring, sq->head);
    return sqe;
}

/*
 * Takes in the entry that is fused to the one that was fetched, where it is, under the same doorbell.
 * `first` becomes a copy, as a ring's entries may be in two pages.
 */
static const struct nvme_sqe *fetch_second(struct device *device, struct submission_queue *sq,
                                           uint32_t tail, const struct nvme_sqe **first,
                                           struct nvme_sqe *copy) {
    const bool may_be = sq->qid != 0 && sq->head != tail && sq->cq->ring.size > 2;
    if (NVME_FUSE((*first)->flags) != NVME_FUSE_FIRST || !may_be) {
        return NULL;
    }
    *copy = **first;
    *first = copy;
    const struct nvme_sqe *second = ring_entry(device, &sq->ring, sq->head, NVME_SQE_SHIFT);
    if (second == NULL || NVME_FUSE(second->flags) != NVME_FUSE_SECOND) {
        return NULL;
    }
    sq->head = next_index(&sq->ring, sq->head);
    return second;
}

/* Takes in what was submitted. */
static void fetch_delayed(struct device *device, struct submission_queue *sq, uint32_t tail,
                          uint64_t now_ns) {
    while (sq->head != tail && sq->delays.count < sq->delays.capacity) {
        struct nvme_sqe copy;
        const struct nvme_sqe *sqe = fetch(device, sq);
        if (sqe == NULL) {
            return;
        }
        const struct nvme_sqe *second = fetch_second(device, sq, tail, &sqe, &copy);
        delays_add(&sq->delays, sqe, second, now_ns);
    }
}

static void execute_delayed(struct device *device, struct submission_queue *sq,
                            const struct delayed_command *command) {
    if (command->is_aborted) {
        completion_post(device, sq, command->sqe.cid, NVME_ABORT_REQUESTED, 0);
        if (command->is_fused) {
            completion_post(device, sq, command->second.cid, NVME_ABORT_REQUESTED, 0);
        }
    } else if (command->is_fused) {
        execute_fused(device, sq, &command->sqe, &command->second);
    } else {
        execute(device, sq, &command->sqe);
    }
}

/* Takes in what was submitted, and executes what is due. */
static unsigned run_delayed(struct device *device, struct submission_queue *sq, uint32_t tail) {
    struct delays *delays = &sq->delays;
    struct delayed_command command;
    unsigned executed = 0;
    const uint64_t now_ns = delays_now_ns();
    pthread_mutex_lock(&delays->lock);
    fetch_delayed(device, sq, tail, now_ns);
    while (delays->count > 0 &&
           completion_queue_room(device, sq->cq) > (delays->heap[0].is_fused ? 1 : 0) &&
           delays_take(delays, now_ns, &command)) {
        execute_delayed(device, sq, &command);
        executed++;
    }
    pthread_mutex_unlock(&delays->lock);
    return executed;
}

unsigned submission_queue_run(struct device *device, struct submission_queue *sq) {
    const uint32_t tail = atomic_load_explicit(sq->tail_doorbell, memory_order_acquire);
    if ((tail == sq->head && sq->delays.count == 0) || !check_doorbell(device, &sq->ring, tail)) {
        return 0;
    }
    /* What was mapped in the last run need not be mapped any more. */
    sq->ring.page = NULL;
    sq->cq->ring.page = NULL;
    if (sq->delays.heap != NULL) {
        return run_delayed(device, sq, tail);
    }
    unsigned executed = 0;
    uint32_t room;
    while (sq->head != tail && (room = completion_queue_room(device, sq->cq)) > 0) {
        const uint32_t head = sq->head;
        struct nvme_sqe copy;
        const struct nvme_sqe *sqe = fetch(device, sq);
        if (sqe == NULL) {
            break;
        }
        const struct nvme_sqe *second = fetch_second(device, sq, tail, &sqe, &copy);
        if (second == NULL) {
            execute(device, sq, sqe);
        } else if (room > 1) {
            execute_fused(device, sq, sqe, second);
        } else {
            sq->head = head; /* two that are fused complete together */
            break;
        }
        executed++;
    }
    return executed;
}
