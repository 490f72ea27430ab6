/* SPDX-License-Identifier: Apache-2.0 */

#include "device/namespace.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device/fork.h"
#include "device/identity.h"
#include "device/range_lock.h"

/* Bytes that are copied at once where the medium doesn't reach the host's memory itself. */
#define PART_SIZE (16u << 10)

static const struct medium *medium_of(enum config_medium medium) {
    switch (medium) {
    case CONFIG_NULL:
        return &medium_null;
    case CONFIG_FILE:
        return &medium_file;
    default:
        return &medium_memory;
    }
}

static int open_on(struct namespace *ns, const struct medium *medium, const struct config *config,
                   struct n4j_error *error) {
    ns->size = config->size;
    ns->block_size = config->block_size;
    ns->metadata_size = config->metadata_size;
    ns->metadata_extended = config->metadata_extended;
    ns->protection_type = config->protection_type;
    ns->protection_first = config->protection_first;
    int code = identity_draw(&ns->number);
    if (code != 0) {
        return n4j_fail(error, code, "can't draw a random number: %s", strerror(-code));
    }
    ns->lock = aligned_alloc(CACHE_LINE, sizeof(*ns->lock));
    if (ns->lock == NULL) {
        return n4j_fail(error, -ENOMEM, "out of memory");
    }
    memset(ns->lock, 0, sizeof(*ns->lock));
    code = medium->open(ns, config, error);
    if (code != 0) {
        free(ns->lock);
        return code;
    }
    ns->medium = medium;
    ns->blocks = ns->size / ns->block_size;
    return 0;
}

int namespace_open(struct namespace *ns, const struct config *config, struct n4j_error *error) {
    memset(ns, 0, sizeof(*ns));
    return open_on(ns, medium_of(config->medium), config, error);
}

int namespace_open_fork(struct namespace *ns, const struct config *config, struct fork *fork,
                        struct n4j_error *error) {
    memset(ns, 0, sizeof(*ns));
    ns->fork = fork;
    const int code = open_on(ns, &medium_fork, config, error);
    if (code != 0) {
        fork_close(fork);
    }
    return code;
}

void namespace_close(struct namespace *ns, bool discard) {
    if (ns->medium != NULL) {
        ns->medium->close(ns, discard);
        free(ns->lock);
    }
}

/* Moves a part of a transfer by its stream, through memory of this side. */
typedef uint16_t (*part_fn)(struct namespace *ns, uint64_t offset, const struct iovec *part,
                            struct transfer *transfer);

static uint16_t read_part(struct namespace *ns, uint64_t offset, const struct iovec *part,
                          struct transfer *transfer) {
    uint16_t status = ns->medium->read(ns, offset, part, 1);
    return status == NVME_SUCCESS ? transfer_put(transfer, part->iov_base, part->iov_len) : status;
}

static uint16_t write_part(struct namespace *ns, uint64_t offset, const struct iovec *part,
                           struct transfer *transfer) {
    uint16_t status = transfer_take(transfer, part->iov_base, part->iov_len);
    return status == NVME_SUCCESS ? ns->medium->write(ns, offset, part, 1) : status;
}

static uint16_t compare_part(struct namespace *ns, uint64_t offset, const struct iovec *part,
                             struct transfer *transfer) {
    uint8_t expected[PART_SIZE];
    uint16_t status = transfer_take(transfer, expected, part->iov_len);
    if (status == NVME_SUCCESS) {
        status = ns->medium->read(ns, offset, part, 1);
    }
    if (status != NVME_SUCCESS) {
        return status;
    }
    return memcmp(part->iov_base, expected, part->iov_len) == 0 ? NVME_SUCCESS
                                                                : NVME_COMPARE_FAILURE;
}

