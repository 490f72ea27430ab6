/* SPDX-License-Identifier: Apache-2.0 */

/* What Java checks its view of the records against when it loads the library. */
#include <assert.h>

#include "nvme4j.h"

static_assert(sizeof(n4j_submission) == 128, "two cache lines");
static_assert(offsetof(n4j_submission, tag) == 64, "the first is the submission queue entry");
static_assert(sizeof(n4j_completion) == 16, "as a completion queue entry");
static_assert(sizeof(n4j_injected) == 40, "as the bindings have it");
static_assert(sizeof(n4j_recorded) == 64, "as the bindings have it");
static_assert(sizeof(n4j_version) == 16, "as the bindings have it");
static_assert(sizeof(n4j_touched) == 24, "as the bindings have it");
static_assert(sizeof(n4j_recording) == 56, "as the bindings have it");
static_assert(sizeof(n4j_fragment) == 16, "as an SGL descriptor");

static const uint32_t layout[] = {
    sizeof(n4j_submission),
    offsetof(n4j_submission, opc),
    offsetof(n4j_submission, flags),
    offsetof(n4j_submission, cid),
    offsetof(n4j_submission, nsid),
    offsetof(n4j_submission, cdw2),
    offsetof(n4j_submission, cdw3),
    offsetof(n4j_submission, mptr),
    offsetof(n4j_submission, prp1),
    offsetof(n4j_submission, prp2),
    offsetof(n4j_submission, cdw10),
    offsetof(n4j_submission, cdw11),
    offsetof(n4j_submission, cdw12),
    offsetof(n4j_submission, cdw13),
    offsetof(n4j_submission, cdw14),
    offsetof(n4j_submission, cdw15),
    offsetof(n4j_submission, tag),
    offsetof(n4j_submission, data),
    offsetof(n4j_submission, data_length),
    offsetof(n4j_submission, data_form),
    offsetof(n4j_submission, metadata),
    offsetof(n4j_submission, metadata_length),
    offsetof(n4j_submission, fragment_count),
    offsetof(n4j_submission, reserved),
    sizeof(n4j_completion),
    offsetof(n4j_completion, tag),
    offsetof(n4j_completion, cdw0),
    offsetof(n4j_completion, status),
    offsetof(n4j_completion, error),
    sizeof(n4j_fragment),
    offsetof(n4j_fragment, address),
    offsetof(n4j_fragment, length),
};

uint32_t n4j_abi_version(void) {
    return N4J_ABI_VERSION;
}

uint32_t n4j_abi_layout(uint32_t *numbers, uint32_t max) {
    const uint32_t count = sizeof(layout) / sizeof(layout[0]);
    for (uint32_t i = 0; i < count && i < max; i++) {
        numbers[i] = layout[i];
    }
    return count;
}
