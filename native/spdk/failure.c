/* SPDX-License-Identifier: Apache-2.0 */

/* What becomes of a controller that has failed, or that is gone. */
#include <errno.h>
#include <sched.h>

#include "clock.h"
#include "spdk_transport.h"

#define DISABLE_WITHIN_MS 5000

/* Waits until the device is disabled or the connection closed: SPDK says so by -ENXIO. */
static void wait_disabled(struct spdk_nvme_ctrlr *spdk) {
    const uint64_t deadline_ms = n4j_now_ms() + DISABLE_WITHIN_MS;
    while (spdk_nvme_ctrlr_process_admin_completions(spdk) != -ENXIO &&
           n4j_now_ms() < deadline_ms) {
        sched_yield();
    }
}

static void disable(struct n4j_spdk_ctrlr *ctrlr) {
    if (spdk_nvme_ctrlr_disconnect(ctrlr->spdk) == 0) {
        wait_disabled(ctrlr->spdk);
    }
}

/*
 * A target goes on writing to memory that it shares with us until it has been disabled, or has noticed
 * that the connection is gone. So it is disabled as a drive is, and only one that doesn't answer is
 * cut off.
 */
static void disable_vfio_user(struct n4j_spdk_ctrlr *ctrlr) {
    bool cut;
    struct n4j_spdk_vfio_watch *watch =
        n4j_spdk_vfio_watch_begin(ctrlr->vfio_user_socket, N4J_SPDK_VFIO_ANSWER_WITHIN_S);
    pthread_mutex_lock(&n4j_spdk_memory_lock);
    disable(ctrlr);
    n4j_spdk_vfio_watch_end(watch, &cut);
    pthread_mutex_unlock(&n4j_spdk_memory_lock);
}

void n4j_spdk_fail(struct n4j_spdk_ctrlr *ctrlr) {
    pthread_mutex_lock(&ctrlr->failing);
    if (!atomic_load(&ctrlr->failed)) {
        pthread_mutex_lock(&ctrlr->admin); /* nobody else looks at the admin queue meanwhile */
        if (ctrlr->trid.trtype == SPDK_NVME_TRANSPORT_VFIOUSER) {
            disable_vfio_user(ctrlr);
        } else {
            disable(ctrlr);
        }
        atomic_store(&ctrlr->failed, true);
        pthread_mutex_unlock(&ctrlr->admin);
    }
    pthread_mutex_unlock(&ctrlr->failing);
}

/* CSTS of a drive that was pulled out reads as ones; one that is lost says so in CFS. */
static bool is_lost(struct n4j_spdk_ctrlr *ctrlr) {
    if (!n4j_spdk_target_is_pci(&ctrlr->trid)) {
        return n4j_spdk_vfio_hung_up(ctrlr->vfio_user_socket);
    }
    return spdk_nvme_ctrlr_get_regs_csts(ctrlr->spdk).bits.cfs == 1;
}

void n4j_spdk_check_alive(struct n4j_spdk_ctrlr *ctrlr) {
    if (!atomic_load(&ctrlr->failed) && is_lost(ctrlr)) {
        n4j_spdk_fail(ctrlr);
    }
}

int n4j_spdk_poll(struct n4j_spdk_ctrlr *ctrlr) {
    if (pthread_mutex_trylock(&ctrlr->admin) != 0) {
        return 0; /* someone looks, or it is being let go or connected to */
    }
    const bool has_failed = atomic_load(&ctrlr->failed);
    const int code = has_failed ? 0 : spdk_nvme_ctrlr_process_admin_completions(ctrlr->spdk);
    pthread_mutex_unlock(&ctrlr->admin);
    if (code < 0) {
        n4j_spdk_fail(ctrlr);
    }
    return has_failed || code < 0 ? -ENXIO : 0;
}

int n4j_spdk_disable(struct n4j_ctrlr *ctrlr) {
    n4j_spdk_fail((struct n4j_spdk_ctrlr *)ctrlr);
    return 0;
}
