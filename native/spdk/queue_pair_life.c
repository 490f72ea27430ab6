/* SPDX-License-Identifier: Apache-2.0 */

/* Queue pairs: creation and deletion. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "clock.h"
#include "completion.h"
#include "queue_pair_end.h"

#define CONNECT_WITHIN_MS 10000

/*
 * Entries of a queue that takes that many commands at once, or of the largest there is. With doorbells
 * there are two for each command: SPDK reaps a quarter of the entries with one ring of a doorbell.
 */
static uint32_t entries_for(const struct n4j_spdk_ctrlr *ctrlr, uint32_t depth) {
    uint32_t entries = n4j_spdk_target_has_doorbells(&ctrlr->trid) ? 2 * depth : depth + 1;
    return entries < ctrlr->limits.max_depth ? entries : (uint32_t)ctrlr->limits.max_depth;
}

static void free_qpair(struct n4j_spdk_qpair *qpair) {
    n4j_standby_close(&qpair->standby);
    n4j_owed_close(&qpair->owed);
    free(qpair);
}

static struct n4j_spdk_qpair *new_qpair(struct n4j_spdk_ctrlr *ctrlr, uint32_t depth,
                                        uint32_t standby) {
    struct n4j_spdk_qpair *qpair = calloc(1, sizeof(*qpair) + depth * sizeof(qpair->slots[0]));
    if (qpair == NULL) {
        return NULL;
    }
    if (n4j_standby_open(&qpair->standby, standby) != 0 ||
        n4j_owed_open(&qpair->owed, depth + standby) != 0) {
        free_qpair(qpair);
        return NULL;
    }
    qpair->ctrlr = ctrlr;
    qpair->depth = depth;
    qpair->data_forms = ctrlr->limits.data_forms;
    qpair->max_transfer =
        ctrlr->limits.max_transfer > UINT32_MAX ? UINT32_MAX : (uint32_t)ctrlr->limits.max_transfer;
    for (uint32_t i = depth; i-- > 0;) {
        qpair->slots[i].qpair = qpair;
        qpair->slots[i].next_free = qpair->free;
        qpair->free = &qpair->slots[i];
    }
    return qpair;
}

static struct spdk_nvme_qpair *alloc_io_qpair(const struct n4j_spdk_qpair *qpair) {
    const struct n4j_spdk_ctrlr *ctrlr = qpair->ctrlr;
    /* SPDK has its own of a command back only after the callback that relieves it: one to spare. */
    const uint32_t depth = qpair->depth + (qpair->standby.capacity > 0 ? 1 : 0);
    struct spdk_nvme_io_qpair_opts opts;
    spdk_nvme_ctrlr_get_default_io_qpair_opts(ctrlr->spdk, &opts, sizeof(opts));
    opts.io_queue_size = entries_for(ctrlr, depth);
    opts.io_queue_requests = depth;
    /*
     * One doorbell for a batch, rung when it is polled; a lone command's is rung before. TCP gathers
     * its writes in any case.
     */
    opts.delay_cmd_submit = ctrlr->trid.trtype != SPDK_NVME_TRANSPORT_TCP && depth > 1;
    /* Waiting is done below: SPDK would do it holding the controller's lock, and for ever. */
    opts.async_mode = true;
    return spdk_nvme_ctrlr_alloc_io_qpair(ctrlr->spdk, &opts, sizeof(opts));
}

static int wait_connected(struct n4j_spdk_ctrlr *ctrlr, struct spdk_nvme_qpair *spdk) {
    const uint64_t deadline_ms = n4j_now_ms() + CONNECT_WITHIN_MS;
    while (!spdk_nvme_qpair_is_connected(spdk)) {
        if (spdk_nvme_qpair_process_completions(spdk, 0) < 0 || atomic_load(&ctrlr->failed) ||
            n4j_spdk_vfio_hung_up(ctrlr->vfio_user_socket)) {
            return -ENXIO;
        }
        if (n4j_now_ms() > deadline_ms) {
            return -ETIMEDOUT;
        }
        sched_yield();
    }
    /* Takes it from connected to enabled. */
    return spdk_nvme_qpair_process_completions(spdk, 0) < 0 ? -ENXIO : 0;
}

