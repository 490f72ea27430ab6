/* SPDX-License-Identifier: Apache-2.0 */

/* Creating and deleting I/O queues (PCIe, "Create I/O Completion Queue command" and so on). */
#include "device/command.h"

static unsigned qid_of(const struct command *command) {
    return command->sqe.cdw10 & 0xffff;
}

static bool is_io_qid(const struct device *device, unsigned qid) {
    return qid >= 1 && qid <= features_io_queues(device);
}

/* The checks that both kinds of queue have in common; `entry_shift_matches`: CC.IOSQES or IOCQES. */
static uint16_t check_memory(struct command *command, unsigned entry_shift,
                             bool entry_shift_matches, uint32_t *size) {
    const struct nvme_sqe *sqe = &command->sqe;
    *size = (sqe->cdw10 >> 16) + 1;
    if (*size < 2 || *size > DEVICE_MQES + 1 || !entry_shift_matches) {
        return NVME_INVALID_QUEUE_SIZE;
    }
    if ((sqe->cdw11 & NVME_QUEUE_PC) == 0) {
        return command_refuse(command, 44, 0, NVME_INVALID_FIELD); /* CAP.CQR */
    }
    if ((sqe->prp1 & NVME_PAGE_MASK) != 0) {
        return command_refuse(command, 24, 0, NVME_PRP_OFFSET_INVALID);
    }
    return queue_memory_is_mapped(command->device, sqe->prp1, (uint64_t)*size << entry_shift)
               ? NVME_SUCCESS
               : NVME_DATA_TRANSFER_ERROR;
}

uint16_t admin_create_io_cq(struct command *command) {
    struct device *device = command->device;
    const unsigned cqid = qid_of(command);
    const uint32_t cdw11 = command->sqe.cdw11;
    const bool has_interrupts = (cdw11 & NVME_CQ_IEN) != 0;
    uint32_t size;
    if (!is_io_qid(device, cqid) || device->cq[cqid].exists) {
        return NVME_INVALID_QUEUE_IDENTIFIER;
    }
    uint16_t status =
        check_memory(command, NVME_CQE_SHIFT, NVME_CC_IOCQES(device->cc) == NVME_CQE_SHIFT, &size);
    if (status != NVME_SUCCESS) {
        return status;
    }
    if (has_interrupts && cdw11 >> 16 >= DEVICE_INTERRUPT_VECTORS) {
        return NVME_INVALID_INTERRUPT_VECTOR;
    }
    completion_queue_open(device, cqid, command->sqe.prp1, size,
                          has_interrupts ? (int)(cdw11 >> 16) : NO_INTERRUPTS);
    return NVME_SUCCESS;
}

uint16_t admin_create_io_sq(struct command *command) {
    struct device *device = command->device;
    const unsigned qid = qid_of(command);
    const unsigned cqid = command->sqe.cdw11 >> 16;
    uint32_t size;
    if (!is_io_qid(device, qid) || atomic_load(&device->live[qid])) {
        return NVME_INVALID_QUEUE_IDENTIFIER;
    }
    if (!is_io_qid(device, cqid)) {
        return command_refuse(command, 46, 0, NVME_INVALID_QUEUE_IDENTIFIER);
    }
    if (!device->cq[cqid].exists) {
        return NVME_COMPLETION_QUEUE_INVALID;
    }
    uint16_t status =
        check_memory(command, NVME_SQE_SHIFT, NVME_CC_IOSQES(device->cc) == NVME_SQE_SHIFT, &size);
    if (status == NVME_SUCCESS &&
        !submission_queue_open(device, qid, command->sqe.prp1, size, cqid)) {
        return NVME_INTERNAL_ERROR;
    }
    return status;
}

/* Commands that were not fetched yet, or are not due, are dropped; all others have completed. */
uint16_t admin_delete_io_sq(struct command *command) {
    struct device *device = command->device;
    const unsigned qid = qid_of(command);
    if (!is_io_qid(device, qid) || !atomic_load(&device->live[qid])) {
        return NVME_INVALID_QUEUE_IDENTIFIER;
    }
    submission_queue_close(device, qid);
    return NVME_SUCCESS;
}

uint16_t admin_delete_io_cq(struct command *command) {
    struct device *device = command->device;
    const unsigned cqid = qid_of(command);
    if (!is_io_qid(device, cqid) || !device->cq[cqid].exists) {
        return NVME_INVALID_QUEUE_IDENTIFIER;
    }
    if (device->cq[cqid].users > 0) {
        return NVME_INVALID_QUEUE_DELETION;
    }
    completion_queue_close(device, cqid);
    return NVME_SUCCESS;
}
