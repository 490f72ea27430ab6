/* SPDX-License-Identifier: Apache-2.0 */

/* Completions off the data path, by an errno. */
#include "completion.h"

void n4j_spdk_complete_error(struct n4j_spdk_slot *slot, int code) {
    n4j_spdk_write_error(slot->qpair, slot->tag, code);
    n4j_spdk_free_slot(slot);
}

void n4j_spdk_standby_fail(struct n4j_spdk_qpair *qpair, int code) {
    while (qpair->standby.count > 0) {
        n4j_spdk_write_error(qpair, n4j_standby_first(&qpair->standby)->tag, code);
        n4j_standby_drop(&qpair->standby);
    }
}
