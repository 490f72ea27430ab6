/* SPDX-License-Identifier: Apache-2.0 */

/* A command that is being executed. */
#ifndef EMBEDDED_DEVICE_COMMAND_H
#define EMBEDDED_DEVICE_COMMAND_H

#include "device/device.h"
#include "device/metadata_pointer.h"
#include "device/protection.h"

/* Of blocks that have metadata (metadata_transfer.h). */
struct metadata_transfer {
    struct protection protection;
    struct metadata_pointer pointer; /* of separate metadata */
    bool in_host; /* the host's buffers hold metadata, or are to; else the controller makes it */
};

struct command {
    struct nvme_sqe sqe; /* a copy: the host may change the original */
    struct device *device;
    struct submission_queue *sq;
    uint32_t result;    /* DW0 of the completion */
    bool is_held;       /* completes later, if ever */
    uint16_t parameter; /* where it is wrong, as Error Information tells it */
    struct metadata_transfer metadata;
};

static inline uint64_t command_slba(const struct command *command) {
    return NVME_SLBA(&command->sqe);
}

/* Fails for a field that begins at a bit of a byte of the command. */
static inline uint16_t command_refuse(struct command *command, unsigned byte, unsigned bit,
                                      enum nvme_status status) {
    command->parameter = (uint16_t)NVME_ERROR_LOCATION(byte, bit);
    return (uint16_t)status;
}

/* What the command's pointers are to describe; how many bytes is filled in. */
static inline struct data_request command_request(const struct command *command,
                                                  enum data_direction direction) {
    const struct device *device = command->device;
    return (struct data_request){
        .iova = device->iova,
        .sqe = &command->sqe,
        .direction = direction,
        .sgl_support = command->sq->qid == 0 ? SGL_UNSUPPORTED : device->sgl_support,
    };
}

/* Opens the transfer that the command's data pointer describes. enum nvme_status. */
static inline uint16_t command_transfer(struct command *command, uint64_t length,
                                        enum data_direction direction) {
    struct data_request request = command_request(command, direction);
    request.length = length;
    const uint16_t status = transfer_open(&command->sq->transfer, &request);
    if (status != NVME_SUCCESS) {
        command->parameter = data_pointer_error_location(&command->sqe, status);
    }
    return status;
}

/* Commands: they return enum nvme_status. */
uint16_t nvm_execute(struct command *command);
/* Two commands as one (Base, "Fused Operations"): nothing comes between them. */
void nvm_execute_fused(struct command *first, struct command *second, uint16_t *statuses);
uint16_t admin_execute(struct command *command);
uint16_t admin_identify(struct command *command);
uint16_t admin_get_log_page(struct command *command);
uint16_t admin_get_features(struct command *command);
uint16_t admin_set_features(struct command *command);
uint16_t admin_create_io_cq(struct command *command);
uint16_t admin_create_io_sq(struct command *command);
uint16_t admin_delete_io_cq(struct command *command);
uint16_t admin_delete_io_sq(struct command *command);
uint16_t admin_async_event_request(struct command *command);

/* error_log.c: notes a command's failure and returns its status with M and DNR. */
uint16_t error_log_add(struct command *command, uint16_t status);
/* The same where DNR is said with the status. */
uint16_t error_log_put(struct command *command, uint16_t status_and_dnr);

#endif
