/* SPDX-License-Identifier: Apache-2.0 */

/* The NVM Command Set's commands (NVM, "NVM Commands"). */
#include "device/command.h"
#include "device/metadata_transfer.h"
#include "device/namespace.h"
#include "device/range_lock.h"
#include "device/watch.h"

struct block_range {
    uint64_t offset; /* bytes */
    uint64_t length;
};

/* Adds to a counter that no other thread adds to. */
static void count(_Atomic uint64_t *counter, uint64_t number) {
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + number,
                          memory_order_relaxed);
}

static uint16_t range_in_bytes(const struct namespace *ns, uint64_t slba, uint64_t blocks,
                               struct block_range *range) {
    if (slba > ns->blocks || blocks > ns->blocks - slba) {
        return NVME_LBA_OUT_OF_RANGE;
    }
    range->offset = slba * ns->block_size;
    range->length = blocks * ns->block_size;
    return NVME_SUCCESS;
}

static uint16_t command_range(struct command *command, const struct namespace *ns,
                              struct block_range *range) {
    const uint16_t status =
        range_in_bytes(ns, command_slba(command), NVME_NLB(command->sqe.cdw12), range);
    return status == NVME_SUCCESS ? status : command_refuse(command, 40, 0, status);
}

/* Finds the range of a command that moves data, and opens its transfer. */
static uint16_t open_data(struct command *command, const struct namespace *ns,
                          enum data_direction direction, struct block_range *range) {
    const uint64_t length = (uint64_t)NVME_NLB(command->sqe.cdw12) * ns->block_size;
    if (length > command->device->transfer_max) {
        return command_refuse(command, 48, 0, NVME_INVALID_FIELD); /* NLB */
    }
    uint16_t status = command_range(command, ns, range);
    if (status != NVME_SUCCESS) {
        return status;
    }
    return ns->metadata_size == 0 ? command_transfer(command, length, direction)
                                  : metadata_open(command, ns, direction);
}

/* Makes what was written non-volatile where the command or the feature wants it. */
static uint16_t write_through(const struct command *command, struct namespace *ns) {
    const bool cached = atomic_load_explicit(&command->device->write_cache, memory_order_relaxed);
    return (command->sqe.cdw12 & NVME_FUA) != 0 || !cached ? namespace_sync(ns) : NVME_SUCCESS;
}

static uint16_t nvm_read(struct command *command, struct namespace *ns) {
    struct block_range range;
    uint16_t status = open_data(command, ns, DATA_TO_HOST, &range);
    if (status == NVME_SUCCESS && (command->sqe.cdw12 & NVME_FUA) != 0) {
        /* What a FUA read returns is on the medium (NVM, "Read command", FUA). */
        status = namespace_sync(ns);
    }
    if (status == NVME_SUCCESS) {
        status = ns->metadata_size == 0
                     ? namespace_read(ns, range.offset, range.length, &command->sq->transfer)
                     : metadata_read(command, ns);
    }
    if (status == NVME_SUCCESS) {
        count(&command->sq->counters.read_commands, 1);
        count(&command->sq->counters.sectors_read, range.length / 512);
    }
    return status;
}

static uint16_t nvm_write(struct command *command, struct namespace *ns) {
    struct block_range range;
    if (NVME_DTYPE(command->sqe.cdw12) != 0) {
        /* DTYPE: there are no directives (Identify Controller OACS). */
        return command_refuse(command, 50, 4, NVME_INVALID_FIELD);
    }
    uint16_t status = open_data(command, ns, DATA_FROM_HOST, &range);
    if (status == NVME_SUCCESS) {
        status = ns->metadata_size == 0
                     ? namespace_write(ns, range.offset, range.length, &command->sq->transfer)
                     : metadata_write(command, ns);
    }
    if (status == NVME_SUCCESS) {
        status = write_through(command, ns);
    }
    if (status == NVME_SUCCESS) {
        count(&command->sq->counters.write_commands, 1);
        count(&command->sq->counters.sectors_written, range.length / 512);
    }
    return status;
}

static uint16_t nvm_compare(struct command *command, struct namespace *ns) {
    struct block_range range;
    uint16_t status = open_data(command, ns, DATA_FROM_HOST, &range);
    if (status == NVME_SUCCESS) {
        status = ns->metadata_size == 0
                     ? namespace_compare(ns, range.offset, range.length, &command->sq->transfer)
                     : metadata_compare(command, ns);
    }
    if (status == NVME_SUCCESS) {
        count(&command->sq->counters.read_commands, 1);
        count(&command->sq->counters.sectors_read, range.length / 512);
    }
    return status;
}

/* DEAC or not, zeroed blocks give their room back and read as zeroes. */
static uint16_t nvm_write_zeroes(struct command *command, struct namespace *ns) {
    struct block_range range;
    uint16_t status = command_range(command, ns, &range);
    if (status == NVME_SUCCESS) {
        status = ns->metadata_size == 0 ? namespace_zero(ns, range.offset, range.length)
                                        : metadata_write_zeroes(command, ns);
    }
    if (status == NVME_SUCCESS) {
        status = write_through(command, ns);
    }
    if (status == NVME_SUCCESS) {
        count(&command->sq->counters.write_commands, 1);
    }
    return status;
}

