/* SPDX-License-Identifier: Apache-2.0 */

/*
 * On the medium, protection information is kept inverted: where nothing was written, and after blocks
 * were deallocated, it reads as FFh, which says that it isn't to be checked (NVM, "Deallocated or
 * Unwritten Logical Blocks").
 */
#include "device/metadata_transfer.h"

#include <string.h>

#include "device/namespace.h"
#include "device/range_lock.h"

#define CHUNK_SIZE (16u << 10)
#define CHUNK_BLOCKS (CHUNK_SIZE / 512)

/* Blocks on their way. */
struct chunk {
    uint64_t index; /* of the first one in the command */
    uint32_t blocks;
    uint8_t data[CHUNK_SIZE];
    uint8_t metadata[CHUNK_BLOCKS * CONFIG_METADATA_MAX];
};

/* The command that moves them. */
struct mover {
    struct command *command;
    struct namespace *ns;
    uint64_t lba;
};

typedef uint16_t (*chunk_fn)(const struct mover *mover, struct chunk *chunk);

static uint8_t *data_of(const struct mover *mover, struct chunk *chunk, uint32_t block) {
    return chunk->data + (size_t)block * mover->ns->block_size;
}

static uint8_t *metadata_of(const struct mover *mover, struct chunk *chunk, uint32_t block) {
    return chunk->metadata + (size_t)block * mover->ns->metadata_size;
}

/* ---- the host ---- */

uint16_t metadata_open(struct command *command, const struct namespace *ns,
                       enum data_direction direction) {
    struct metadata_transfer *metadata = &command->metadata;
    uint16_t status = protection_begin(&metadata->protection, ns, &command->sqe);
    if (status != NVME_SUCCESS) {
        return command_refuse(command, 51, 2, status); /* PRINFO */
    }
    metadata->in_host = !protection_is_controllers(&metadata->protection);
    const bool is_extended = metadata->in_host && ns->metadata_extended;
    const uint64_t blocks = NVME_NLB(command->sqe.cdw12);
    const uint64_t length = blocks * (ns->block_size + (is_extended ? ns->metadata_size : 0));
    if (length > command->device->transfer_max) {
        return command_refuse(command, 48, 0, NVME_INVALID_FIELD); /* NLB */
    }
    status = command_transfer(command, length, direction);
    if (status == NVME_SUCCESS && metadata->in_host && !is_extended) {
        const struct data_request request = command_request(command, direction);
        status = metadata_pointer_begin(&metadata->pointer, &request, blocks * ns->metadata_size);
        if (status == NVME_INVALID_FIELD) {
            command->parameter = metadata_pointer_error_location(&command->sqe);
        }
    }
    return status;
}

typedef uint16_t (*extended_fn)(struct transfer *transfer, uint8_t *local, uint64_t length);

static uint16_t put(struct transfer *transfer, uint8_t *local, uint64_t length) {
    return transfer_put(transfer, local, length);
}

static uint16_t take(struct transfer *transfer, uint8_t *local, uint64_t length) {
    return transfer_take(transfer, local, length);
}

/* Each block and its metadata in turn. */
static uint16_t move_extended(const struct mover *mover, struct chunk *chunk, extended_fn move) {
    struct transfer *transfer = &mover->command->sq->transfer;
    uint16_t status = NVME_SUCCESS;
    for (uint32_t i = 0; i < chunk->blocks && status == NVME_SUCCESS; i++) {
        status = move(transfer, data_of(mover, chunk, i), mover->ns->block_size);
        if (status == NVME_SUCCESS) {
            status = move(transfer, metadata_of(mover, chunk, i), mover->ns->metadata_size);
        }
    }
    return status;
}

static uint16_t put_to_host(const struct mover *mover, struct chunk *chunk) {
    struct metadata_transfer *metadata = &mover->command->metadata;
    const struct namespace *ns = mover->ns;
    if (metadata->in_host && ns->metadata_extended) {
        return move_extended(mover, chunk, put);
    }
    uint16_t status = transfer_put(&mover->command->sq->transfer, chunk->data,
                                   (uint64_t)chunk->blocks * ns->block_size);
    return status != NVME_SUCCESS || !metadata->in_host
               ? status
               : metadata_pointer_put(&metadata->pointer, chunk->metadata,
                                      (uint64_t)chunk->blocks * ns->metadata_size);
}

