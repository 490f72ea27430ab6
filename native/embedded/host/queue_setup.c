/* SPDX-License-Identifier: Apache-2.0 */

/* Making and unmaking of queues (Base, "I/O Queue Creation", "I/O Queue Deletion"). */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/queue.h"

static _Atomic uint32_t *doorbell(const struct host *host, unsigned qid, bool is_cq) {
    const size_t stride = (size_t)4 << NVME_CAP_DSTRD(host->cap);
    assert(qid <= host_doorbell_pairs(host->cap));
    char *doorbells = (char *)(host->registers + 1);
    return (_Atomic uint32_t *)(void *)(doorbells + (2 * qid + (is_cq ? 1 : 0)) * stride);
}

/* Memory for one queue, and where the controller sees it. */
static int ring_memory(struct host *host, uint64_t length, void **memory, uint64_t *iova,
                       struct n4j_error *error) {
    uint32_t kind;
    int code = memory_alloc(host->memory, length, NVME_PAGE_SIZE, N4J_NUMA_ANY,
                            N4J_MEM_IOVA_CONTIGUOUS, memory, &kind, error);
    if (code != 0) {
        return code;
    }
    code = memory_translate(host->memory, *memory, 1, NVME_PAGE_SIZE, iova);
    if (code != 0) {
        memory_free(host->memory, *memory);
        return n4j_fail(error, code, "the memory of a queue is out of the controller's reach");
    }
    return 0;
}

int queue_rings_open(struct host *host, unsigned qid, uint32_t size, struct queue_rings *rings,
                     struct n4j_error *error) {
    void *sq;
    void *cq;
    *rings = (struct queue_rings){.size = size, .cq_phase = 1};
    int code = ring_memory(host, (uint64_t)size << NVME_SQE_SHIFT, &sq, &rings->sq_iova, error);
    if (code != 0) {
        return code;
    }
    code = ring_memory(host, (uint64_t)size << NVME_CQE_SHIFT, &cq, &rings->cq_iova, error);
    if (code != 0) {
        memory_free(host->memory, sq);
        return code;
    }
    rings->sq = sq;
    rings->cq = cq;
    rings->sq_tail_doorbell = doorbell(host, qid, false);
    rings->cq_head_doorbell = doorbell(host, qid, true);
    return 0;
}

void queue_rings_clear(struct queue_rings *rings) {
    memset(rings->sq, 0, (size_t)rings->size << NVME_SQE_SHIFT);
    memset(rings->cq, 0, (size_t)rings->size << NVME_CQE_SHIFT);
    rings->sq_tail = 0;
    rings->cq_head = 0;
    rings->cq_phase = 1;
}

void queue_rings_close(struct host *host, struct queue_rings *rings) {
    if (rings->sq != NULL) {
        memory_free(host->memory, rings->sq);
        memory_free(host->memory, rings->cq);
        rings->sq = NULL;
    }
}

static int take_qid(struct host *host, uint32_t *qid, struct n4j_error *error) {
    pthread_mutex_lock(&host->admin_lock);
    uint32_t free_qid = 1;
    while (free_qid <= host->max_qpairs && host->qid_taken[free_qid]) {
        free_qid++;
    }
    const bool found = free_qid <= host->max_qpairs;
    if (found) {
        host->qid_taken[free_qid] = true;
        *qid = free_qid;
    }
    pthread_mutex_unlock(&host->admin_lock);
    return found ? 0
                 : n4j_fail(error, -ENOSPC,
                            "all %u queue pairs of the controller are taken: close one first",
                            host->max_qpairs);
}

static void give_qid(struct host *host, uint32_t qid) {
    pthread_mutex_lock(&host->admin_lock);
    assert(host->qid_taken[qid]);
    host->qid_taken[qid] = false;
    pthread_mutex_unlock(&host->admin_lock);
}

/* With admin_lock held, as the next two. */
static int queue_command(struct host *host, const struct nvme_sqe *command, const char *what,
                         struct n4j_error *error) {
    struct command_result result;
    int code = host_execute(host, command, host_timeout_ms(host), &result);
    if (code == 0 && result.status != NVME_SUCCESS) {
        return n4j_fail(error, -EIO, "%s failed with status %03Xh", what,
                        NVME_STATUS_CODE(result.status));
    }
    return code == 0 ? 0 : n4j_fail(error, code, "%s failed: %s", what, host_reason(host));
}

/* Both kinds are deleted by the same command, but for its opcode. */
static void delete_queue(struct host *host, uint8_t opcode, uint32_t qid) {
    const struct nvme_sqe command = {.opc = opcode, .cdw10 = qid};
    struct command_result result;
    /* Where it fails the controller has, and works on no queue any more. */
    host_execute(host, &command, host_timeout_ms(host), &result);
}

