/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Resetting: the controller is let go and connected to anew, which serves a drive as well as a target
 * that has started again. Memory is the environment's, and stays where it is.
 */
#include <assert.h>
#include <errno.h>
#include <time.h>

#include "clock.h"
#include "spdk_transport.h"

#define INTERVAL_NS 1000000

/* SPDK frees a queue pair on the thread that polls it. */
static int wait_for_queue_pairs(struct n4j_spdk_ctrlr *ctrlr, uint32_t timeout_ms,
                                struct n4j_error *error) {
    static const struct timespec interval = {.tv_nsec = INTERVAL_NS};
    const uint64_t deadline = n4j_now_ms() + timeout_ms;
    while (atomic_load(&ctrlr->live_qpairs) > 0) {
        if (n4j_now_ms() >= deadline) {
            return n4j_fail(error, -EBUSY,
                            "%u queue pairs of the controller have not been processed since it was "
                            "to be reset: process or close them, then reset it again",
                            atomic_load(&ctrlr->live_qpairs));
        }
        nanosleep(&interval, NULL);
    }
    return 0;
}

/* What is in use was made for the limits that there were. */
static int check_same(const struct n4j_spdk_limits *before, const struct n4j_spdk_limits *now,
                      struct n4j_error *error) {
    const bool is_same =
        before->page_size == now->page_size && before->max_transfer <= now->max_transfer &&
        before->max_depth <= now->max_depth && before->max_fragments <= now->max_fragments &&
        (before->data_forms & ~now->data_forms) == 0;
    return is_same ? 0
                   : n4j_fail(error, -ENODEV,
                              "the controller has come back with lower limits: detach it, and "
                              "attach to it anew");
}

static int connect_anew(struct n4j_spdk_ctrlr *ctrlr, struct n4j_error *error) {
    const struct spdk_nvme_transport_id trid = ctrlr->trid;
    struct n4j_spdk_connection connection;
    assert(atomic_load(&ctrlr->failed));
    if (ctrlr->spdk != NULL) {
        if (n4j_spdk_target_is_pci(&trid)) {
            n4j_spdk_sigbus_remove_bar(ctrlr);
        }
        n4j_spdk_disconnect(ctrlr->spdk, &trid);
        ctrlr->spdk = NULL;
    }
    int code = n4j_spdk_connect(&trid, &ctrlr->options, &connection, error);
    if (code != 0) {
        return code;
    }
    const struct n4j_spdk_limits before = ctrlr->limits;
    n4j_spdk_adopt(ctrlr, &connection);
    if (n4j_spdk_target_is_pci(&trid)) {
        n4j_spdk_sigbus_add_bar(ctrlr);
    }
    atomic_store(&ctrlr->failed, false);
    return check_same(&before, &ctrlr->limits, error);
}

int n4j_spdk_reset(struct n4j_ctrlr *base, uint32_t timeout_ms, struct n4j_error *error) {
    struct n4j_spdk_ctrlr *ctrlr = (struct n4j_spdk_ctrlr *)base;
    pthread_mutex_lock(&n4j_spdk_attach_lock);
    n4j_spdk_fail(ctrlr);
    int code = wait_for_queue_pairs(ctrlr, timeout_ms, error);
    if (code == 0) {
        n4j_spdk_housekeeping_settle();    /* it might be looking at what is replaced */
        pthread_mutex_lock(&ctrlr->admin); /* nobody looks at the admin queue meanwhile */
        code = connect_anew(ctrlr, error);
        pthread_mutex_unlock(&ctrlr->admin);
    }
    if (code != 0) {
        n4j_spdk_fail(ctrlr); /* of lower limits: else it has failed already */
    }
    pthread_mutex_unlock(&n4j_spdk_attach_lock);
    return code;
}
