/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The admin queue: the driver's own commands, which are waited for one at a time, beside those of
 * callers, which complete when they do, and the requests for events.
 */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "host/host.h"

/* One entry of a ring stays empty; the driver has one command, and one Abort. */
static_assert(N4J_ADMIN_DEPTH + ADMIN_EVENTS_MAX + 2 < ADMIN_QUEUE_ENTRIES, "all have a CID");

int host_admin_open(struct host *host) {
    return n4j_owed_open(&host->admin.done, N4J_ADMIN_DEPTH + ADMIN_EVENTS_MAX);
}

void host_admin_close(struct host *host) {
    n4j_owed_close(&host->admin.done);
}

static uint32_t next_index(const struct queue_rings *rings, uint32_t index) {
    return index + 1 == rings->size ? 0 : index + 1;
}

/* There are more CIDs than all owners have at once. */
static uint16_t take_cid(struct admin_queue *admin, enum admin_owner owner, uint64_t tag) {
    uint16_t cid = 0;
    while (admin->commands[cid].owner != ADMIN_NOBODYS) {
        cid++;
        assert(cid < ADMIN_QUEUE_ENTRIES);
    }
    admin->commands[cid].owner = owner;
    admin->commands[cid].tag = tag;
    return cid;
}

static void submit(struct host *host, const void *command, enum admin_owner owner, uint64_t tag) {
    struct queue_rings *rings = &host->admin.rings;
    struct nvme_sqe *sqe = &rings->sq[rings->sq_tail];
    memcpy(sqe, command, sizeof(*sqe));
    sqe->cid = take_cid(&host->admin, owner, tag);
    rings->sq_tail = next_index(rings, rings->sq_tail);
    atomic_store_explicit(rings->sq_tail_doorbell, rings->sq_tail, memory_order_release);
}

/* A request that the controller refuses, or that was aborted, is not made again. */
static void end_request(struct admin_queue *admin, const struct command_result *result) {
    if (result->status == NVME_SUCCESS) {
        *n4j_owed_put(&admin->done) =
            (n4j_completion){.tag = (uint64_t)N4J_ADMIN_EVENT, .cdw0 = result->cdw0};
    } else {
        admin->events--;
        admin->events_max--;
    }
}

/* Returns whose the command was that has completed. */
static enum admin_owner end_command(struct admin_queue *admin, uint16_t cid,
                                    const struct command_result *result) {
    if (cid >= ADMIN_QUEUE_ENTRIES) {
        return ADMIN_NOBODYS;
    }
    const enum admin_owner owner = admin->commands[cid].owner;
    admin->commands[cid].owner = ADMIN_NOBODYS;
    if (owner == ADMIN_CALLERS) {
        *n4j_owed_put(&admin->done) = (n4j_completion){
            .tag = admin->commands[cid].tag, .cdw0 = result->cdw0, .status = result->status};
    } else if (owner == ADMIN_EVENTS) {
        end_request(admin, result);
    } else if (owner == ADMIN_ABORTS) {
        admin->is_aborting = false;
    }
    return owner;
}

/*
 * Takes completions in, up to that of the driver's command. Returns whether that was among them, and
 * what came of it. Nothing that a controller says can be relied on that has completed what it was not
 * given, so it is disabled.
 */
static bool reap(struct host *host, struct command_result *result) {
    struct queue_rings *rings = &host->admin.rings;
    enum admin_owner owner = ADMIN_NOBODYS;
    while (owner != ADMIN_DRIVERS) {
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
        owner = end_command(&host->admin, NVME_CQE_CID(high), result);
        if (owner == ADMIN_NOBODYS) {
            host_disable(host);
            return false;
        }
    }
    return true;
}

void host_admin_give_up(struct host *host) {
    struct admin_queue *admin = &host->admin;
    for (uint16_t cid = 0; cid < ADMIN_QUEUE_ENTRIES; cid++) {
        if (admin->commands[cid].owner == ADMIN_CALLERS) {
            *n4j_owed_put(&admin->done) =
                (n4j_completion){.tag = admin->commands[cid].tag, .error = ENXIO};
        } else if (admin->commands[cid].owner == ADMIN_EVENTS) {
            admin->events--;
        }
        admin->commands[cid].owner = ADMIN_NOBODYS;
    }
    admin->is_aborting = false;
}