static int create_both(struct host_queue *queue, struct n4j_error *error) {
    const uint32_t cdw10 = queue->qid | (queue->rings.size - 1) << 16;
    const struct nvme_sqe create_cq = {
        .opc = NVME_CREATE_IO_CQ,
        .prp1 = queue->rings.cq_iova,
        .cdw10 = cdw10,
        .cdw11 = NVME_QUEUE_PC,
    };
    const struct nvme_sqe create_sq = {
        .opc = NVME_CREATE_IO_SQ,
        .prp1 = queue->rings.sq_iova,
        .cdw10 = cdw10,
        .cdw11 = NVME_QUEUE_PC | queue->qid << 16,
    };
    int code = queue_command(queue->host, &create_cq, "Create I/O Completion Queue", error);
    if (code != 0) {
        return code;
    }
    code = queue_command(queue->host, &create_sq, "Create I/O Submission Queue", error);
    if (code != 0) {
        delete_queue(queue->host, NVME_DELETE_IO_CQ, queue->qid);
    }
    return code;
}

/* Under one lock, so that no reset comes between them and deletes the one, or both unseen. */
static int create_queues(struct host_queue *queue, struct n4j_error *error) {
    struct host *host = queue->host;
    pthread_mutex_lock(&host->admin_lock);
    queue->generation = atomic_load(&host->generation);
    int code = create_both(queue, error);
    pthread_mutex_unlock(&host->admin_lock);
    return code;
}

/* Those that a reset has deleted are gone; until the number is given back, no others have it. */
static void delete_queues(struct host_queue *queue) {
    struct host *host = queue->host;
    pthread_mutex_lock(&host->admin_lock);
    if (!host_queue_is_stale(queue)) {
        delete_queue(host, NVME_DELETE_IO_SQ, queue->qid);
        delete_queue(host, NVME_DELETE_IO_CQ, queue->qid);
    }
    pthread_mutex_unlock(&host->admin_lock);
}

static void free_queue(struct host_queue *queue) {
    queue_rings_close(queue->host, &queue->rings);
    n4j_standby_close(&queue->standby);
    n4j_owed_close(&queue->owed);
    free(queue->free_cids);
    free(queue->slots);
    free(queue);
}

/* The bits of the numbers below it. */
static uint32_t mask_of(uint32_t depth) {
    uint32_t slots = 1;
    while (slots < depth) {
        slots *= 2;
    }
    return slots - 1;
}

static struct host_queue *allocate_queue(struct host *host, uint32_t depth, uint32_t standby) {
    struct host_queue *queue = calloc(1, sizeof(*queue));
    if (queue == NULL) {
        return NULL;
    }
    queue->host = host;
    queue->inline_device = host->config.threaded ? NULL : host->device;
    queue->depth = depth;
    queue->slot_mask = mask_of(depth);
    queue->free_cids = calloc(depth, sizeof(*queue->free_cids));
    queue->slots = calloc(queue->slot_mask + 1, sizeof(*queue->slots));
    if (n4j_standby_open(&queue->standby, standby) != 0 ||
        n4j_owed_open(&queue->owed, depth + standby) != 0 || queue->free_cids == NULL ||
        queue->slots == NULL) {
        free_queue(queue);
        return NULL;
    }
    for (uint32_t slot = 0; slot <= queue->slot_mask; slot++) {
        queue->slots[slot].cid = HOST_NO_CID;
    }
    /* The lowest CID is on top. */
    for (uint32_t cid = depth; cid-- > 0;) {
        queue->free_cids[queue->free_count++] = (uint16_t)cid;
    }
    return queue;
}

int host_qpair_create(struct n4j_ctrlr *ctrlr, uint32_t depth, uint32_t standby,
                      struct n4j_qpair **qpair, struct n4j_error *error) {
    struct host *host = (struct host *)ctrlr;
    struct host_queue *queue = allocate_queue(host, depth, standby);
    if (queue == NULL) {
        return n4j_fail(error, -ENOMEM, "out of memory");
    }
    int code = take_qid(host, &queue->qid, error);
    if (code == 0) {
        /* A queue is full when all but one of its entries are used. */
        code = queue_rings_open(host, queue->qid, depth + 1, &queue->rings, error);
        if (code == 0) {
            code = create_queues(queue, error);
        }
        if (code != 0) {
            give_qid(host, queue->qid);
        }
    }
    if (code != 0) {
        free_queue(queue);
        return code;
    }
    *qpair = &queue->base;
    return 0;
}

int host_qpair_destroy(struct n4j_qpair *qpair) {
    struct host_queue *queue = (struct host_queue *)qpair;
    delete_queues(queue);
    give_qid(queue->host, queue->qid);
    free_queue(queue);
    return 0;
}