static uint16_t take_from_host(const struct mover *mover, struct chunk *chunk) {
    struct metadata_transfer *metadata = &mover->command->metadata;
    const struct namespace *ns = mover->ns;
    if (metadata->in_host && ns->metadata_extended) {
        return move_extended(mover, chunk, take);
    }
    uint16_t status = transfer_take(&mover->command->sq->transfer, chunk->data,
                                    (uint64_t)chunk->blocks * ns->block_size);
    return status != NVME_SUCCESS || !metadata->in_host
               ? status
               : metadata_pointer_take(&metadata->pointer, chunk->metadata,
                                       (uint64_t)chunk->blocks * ns->metadata_size);
}

/* ---- protection information ---- */

static uint16_t check(const struct mover *mover, struct chunk *chunk) {
    const struct protection *protection = &mover->command->metadata.protection;
    uint16_t status = NVME_SUCCESS;
    for (uint32_t i = 0; i < chunk->blocks && status == NVME_SUCCESS; i++) {
        status = protection_check(protection, chunk->index + i, data_of(mover, chunk, i),
                                  metadata_of(mover, chunk, i));
    }
    return status;
}

static void insert(const struct mover *mover, struct chunk *chunk) {
    const struct protection *protection = &mover->command->metadata.protection;
    for (uint32_t i = 0; i < chunk->blocks; i++) {
        protection_insert(protection, chunk->index + i, data_of(mover, chunk, i),
                          metadata_of(mover, chunk, i));
    }
}

/* ---- the medium ---- */

/* To how it is kept on the medium, and back. */
static void invert(const struct mover *mover, struct chunk *chunk) {
    if (mover->ns->protection_type == 0) {
        return;
    }
    for (uint32_t i = 0; i < chunk->blocks; i++) {
        uint8_t *at = metadata_of(mover, chunk, i) + protection_offset(mover->ns);
        for (uint32_t j = 0; j < NVME_PROTECTION_SIZE; j++) {
            at[j] ^= 0xff;
        }
    }
}

static uint16_t read_medium(const struct mover *mover, struct chunk *chunk) {
    struct namespace *ns = mover->ns;
    const uint64_t lba = mover->lba + chunk->index;
    const struct iovec data = {chunk->data, (size_t)chunk->blocks * ns->block_size};
    const struct iovec metadata = {chunk->metadata, (size_t)chunk->blocks * ns->metadata_size};
    uint16_t status = ns->medium->read(ns, lba * ns->block_size, &data, 1);
    if (status == NVME_SUCCESS) {
        status = ns->medium->read(ns, namespace_metadata_offset(ns, lba), &metadata, 1);
    }
    invert(mover, chunk);
    return status;
}

static uint16_t write_metadata(const struct mover *mover, struct chunk *chunk) {
    struct namespace *ns = mover->ns;
    const uint64_t lba = mover->lba + chunk->index;
    const struct iovec metadata = {chunk->metadata, (size_t)chunk->blocks * ns->metadata_size};
    invert(mover, chunk);
    return ns->medium->write(ns, namespace_metadata_offset(ns, lba), &metadata, 1);
}

static uint16_t write_medium(const struct mover *mover, struct chunk *chunk) {
    struct namespace *ns = mover->ns;
    const uint64_t lba = mover->lba + chunk->index;
    const struct iovec data = {chunk->data, (size_t)chunk->blocks * ns->block_size};
    uint16_t status = ns->medium->write(ns, lba * ns->block_size, &data, 1);
    return status == NVME_SUCCESS ? write_metadata(mover, chunk) : status;
}

/* ---- commands ---- */

static uint16_t read_chunk(const struct mover *mover, struct chunk *chunk) {
    uint16_t status = read_medium(mover, chunk);
    if (status == NVME_SUCCESS) {
        status = check(mover, chunk);
    }
    return status == NVME_SUCCESS ? put_to_host(mover, chunk) : status;
}

static uint16_t verify_chunk(const struct mover *mover, struct chunk *chunk) {
    uint16_t status = take_from_host(mover, chunk);
    return status == NVME_SUCCESS ? check(mover, chunk) : status;
}

static uint16_t write_chunk(const struct mover *mover, struct chunk *chunk) {
    uint16_t status = take_from_host(mover, chunk);
    if (status == NVME_SUCCESS && mover->command->metadata.protection.action) {
        insert(mover, chunk);
    } else if (status == NVME_SUCCESS) {
        status = check(mover, chunk);
    }
    return status == NVME_SUCCESS ? write_medium(mover, chunk) : status;
}