int host_execute(struct host *host, const struct nvme_sqe *command, uint32_t timeout_ms,
                 struct command_result *result) {
    assert(pthread_mutex_trylock(&host->admin_lock) == EBUSY);
    if (!host_is_ready(host)) {
        return -ENXIO;
    }
    const uint64_t deadline_ms = n4j_now_ms() + timeout_ms;
    submit(host, command, ADMIN_DRIVERS, 0);
    for (unsigned rounds = 0;;) {
        host_wait(host, &rounds);
        if (reap(host, result)) {
            return 0;
        }
        const bool is_late = n4j_now_ms() >= deadline_ms;
        if (is_late) {
            host_disable(host);
        }
        if (is_late || !host_is_ready(host)) {
            host_admin_give_up(host);
            return is_late ? -ETIMEDOUT : -ENXIO;
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

int host_admin_submit(struct n4j_ctrlr *ctrlr, const n4j_submission *submission) {
    struct host *host = (struct host *)ctrlr;
    int code = 0;
    if (!host_takes(submission, HOST_ADMIN_DATA_FORMS)) {
        return -EINVAL;
    }
    pthread_mutex_lock(&host->admin_lock);
    if (!host_is_ready(host)) {
        code = -ENXIO;
    } else if (host->admin.callers == N4J_ADMIN_DEPTH) {
        code = -EBUSY;
    } else {
        host->admin.callers++;
        submit(host, submission, ADMIN_CALLERS, submission->tag);
    }
    pthread_mutex_unlock(&host->admin_lock);
    return code;
}

void host_admin_request_events(struct host *host) {
    const struct nvme_sqe request = {.opc = NVME_ASYNC_EVENT_REQUEST};
    while (host->admin.events < host->admin.events_max) {
        host->admin.events++;
        submit(host, &request, ADMIN_EVENTS, 0);
    }
}

/* An event is asked for again when one was handed over: so there is room for all that come. */
static uint32_t hand_over(struct host *host, n4j_completion *completions, uint32_t max) {
    struct admin_queue *admin = &host->admin;
    const uint32_t count = n4j_owed_take(&admin->done, completions, max);
    for (uint32_t i = 0; i < count; i++) {
        *(completions[i].tag == (uint64_t)N4J_ADMIN_EVENT ? &admin->events : &admin->callers) -= 1;
    }
    if (host_is_ready(host)) {
        host_admin_request_events(host);
    }
    return count;
}

int host_admin_process(struct n4j_ctrlr *ctrlr, n4j_completion *completions, uint32_t max) {
    struct host *host = (struct host *)ctrlr;
    struct command_result result;
    pthread_mutex_lock(&host->admin_lock);
    if (!host->config.threaded && host_is_ready(host)) {
        device_run_admin(host->device);
    }
    reap(host, &result);
    if (!host_is_ready(host)) {
        host_admin_give_up(host);
    }
    const uint32_t count = hand_over(host, completions, max);
    pthread_mutex_unlock(&host->admin_lock);
    return (int)count;
}

/* The CID of a caller's command, or ADMIN_QUEUE_ENTRIES. */
static uint32_t find(const struct admin_queue *admin, uint64_t tag) {
    uint32_t cid = 0;
    while (cid < ADMIN_QUEUE_ENTRIES &&
           !(admin->commands[cid].owner == ADMIN_CALLERS && admin->commands[cid].tag == tag)) {
        cid++;
    }
    return cid;
}

int host_admin_abort(struct n4j_ctrlr *ctrlr, uint64_t tag) {
    struct host *host = (struct host *)ctrlr;
    int code = 0;
    pthread_mutex_lock(&host->admin_lock);
    const uint32_t cid = find(&host->admin, tag);
    if (cid == ADMIN_QUEUE_ENTRIES || !host_is_ready(host)) {
        code = -ENOENT;
    } else if (host->admin.is_aborting) {
        code = -EBUSY;
    } else {
        const struct nvme_sqe abort = {.opc = NVME_ABORT, .cdw10 = cid << 16};
        host->admin.is_aborting = true;
        submit(host, &abort, ADMIN_ABORTS, 0);
    }
    pthread_mutex_unlock(&host->admin_lock);
    return code;
}
