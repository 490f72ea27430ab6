/* SPDX-License-Identifier: Apache-2.0 */

/* The Error Information log page's entries, one for each failed command (Base, "Error Information"). */
#include <string.h>

#include "device/command.h"

void error_log_open(struct error_log *log) {
    pthread_mutex_init(&log->lock, NULL);
}

/* Whether the same command would fail again (Base, "Completion Queue Entry", DNR). */
static bool is_permanent(uint16_t status) {
    switch (status) {
    case NVME_INTERNAL_ERROR:
    case NVME_ABORT_REQUESTED:
    case NVME_CAPACITY_EXCEEDED:
    case NVME_WRITE_FAULT:
    case NVME_UNRECOVERED_READ_ERROR:
        return false;
    default:
        return true;
    }
}

static bool is_media_error(uint16_t status) {
    switch (status) {
    case NVME_WRITE_FAULT:
    case NVME_UNRECOVERED_READ_ERROR:
    case NVME_GUARD_CHECK_ERROR:
    case NVME_APPLICATION_TAG_CHECK_ERROR:
    case NVME_REFERENCE_TAG_CHECK_ERROR:
        return true;
    default:
        return false;
    }
}

/* The field of a command that a status can only be for. */
static uint16_t parameter_of(uint16_t status) {
    switch (status) {
    case NVME_INVALID_OPCODE:
        return NVME_ERROR_LOCATION(0, 0);
    case NVME_COMMAND_ID_CONFLICT:
        return NVME_ERROR_LOCATION(2, 0);
    case NVME_INVALID_NAMESPACE_OR_FORMAT:
    case NVME_FEATURE_NOT_NAMESPACE_SPECIFIC:
        return NVME_ERROR_LOCATION(4, 0); /* NSID */
    case NVME_INVALID_LOG_PAGE:
    case NVME_INVALID_QUEUE_IDENTIFIER:
        return NVME_ERROR_LOCATION(40, 0); /* CDW10 */
    case NVME_INVALID_QUEUE_SIZE:
        return NVME_ERROR_LOCATION(42, 0);
    case NVME_FEATURE_NOT_SAVEABLE:
        return NVME_ERROR_LOCATION(43, 7); /* SV */
    case NVME_COMPLETION_QUEUE_INVALID:
    case NVME_INVALID_INTERRUPT_VECTOR:
        return NVME_ERROR_LOCATION(46, 0); /* CDW11 31:16 */
    default:
        return NVME_ERROR_LOCATION_NONE;
    }
}

uint16_t error_log_put(struct command *command, uint16_t status_and_dnr) {
    const uint16_t full_status = (uint16_t)(status_and_dnr | NVME_STATUS_MORE);
    struct error_log *log = &command->device->errors;
    const struct nvme_sqe *sqe = &command->sqe;
    const bool is_io = command->sq->qid != 0;
    const uint16_t status = NVME_STATUS_CODE(full_status);
    struct nvme_error_entry entry = {
        .sqid = command->sq->qid,
        .cid = sqe->cid,
        .status = (uint16_t)(full_status << 1),
        .parameter_location = command->parameter != NVME_ERROR_LOCATION_NONE ? command->parameter
                                                                             : parameter_of(status),
        .lba = is_io ? NVME_SLBA(sqe) : 0,
        .nsid = sqe->nsid,
        .opcode = sqe->opc,
    };
    pthread_mutex_lock(&log->lock);
    entry.error_count = ++log->count;
    log->entries[(log->count - 1) % DEVICE_ERROR_ENTRIES] = entry;
    log->media_errors += is_media_error(status);
    pthread_mutex_unlock(&log->lock);
    return full_status;
}

uint16_t error_log_add(struct command *command, uint16_t status) {
    const unsigned dnr = is_permanent(status) ? NVME_STATUS_DNR : 0;
    return error_log_put(command, (uint16_t)(status | dnr));
}

void error_log_read(struct error_log *log, struct nvme_error_entry *entries) {
    pthread_mutex_lock(&log->lock);
    for (uint64_t i = 0; i < DEVICE_ERROR_ENTRIES; i++) {
        if (i < log->count) {
            entries[i] = log->entries[(log->count - 1 - i) % DEVICE_ERROR_ENTRIES];
        } else {
            memset(&entries[i], 0, sizeof(entries[i]));
        }
    }
    pthread_mutex_unlock(&log->lock);
}

void error_log_counts(struct error_log *log, uint64_t *entries, uint64_t *media_errors) {
    pthread_mutex_lock(&log->lock);
    *entries = log->count;
    *media_errors = log->media_errors;
    pthread_mutex_unlock(&log->lock);
}
