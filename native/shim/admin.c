/* SPDX-License-Identifier: Apache-2.0 */

/* Admin commands: what none of the transports may be given is kept from all of them here. */
#include <errno.h>
#include <stdbool.h>

#include "transport.h"

#define DELETE_IO_SQ 0x00
#define CREATE_IO_SQ 0x01
#define DELETE_IO_CQ 0x04
#define CREATE_IO_CQ 0x05
#define SET_FEATURES 0x09
#define ASYNC_EVENT_REQUEST 0x0c
#define CONTROLLER_DATA_QUEUE 0x45
#define DOORBELL_BUFFER_CONFIG 0x7c
#define FABRICS 0x7f

#define FID_NUMBER_OF_QUEUES 0x07
#define FID_HOST_MEMORY_BUFFER 0x0d
#define FID_KEEP_ALIVE_TIMER 0x0f

/* The queues, the memory and the timer that the driver has agreed upon with the controller. */
static bool is_drivers_feature(uint8_t fid) {
    return fid == FID_NUMBER_OF_QUEUES || fid == FID_HOST_MEMORY_BUFFER ||
           fid == FID_KEEP_ALIVE_TIMER;
}

/*
 * Commands that would take the driver's own queues away from it, or that it waits for itself, or after
 * which the controller writes to memory of which the driver knows nothing.
 */
static bool is_drivers(const n4j_submission *submission) {
    switch (submission->opc) {
    case DELETE_IO_SQ:
    case CREATE_IO_SQ:
    case DELETE_IO_CQ:
    case CREATE_IO_CQ:
    case ASYNC_EVENT_REQUEST:
    case CONTROLLER_DATA_QUEUE:
    case DOORBELL_BUFFER_CONFIG:
    case FABRICS:
        return true;
    case SET_FEATURES:
        return is_drivers_feature((uint8_t)submission->cdw10);
    default:
        return false;
    }
}

int n4j_ctrlr_admin_submit(n4j_ctrlr *ctrlr, const n4j_submission *submission) {
    if (is_drivers(submission)) {
        return -EPERM;
    }
    return ctrlr->transport->admin_submit(ctrlr, submission);
}

int n4j_ctrlr_admin_process(n4j_ctrlr *ctrlr, n4j_completion *completions, uint32_t max) {
    return ctrlr->transport->admin_process(ctrlr, completions, max);
}

int n4j_ctrlr_admin_abort(n4j_ctrlr *ctrlr, uint64_t tag) {
    return ctrlr->transport->admin_abort(ctrlr, tag);
}
