/* SPDX-License-Identifier: Apache-2.0 */

/* Admin commands (Base, "Admin Command Set"): which there are, and the small ones. */
#include "device/command.h"

/* What can be aborted waits for an event, or for being due; all else completes at once. */
static uint16_t abort_command(struct command *command) {
    struct device *device = command->device;
    const uint16_t sqid = (uint16_t)command->sqe.cdw10;
    const uint16_t cid = (uint16_t)(command->sqe.cdw10 >> 16);
    const bool exists = sqid < DEVICE_QUEUES && atomic_load(&device->live[sqid]);
    const bool aborted = sqid == 0 ? async_events_abort(device, cid)
                                   : exists && delays_abort(&device->sq[sqid].delays, cid);
    command->result = aborted ? 0 : 1;
    return NVME_SUCCESS;
}

static uint16_t keep_alive(struct command *command) {
    keep_alive_restart(command->device);
    return NVME_SUCCESS;
}

typedef uint16_t (*admin_fn)(struct command *command);

static admin_fn find_command(uint8_t opcode) {
    switch (opcode) {
    case NVME_DELETE_IO_SQ:
        return admin_delete_io_sq;
    case NVME_CREATE_IO_SQ:
        return admin_create_io_sq;
    case NVME_GET_LOG_PAGE:
        return admin_get_log_page;
    case NVME_DELETE_IO_CQ:
        return admin_delete_io_cq;
    case NVME_CREATE_IO_CQ:
        return admin_create_io_cq;
    case NVME_IDENTIFY:
        return admin_identify;
    case NVME_ABORT:
        return abort_command;
    case NVME_SET_FEATURES:
        return admin_set_features;
    case NVME_GET_FEATURES:
        return admin_get_features;
    case NVME_ASYNC_EVENT_REQUEST:
        return admin_async_event_request;
    case NVME_KEEP_ALIVE:
        return keep_alive;
    default:
        return NULL;
    }
}

uint16_t admin_execute(struct command *command) {
    const admin_fn execute = find_command(command->sqe.opc);
    if (async_events_hold(command->device, command->sqe.cid)) {
        return NVME_COMMAND_ID_CONFLICT;
    }
    if (execute == NULL) {
        return NVME_INVALID_OPCODE;
    }
    /* Admin commands are never fused, and over PCIe their data is described by PRPs alone (PCIe, "Data
     * Transfer Model"). */
    if (NVME_FUSE(command->sqe.flags) != 0) {
        return command_refuse(command, 1, 0, NVME_INVALID_FIELD);
    }
    if (NVME_PSDT(command->sqe.flags) != NVME_PSDT_PRP) {
        return command_refuse(command, 1, 6, NVME_INVALID_FIELD);
    }
    return execute(command);
}
