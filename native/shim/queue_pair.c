/* SPDX-License-Identifier: Apache-2.0 */

/* The data path's one entry: nothing but the way to the transport. */
#include "transport.h"

int n4j_qpair_process(n4j_qpair *qpair, const n4j_submission *submissions, uint32_t count,
                      n4j_completion *completions, uint32_t max) {
    return qpair->transport->process(qpair, submissions, count, completions, max);
}