/* Data and metadata, but for protection information. */
static bool are_equal(const struct mover *mover, struct chunk *left, struct chunk *right) {
    const struct namespace *ns = mover->ns;
    const uint32_t skipped = ns->protection_type != 0 ? NVME_PROTECTION_SIZE : 0;
    const uint32_t begin = skipped != 0 && ns->protection_first ? skipped : 0;
    for (uint32_t i = 0; i < left->blocks; i++) {
        if (memcmp(metadata_of(mover, left, i) + begin, metadata_of(mover, right, i) + begin,
                   ns->metadata_size - skipped) != 0) {
            return false;
        }
    }
    return memcmp(left->data, right->data, (size_t)left->blocks * ns->block_size) == 0;
}

static uint16_t compare_chunk(const struct mover *mover, struct chunk *chunk) {
    struct chunk stored;
    stored.index = chunk->index;
    stored.blocks = chunk->blocks;
    uint16_t status = verify_chunk(mover, chunk);
    if (status == NVME_SUCCESS) {
        status = read_medium(mover, &stored);
    }
    if (status == NVME_SUCCESS) {
        status = check(mover, &stored);
    }
    if (status != NVME_SUCCESS) {
        return status;
    }
    return are_equal(mover, chunk, &stored) ? NVME_SUCCESS : NVME_COMPARE_FAILURE;
}

/* Zeroed blocks are zeroes in all but protection information that is asked for. */
static uint16_t zero_chunk(const struct mover *mover, struct chunk *chunk) {
    memset(chunk->metadata, 0, (size_t)chunk->blocks * mover->ns->metadata_size);
    if (mover->command->metadata.protection.action) {
        memset(chunk->data, 0, (size_t)chunk->blocks * mover->ns->block_size);
        insert(mover, chunk);
    }
    return write_metadata(mover, chunk);
}

static uint16_t each_chunk(const struct mover *mover, uint64_t count, chunk_fn move) {
    const uint64_t at_once = CHUNK_SIZE / mover->ns->block_size;
    struct chunk chunk;
    uint16_t status = NVME_SUCCESS;
    for (chunk.index = 0; chunk.index < count && status == NVME_SUCCESS;
         chunk.index += chunk.blocks) {
        const uint64_t left = count - chunk.index;
        chunk.blocks = (uint32_t)(left < at_once ? left : at_once);
        status = move(mover, &chunk);
    }
    return status;
}

/* All blocks of the command, where there is a medium to move them from or to. */
static uint16_t move_all(struct command *command, struct namespace *ns, chunk_fn move) {
    if (ns->medium->read == NULL) {
        return NVME_SUCCESS;
    }
    const struct mover mover = {command, ns, command_slba(command)};
    const uint64_t count = NVME_NLB(command->sqe.cdw12);
    const uint64_t offset = mover.lba * ns->block_size;
    range_lock_take(ns->lock, offset, count * ns->block_size);
    uint16_t status = each_chunk(&mover, count, move);
    range_lock_release(ns->lock, offset, count * ns->block_size);
    return status;
}

uint16_t metadata_read(struct command *command, struct namespace *ns) {
    return move_all(command, ns, read_chunk);
}

uint16_t metadata_compare(struct command *command, struct namespace *ns) {
    return move_all(command, ns, compare_chunk);
}

uint16_t metadata_write(struct command *command, struct namespace *ns) {
    const struct protection *protection = &command->metadata.protection;
    if (protection->check != 0 && !protection->action) {
        uint16_t status = move_all(command, ns, verify_chunk);
        if (status == NVME_SUCCESS) {
            status = metadata_open(command, ns, DATA_FROM_HOST); /* from the beginning again */
        }
        if (status != NVME_SUCCESS) {
            return status;
        }
    }
    return move_all(command, ns, write_chunk);
}

uint16_t metadata_write_zeroes(struct command *command, struct namespace *ns) {
    const bool deallocates = (command->sqe.cdw12 & NVME_DEAC) != 0;
    uint16_t status = protection_begin(&command->metadata.protection, ns, &command->sqe);
    if (status == NVME_SUCCESS) {
        status = namespace_zero(ns, command_slba(command) * ns->block_size,
                                (uint64_t)NVME_NLB(command->sqe.cdw12) * ns->block_size);
    }
    return status != NVME_SUCCESS || ns->protection_type == 0 || deallocates
               ? status
               : move_all(command, ns, zero_chunk);
}