static uint16_t move_parts(struct namespace *ns, part_fn move_part, uint64_t offset,
                           uint64_t length, struct transfer *transfer) {
    uint8_t memory[PART_SIZE];
    uint16_t status = NVME_SUCCESS;
    while (length > 0 && status == NVME_SUCCESS) {
        /* cppcheck-suppress legacyUninitvar ; filled before it is read */
        const struct iovec part = {memory, length < sizeof(memory) ? length : sizeof(memory)};
        status = move_part(ns, offset, &part, transfer);
        offset += part.iov_len;
        length -= part.iov_len;
    }
    return status;
}

/* Moves a batch between the medium and the host's memory. */
typedef uint16_t (*batch_fn)(struct namespace *ns, uint64_t offset, const struct iovec *pieces,
                             unsigned count);

/* All batches of a transfer; from the first on that the medium may not touch, by parts. */
static uint16_t move(struct namespace *ns, batch_fn move_batch, part_fn move_part, uint64_t offset,
                     uint64_t length, struct transfer *transfer) {
    while (move_batch != NULL && !transfer_may_vanish(transfer)) {
        uint16_t status = move_batch(ns, offset, transfer->pieces, transfer->count);
        if (status != NVME_SUCCESS || transfer->is_last) {
            return status;
        }
        const uint64_t bytes = transfer_bytes(transfer);
        offset += bytes;
        length -= bytes;
        status = transfer_advance(transfer);
        if (status != NVME_SUCCESS) {
            return status;
        }
    }
    return move_parts(ns, move_part, offset, length, transfer);
}

/* The same, unless the medium moves no data, and without another command in between. */
static inline uint16_t move_atomically(struct namespace *ns, batch_fn move_batch, part_fn move_part,
                                       uint64_t offset, uint64_t length,
                                       struct transfer *transfer) {
    assert(length > 0 && offset <= ns->size && length <= ns->size - offset);
    if (ns->medium->read == NULL) {
        return NVME_SUCCESS;
    }
    range_lock_take(ns->lock, offset, length);
    uint16_t status = move(ns, move_batch, move_part, offset, length, transfer);
    range_lock_release(ns->lock, offset, length);
    return status;
}

uint16_t namespace_read(struct namespace *ns, uint64_t offset, uint64_t length,
                        struct transfer *transfer) {
    return move_atomically(ns, ns->medium->read, read_part, offset, length, transfer);
}

uint16_t namespace_write(struct namespace *ns, uint64_t offset, uint64_t length,
                         struct transfer *transfer) {
    return move_atomically(ns, ns->medium->write, write_part, offset, length, transfer);
}

/* By parts alone, as the medium compares nothing. */
uint16_t namespace_compare(struct namespace *ns, uint64_t offset, uint64_t length,
                           struct transfer *transfer) {
    return move_atomically(ns, NULL, compare_part, offset, length, transfer);
}

uint16_t namespace_zero(struct namespace *ns, uint64_t offset, uint64_t length) {
    assert(offset <= ns->size && length <= ns->size - offset);
    if (ns->medium->zero == NULL || length == 0) {
        return NVME_SUCCESS;
    }
    range_lock_take(ns->lock, offset, length);
    uint16_t status = ns->medium->zero(ns, offset, length);
    if (status == NVME_SUCCESS && ns->metadata_size != 0) {
        status = ns->medium->zero(ns, namespace_metadata_offset(ns, offset / ns->block_size),
                                  length / ns->block_size * ns->metadata_size);
    }
    range_lock_release(ns->lock, offset, length);
    return status;
}

uint16_t namespace_sync(struct namespace *ns) {
    return ns->medium->sync == NULL ? NVME_SUCCESS : ns->medium->sync(ns);
}

static void keep_life(const struct namespace *ns) {
    if (ns->medium->keep_life != NULL) {
        ns->medium->keep_life(ns);
    }
}

void namespace_power_on(struct namespace *ns) {
    ns->life.power_cycles++;
    ns->life.unsafe_shutdowns += ns->life.is_in_use ? 1 : 0;
    ns->life.is_in_use = false;
    keep_life(ns);
}

void namespace_use(struct namespace *ns, bool is_in_use) {
    if (ns->life.is_in_use != is_in_use) {
        ns->life.is_in_use = is_in_use;
        keep_life(ns);
    }
}
