/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Separate metadata. SPDK works its length out of the namespace's format, and asserts that there is such
 * a namespace.
 */
#include <errno.h>

#include "spdk_transport.h"

int n4j_spdk_metadata_check(const struct n4j_spdk_ctrlr *ctrlr, const n4j_submission *submission) {
    const uint32_t form = submission->data_form;
    const bool is_callers = form == N4J_DATA_NONE || form == N4J_DATA_PRP; /* MPTR says where */
    if (is_callers || !ctrlr->has_doorbells) {
        return -EINVAL; /* fabrics have no metadata pointer */
    }
    struct spdk_nvme_ns *ns = spdk_nvme_ctrlr_get_ns(ctrlr->spdk, submission->nsid);
    const uint32_t block_size = ns == NULL ? 0 : spdk_nvme_ns_get_sector_size(ns);
    if (block_size == 0 || submission->data_length % block_size != 0) {
        return -EINVAL;
    }
    const uint64_t blocks = submission->data_length / block_size;
    return submission->metadata_length == blocks * spdk_nvme_ns_get_md_size(ns) ? 0 : -EINVAL;
}
