/* SPDX-License-Identifier: Apache-2.0 */

#include "queue_pair_end.h"

#include <assert.h>
#include <errno.h>

#include "completion.h"

void n4j_spdk_qpair_free_now(struct n4j_spdk_qpair *qpair) {
    if (qpair->spdk != NULL) {
        spdk_nvme_ctrlr_free_io_qpair(qpair->spdk);
        qpair->spdk = NULL;
    }
    if (qpair->is_live) {
        assert(atomic_load(&qpair->ctrlr->live_qpairs) > 0);
        qpair->is_live = false;
        atomic_fetch_sub(&qpair->ctrlr->live_qpairs, 1);
    }
}

bool n4j_spdk_qpair_give_up(struct n4j_spdk_qpair *qpair) {
    /* Before commands are called completed, the device is to leave their memory alone. */
    if (n4j_spdk_target_has_doorbells(&qpair->ctrlr->trid)) {
        n4j_spdk_fail(qpair->ctrlr);
    }
    if (pthread_mutex_trylock(&n4j_spdk_memory_lock) != 0) {
        return false;
    }
    n4j_spdk_qpair_free_now(qpair);
    pthread_mutex_unlock(&n4j_spdk_memory_lock);
    /* SPDK has called back for every command; a record for each, whatever it does. */
    for (uint32_t i = 0; i < qpair->depth; i++) {
        if (qpair->slots[i].busy) {
            n4j_spdk_complete_error(&qpair->slots[i], -ENXIO);
        }
    }
    assert(qpair->in_flight == 0);
    n4j_spdk_standby_fail(qpair, -ENXIO);
    return true;
}
