/* SPDX-License-Identifier: Apache-2.0 */

/* Abort of a command that is known by its tag. Housekeeping polls for the answer. */
#include <errno.h>

#include "completion.h"

static struct n4j_spdk_slot *find(struct n4j_spdk_qpair *qpair, uint64_t tag) {
    for (uint32_t i = 0; i < qpair->depth; i++) {
        if (qpair->slots[i].busy && qpair->slots[i].tag == tag) {
            return &qpair->slots[i];
        }
    }
    return NULL;
}

/* SPDK calls it also when the controller goes before it has answered. */
void n4j_spdk_abort_answered(void *argument, const struct spdk_nvme_cpl *cpl) {
    struct n4j_spdk_ctrlr *ctrlr = argument;
    (void)cpl; /* the command's own completion says what became of it */
    atomic_fetch_sub(&ctrlr->aborts, 1);
}

bool n4j_spdk_abort_reserve(struct n4j_spdk_ctrlr *ctrlr) {
    unsigned aborts = atomic_load(&ctrlr->aborts);
    while (aborts < ctrlr->max_aborts) {
        if (atomic_compare_exchange_weak(&ctrlr->aborts, &aborts, aborts + 1)) {
            return true;
        }
    }
    return false;
}

int n4j_spdk_qpair_abort(struct n4j_qpair *base, uint64_t tag) {
    struct n4j_spdk_qpair *qpair = (struct n4j_spdk_qpair *)base;
    struct n4j_spdk_ctrlr *ctrlr = qpair->ctrlr;
    if (qpair->spdk == NULL || atomic_load(&ctrlr->failed)) {
        return -ENXIO;
    }
    struct n4j_spdk_slot *slot = find(qpair, tag);
    if (slot == NULL) {
        return -ENOENT;
    }
    if (ctrlr->trid.trtype == SPDK_NVME_TRANSPORT_VFIOUSER) {
        return -ENOTSUP; /* SPDK's transport has no way to look for a command, and would crash */
    }
    if (!n4j_spdk_abort_reserve(ctrlr)) {
        /* Some may have been answered, and not been looked for yet. */
        n4j_spdk_poll(ctrlr);
        if (!n4j_spdk_abort_reserve(ctrlr)) {
            return -EBUSY;
        }
    }
    /* A command that SPDK has not sent yet completes at once, and is owed. */
    qpair->next = NULL;
    qpair->end = NULL;
    int code = spdk_nvme_ctrlr_cmd_abort_ext(ctrlr->spdk, qpair->spdk, slot,
                                             n4j_spdk_abort_answered, ctrlr);
    if (code != 0) {
        atomic_fetch_sub(&ctrlr->aborts, 1);
    }
    return code;
}
