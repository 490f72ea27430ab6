/* SPDX-License-Identifier: Apache-2.0 */

/* Admin commands, one at a time and waited for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "spdk_transport.h"

/* An answer is looked for this often, after a short while of looking all the time. */
#define BUSY_POLLS 1000
#define INTERVAL_NS 50000

/*
 * Outlives its caller when the command times out and SPDK hands it back only with the controller's
 * end; whoever comes second frees it.
 */
struct waiter {
    atomic_int owners;
    atomic_bool done;
    struct spdk_nvme_cpl cpl;
};

static void release(struct waiter *waiter) {
    if (atomic_fetch_sub(&waiter->owners, 1) == 1) {
        free(waiter);
    }
}

static void on_completion(void *argument, const struct spdk_nvme_cpl *cpl) {
    struct waiter *waiter = argument;
    waiter->cpl = *cpl;
    atomic_store(&waiter->done, true);
    release(waiter);
}

static int submit(struct n4j_spdk_ctrlr *ctrlr, const n4j_submission *submission,
                  struct waiter *waiter) {
    struct spdk_nvme_cmd command;
    memcpy(&command, submission, sizeof(command));
    void *data = NULL;
    uint32_t length = 0;
    if (submission->data_form == N4J_DATA_CONTIGUOUS) {
        data = (void *)(uintptr_t)submission->data;
        length = submission->data_length;
    }
    return spdk_nvme_ctrlr_cmd_admin_raw(ctrlr->spdk, &command, data, length, on_completion,
                                         waiter);
}

/* SPDK checks none of it; a fabrics target would end the connection. */
static int check(const struct n4j_spdk_ctrlr *ctrlr, const n4j_submission *submission) {
    if (!n4j_spdk_takes_form(N4J_SPDK_ADMIN_DATA_FORMS, submission->data_form) ||
        submission->metadata != 0) {
        return -EINVAL;
    }
    const bool has_data = submission->data_form == N4J_DATA_CONTIGUOUS;
    return has_data && (n4j_spdk_lacks_data(submission) ||
                        submission->data_length > ctrlr->limits.max_transfer)
               ? -EINVAL
               : 0;
}

/* 0 when the command has completed; else the controller has failed. */
static int wait_for(struct n4j_spdk_ctrlr *ctrlr, const struct waiter *waiter,
                    uint32_t timeout_ms) {
    static const struct timespec interval = {.tv_nsec = INTERVAL_NS};
    uint64_t deadline = n4j_now_ms() + timeout_ms;
    for (uint32_t polls = 0; !atomic_load(&waiter->done); polls++) {
        if (atomic_load(&ctrlr->failed)) {
            return -ENXIO;
        }
        int code = spdk_nvme_ctrlr_process_admin_completions(ctrlr->spdk);
        if (atomic_load(&waiter->done)) {
            break;
        }
        bool is_late = polls >= BUSY_POLLS && n4j_now_ms() >= deadline;
        if (code < 0 || is_late) {
            n4j_spdk_fail(ctrlr);
            return code < 0 ? -ENXIO : -ETIMEDOUT;
        }
        if (polls >= BUSY_POLLS) {
            nanosleep(&interval, NULL);
        }
    }
    return 0;
}

static int execute(struct n4j_spdk_ctrlr *ctrlr, const n4j_submission *submission,
                   n4j_completion *completion, uint32_t timeout_ms) {
    struct waiter *waiter = calloc(1, sizeof(*waiter));
    if (waiter == NULL) {
        return -ENOMEM;
    }
    atomic_init(&waiter->owners, 2);
    atomic_init(&waiter->done, false);
    int code = submit(ctrlr, submission, waiter);
    if (code != 0) {
        free(waiter); /* SPDK does not call back after a failed submission */
        return code;
    }
    code = wait_for(ctrlr, waiter, timeout_ms);
    if (code == 0) {
        completion->tag = submission->tag;
        completion->cdw0 = waiter->cpl.cdw0;
        completion->status = n4j_spdk_status(&waiter->cpl);
        completion->error = 0;
    }
    release(waiter);
    return code;
}

int n4j_spdk_admin(struct n4j_ctrlr *base, const n4j_submission *submission,
                   n4j_completion *completion, uint32_t timeout_ms) {
    struct n4j_spdk_ctrlr *ctrlr = (struct n4j_spdk_ctrlr *)base;
    int code = check(ctrlr, submission);
    if (code != 0) {
        return code;
    }
    pthread_mutex_lock(&ctrlr->admin);
    code =
        atomic_load(&ctrlr->failed) ? -ENXIO : execute(ctrlr, submission, completion, timeout_ms);
    pthread_mutex_unlock(&ctrlr->admin);
    return code;
}