/* All ranges are checked before the first one is deallocated. */
static uint16_t nvm_dataset_management(struct command *command, struct namespace *ns) {
    struct nvme_dsm_range ranges[NVME_DSM_RANGES_MAX];
    struct block_range bytes[NVME_DSM_RANGES_MAX];
    const unsigned number = (command->sqe.cdw10 & 0xff) + 1;
    uint16_t status = command_transfer(command, number * sizeof(ranges[0]), DATA_FROM_HOST);
    if (status == NVME_SUCCESS) {
        status = transfer_take(&command->sq->transfer, ranges, number * sizeof(ranges[0]));
    }
    for (unsigned i = 0; i < number && status == NVME_SUCCESS; i++) {
        status = range_in_bytes(ns, ranges[i].slba, ranges[i].nlb, &bytes[i]);
    }
    if ((command->sqe.cdw11 & NVME_DSM_AD) == 0) {
        return status; /* the other attributes are hints */
    }
    for (unsigned i = 0; i < number && status == NVME_SUCCESS; i++) {
        if (command->device->watch != NULL) {
            watch_range(command->device->watch, ns, ranges[i].slba, ranges[i].nlb);
        }
        status = namespace_zero(ns, bytes[i].offset, bytes[i].length);
    }
    return status;
}

static uint16_t nvm_flush(struct command *command) {
    struct device *device = command->device;
    uint16_t status = NVME_SUCCESS;
    if (command->sqe.nsid != NVME_NSID_ALL) {
        struct namespace *ns = device_namespace(device, command->sqe.nsid);
        return ns == NULL ? NVME_INVALID_NAMESPACE_OR_FORMAT : namespace_sync(ns);
    }
    for (uint32_t i = 0; i < device->namespace_count && status == NVME_SUCCESS; i++) {
        status = namespace_sync(&device->namespaces[i]);
    }
    return status;
}

typedef uint16_t (*namespace_command_fn)(struct command *command, struct namespace *ns);

static namespace_command_fn find_command(uint8_t opcode) {
    switch (opcode) {
    case NVME_READ:
        return nvm_read;
    case NVME_WRITE:
        return nvm_write;
    case NVME_COMPARE:
        return nvm_compare;
    case NVME_WRITE_ZEROES:
        return nvm_write_zeroes;
    case NVME_DATASET_MANAGEMENT:
        return nvm_dataset_management;
    default:
        return NULL;
    }
}

uint16_t nvm_execute(struct command *command) {
    const struct nvme_sqe *sqe = &command->sqe;
    const namespace_command_fn execute = find_command(sqe->opc);
    if (execute == NULL && sqe->opc != NVME_FLUSH) {
        return NVME_INVALID_OPCODE;
    }
    if (NVME_FUSE(sqe->flags) != 0) {
        return NVME_FUSE(sqe->flags) <= NVME_FUSE_SECOND ? NVME_ABORTED_MISSING_FUSED
                                                         : NVME_INVALID_FIELD;
    }
    if (sqe->opc == NVME_FLUSH) {
        return nvm_flush(command);
    }
    struct namespace *ns = device_namespace(command->device, sqe->nsid);
    return ns == NULL ? NVME_INVALID_NAMESPACE_OR_FORMAT : execute(command, ns);
}

/* Whether two commands are what Identify Controller FUSES says of: Compare and Write of one range. */
static bool is_compare_and_write(const struct nvme_sqe *first, const struct nvme_sqe *second) {
    return first->opc == NVME_COMPARE && second->opc == NVME_WRITE && first->nsid == second->nsid &&
           first->cdw10 == second->cdw10 && first->cdw11 == second->cdw11 &&
           NVME_NLB(first->cdw12) == NVME_NLB(second->cdw12);
}

void nvm_execute_fused(struct command *first, struct command *second, uint16_t *statuses) {
    struct block_range range;
    struct namespace *ns = device_namespace(first->device, first->sqe.nsid);
    uint16_t status = !is_compare_and_write(&first->sqe, &second->sqe) ? NVME_INVALID_FIELD
                      : ns == NULL ? NVME_INVALID_NAMESPACE_OR_FORMAT
                                   : command_range(first, ns, &range);
    if (status != NVME_SUCCESS) {
        statuses[0] = statuses[1] = status;
        return;
    }
    struct namespace held = *ns;
    held.lock = NULL;
    range_lock_take(ns->lock, range.offset, range.length);
    statuses[0] = nvm_compare(first, &held);
    statuses[1] =
        statuses[0] == NVME_SUCCESS ? nvm_write(second, &held) : NVME_ABORTED_FAILED_FUSED;
    range_lock_release(ns->lock, range.offset, range.length);
}
