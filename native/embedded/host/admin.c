/* SPDX-License-Identifier: Apache-2.0 */

/* The admin queue: one command at a time. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "host/host.h"

static uint32_t next_index(const struct queue_rings *rings, uint32_t index) {
    return index + 1 == rings->size ? 0 : index + 1;
}

static void submit(struct host *host, const struct nvme_sqe *command, uint16_t cid) {
    struct queue_rings *rings = &host->admin;
    struct nvme_sqe *sqe = &rings->sq[rings->sq_tail];
    *sqe = *command;
    sqe->cid = cid;
    rings->sq_tail = next_index(rings, rings->sq_tail);
    atomic_store_explicit(rings->sq_tail_doorbell, rings->sq_tail, memory_order_release);
}

/* Takes one completion, if there is one. Returns whether it was that of `cid`. */
static bool reap(struct host *host, uint16_t cid, struct command_result *result) {
    struct queue_rings *rings = &host->admin;
    const struct nvme_cqe *cqe = &rings->cq[rings->cq_head];
    const uint64_t high = atomic_load_explicit(&cqe->high, memory_order_acquire);
    if (NVME_CQE_PHASE(high) != rings->cq_phase) {
        return false;
    }
    result->cdw0 = (uint32_t)cqe->low;
    result->status = NVME_CQE_STATUS(high);
    rings->cq_head = next_index(rings, rings->cq_head);
    rings->cq_phase ^= rings->cq_head == 0;
    atomic_store_explicit(rings->cq_head_doorbell, rings->cq_head, memory_order_release);
    return NVME_CQE_CID(high) == cid;
}

int host_execute(struct host *host, const struct nvme_sqe *command, uint32_t timeout_ms,
                 struct command_result *result) {
    assert(pthread_mutex_trylock(&host->admin_lock) == EBUSY);
    if (!host_is_ready(host)) {
        return -ENXIO;
    }
    const uint16_t cid = host->admin_cid++;
    const uint64_t deadline_ms = n4j_now_ms() + timeout_ms;
    submit(host, command, cid);
    for (unsigned rounds = 0;;) {
        host_wait(host, &rounds);
        if (reap(host, cid, result)) {
            return 0;
        }
        if (!host_is_ready(host)) {
            return -ENXIO;
        }
        if (n4j_now_ms() >= deadline_ms) {
            host_disable(host);
            return -ETIMEDOUT;
        }
    }
}

int host_admin(struct host *host, const struct nvme_sqe *command, uint32_t timeout_ms,
               struct command_result *result) {
    pthread_mutex_lock(&host->admin_lock);
    int code = host_execute(host, command, timeout_ms, result);
    pthread_mutex_unlock(&host->admin_lock);
    return code;
}

int host_admin_submission(struct n4j_ctrlr *ctrlr, const n4j_submission *submission,
                          n4j_completion *completion, uint32_t timeout_ms) {
    if (!host_takes(submission, HOST_ADMIN_DATA_FORMS)) {
        return -EINVAL;
    }
    struct nvme_sqe command;
    struct command_result result;
    memcpy(&command, submission, sizeof(command));
    int code = host_admin((struct host *)ctrlr, &command, timeout_ms, &result);
    if (code == 0) {
        *completion =
            (n4j_completion){.tag = submission->tag, .cdw0 = result.cdw0, .status = result.status};
    }
    return code;
}
