/* SPDX-License-Identifier: Apache-2.0 */

#include "admin.h"

#include <errno.h>
#include <sched.h>

#include "clock.h"
#include "transport.h"

int admin_wait(n4j_ctrlr *ctrlr, n4j_completion *completion, uint32_t timeout_ms) {
    const uint64_t deadline_ms = n4j_now_ms() + timeout_ms;
    while (n4j_ctrlr_admin_process(ctrlr, completion, 1) == 0 ||
           completion->tag == (uint64_t)N4J_ADMIN_EVENT) {
        if (n4j_now_ms() >= deadline_ms) {
            return -ETIMEDOUT;
        }
        sched_yield();
    }
    return 0;
}

typedef int submit_fn(n4j_ctrlr *ctrlr, const n4j_submission *submission);

/* Busy it may be for a moment, as another thread looks for answers. */
static int carry_out(submit_fn *submit, n4j_ctrlr *ctrlr, const n4j_submission *submission,
                     n4j_completion *completion, uint32_t timeout_ms) {
    const uint64_t deadline_ms = n4j_now_ms() + timeout_ms;
    int code = submit(ctrlr, submission);
    while (code == -EBUSY && n4j_now_ms() < deadline_ms) {
        sched_yield();
        code = submit(ctrlr, submission);
    }
    if (code == 0) {
        code = admin_wait(ctrlr, completion, timeout_ms);
    }
    return code == 0 ? -completion->error : code;
}

int admin(n4j_ctrlr *ctrlr, const n4j_submission *submission, n4j_completion *completion,
          uint32_t timeout_ms) {
    return carry_out(n4j_ctrlr_admin_submit, ctrlr, submission, completion, timeout_ms);
}

int admin_below(n4j_ctrlr *ctrlr, const n4j_submission *submission, n4j_completion *completion,
                uint32_t timeout_ms) {
    return carry_out(ctrlr->transport->admin_submit, ctrlr, submission, completion, timeout_ms);
}