static int make_and_connect(struct n4j_spdk_qpair *qpair, uint32_t depth, struct n4j_error *error) {
    struct n4j_spdk_ctrlr *ctrlr = qpair->ctrlr;
    n4j_spdk_log_begin();
    qpair->spdk = alloc_io_qpair(qpair);
    /* An error with success: see memory.c. */
    if (qpair->spdk == NULL || n4j_spdk_log_error()[0] != '\0') {
        const char *reason = n4j_spdk_log_error();
        if (n4j_spdk_log_contains("No free I/O queue IDs")) {
            return n4j_fail(error, -ENOSPC,
                            "all %llu queue pairs that the controller granted to this process are "
                            "taken: close one first",
                            (unsigned long long)ctrlr->max_qpairs);
        }
        return n4j_fail(error, -ENOMEM, "SPDK makes no queue pair of depth %u: %s", depth,
                        reason[0] != '\0'
                            ? reason
                            : "the controller's queue pairs or hugepages are used up: close "
                              "some, or 'nvme4j doctor' shows what is free");
    }
    int code = wait_connected(ctrlr, qpair->spdk);
    if (code != 0) {
        const char *reason = n4j_spdk_log_error();
        return n4j_fail(error, code, "the controller makes no queue pair of depth %u: %s", depth,
                        reason[0] != '\0'    ? reason
                        : code == -ETIMEDOUT ? "no answer"
                                             : "it is gone or has failed");
    }
    return 0;
}

static void free_spdk_qpair(struct n4j_spdk_qpair *qpair) {
    pthread_mutex_lock(&n4j_spdk_memory_lock);
    n4j_spdk_qpair_free_now(qpair);
    pthread_mutex_unlock(&n4j_spdk_memory_lock);
}

/* SPDK would wait, without an end, for the commands that were to create the queues. */
static void abandon(struct n4j_spdk_qpair *qpair) {
    bool is_half_made = qpair->spdk != NULL && !spdk_nvme_qpair_is_connected(qpair->spdk);
    if (is_half_made && n4j_spdk_target_has_doorbells(&qpair->ctrlr->trid)) {
        n4j_spdk_fail(qpair->ctrlr);
    }
    free_spdk_qpair(qpair);
    free_qpair(qpair);
}

int n4j_spdk_qpair_create(struct n4j_ctrlr *base, uint32_t depth, uint32_t standby,
                          struct n4j_qpair **out, struct n4j_error *error) {
    struct n4j_spdk_ctrlr *ctrlr = (struct n4j_spdk_ctrlr *)base;
    struct n4j_spdk_qpair *qpair = new_qpair(ctrlr, depth, standby);
    if (qpair == NULL) {
        return n4j_fail(error, -ENOMEM, "out of memory");
    }
    pthread_mutex_lock(&n4j_spdk_memory_lock);
    /* Counted first, as a reset sets `failed` first: one of the two sees the other. */
    qpair->is_live = true;
    atomic_fetch_add(&ctrlr->live_qpairs, 1);
    int code = atomic_load(&ctrlr->failed)
                   ? n4j_fail(error, -ENXIO, "the controller is gone or has failed")
                   : make_and_connect(qpair, depth, error);
    pthread_mutex_unlock(&n4j_spdk_memory_lock);
    n4j_spdk_hugepages_unlink();
    if (code != 0) {
        abandon(qpair);
        return code;
    }
    *out = &qpair->base;
    return 0;
}

int n4j_spdk_qpair_destroy(struct n4j_qpair *base) {
    struct n4j_spdk_qpair *qpair = (struct n4j_spdk_qpair *)base;
    n4j_spdk_check_alive(qpair->ctrlr); /* SPDK waits long for a dead controller */
    /* What SPDK completes on the way is owed, and never paid. */
    qpair->next = NULL;
    qpair->end = NULL;
    free_spdk_qpair(qpair);
    free_qpair(qpair);
    return 0;
}
