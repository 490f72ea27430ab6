/* SPDX-License-Identifier: Apache-2.0 */

#include "record_rules.h"

#include <errno.h>
#include <stdbool.h>

#include "admin.h"
#include "check.h"

enum { FLUSH = 0x00, SET_FEATURES = 0x09, GET_FEATURES = 0x0a, KEEP_ALIVE = 0x18 };

static const uint32_t forms[] = {
    N4J_DATA_NONE, N4J_DATA_PRP, N4J_DATA_SGL, N4J_DATA_CONTIGUOUS, N4J_DATA_FRAGMENTS, 5, 31, 32,
    UINT32_MAX};
#define FORMS (sizeof(forms) / sizeof(forms[0]))

static bool is_taken(n4j_ctrlr *ctrlr, uint32_t property, uint32_t form) {
    return form < 32 && (n4j_ctrlr_property(ctrlr, property) >> form & 1) != 0;
}

/* The errno of a record that is to be refused. */
static int refusal(n4j_qpair *qpair, const n4j_submission *submission) {
    n4j_completion completion = {0};
    CHECK_EQUAL(1, n4j_qpair_process(qpair, submission, 1, &completion, 1));
    CHECK_EQUAL(submission->tag, completion.tag);
    CHECK_EQUAL(0, completion.status);
    return completion.error;
}

void check_forms_that_are_not_taken(n4j_ctrlr *ctrlr, n4j_qpair *qpair) {
    for (unsigned i = 0; i < FORMS; i++) {
        const n4j_submission flush = {.opc = FLUSH, .nsid = 1, .tag = i, .data_form = forms[i]};
        n4j_submission keep_alive = flush;
        n4j_completion completion;
        keep_alive.opc = KEEP_ALIVE;
        if (!is_taken(ctrlr, N4J_PROPERTY_DATA_FORMS, forms[i])) {
            CHECK_EQUAL(EINVAL, refusal(qpair, &flush));
        }
        if (!is_taken(ctrlr, N4J_PROPERTY_ADMIN_DATA_FORMS, forms[i])) {
            CHECK_EQUAL(-EINVAL, admin(ctrlr, &keep_alive, &completion, 1000));
        }
    }
}

void check_metadata_that_nobody_points_at(n4j_ctrlr *ctrlr, n4j_qpair *qpair, void *memory) {
    const uint32_t callers[] = {N4J_DATA_NONE, N4J_DATA_PRP, N4J_DATA_SGL};
    for (unsigned i = 0; i < sizeof(callers) / sizeof(callers[0]); i++) {
        n4j_completion completion;
        n4j_submission flush = {.opc = FLUSH,
                                .nsid = 1,
                                .tag = i,
                                .data_form = callers[i],
                                .metadata = (uintptr_t)memory,
                                .metadata_length = 8};
        CHECK_EQUAL(EINVAL, refusal(qpair, &flush));
        flush.opc = KEEP_ALIVE;
        CHECK_EQUAL(-EINVAL, admin(ctrlr, &flush, &completion, 1000));
    }
}

static int code_of(n4j_ctrlr *ctrlr, uint8_t opcode, uint32_t cdw10) {
    const n4j_submission submission = {.opc = opcode, .cdw10 = cdw10, .data_form = N4J_DATA_NONE};
    n4j_completion completion;
    return admin(ctrlr, &submission, &completion, 5000);
}

void check_commands_of_the_drivers(n4j_ctrlr *ctrlr) {
    const uint8_t opcodes[] = {0x00, 0x01, 0x04, 0x05, 0x0c, 0x45, 0x7c, 0x7f};
    const uint8_t features[] = {0x07, 0x0d, 0x0f};
    const uint32_t save = UINT32_C(1) << 31;
    for (unsigned i = 0; i < sizeof(opcodes); i++) {
        CHECK_EQUAL(-EPERM, code_of(ctrlr, opcodes[i], 1)); /* a queue that there is */
    }
    for (unsigned i = 0; i < sizeof(features); i++) {
        CHECK_EQUAL(-EPERM, code_of(ctrlr, SET_FEATURES, features[i]));
        CHECK_EQUAL(-EPERM, code_of(ctrlr, SET_FEATURES, features[i] | save));
    }
    CHECK_EQUAL(0, code_of(ctrlr, GET_FEATURES, 0x07));
    CHECK_EQUAL(0, code_of(ctrlr, KEEP_ALIVE, 0));
}
