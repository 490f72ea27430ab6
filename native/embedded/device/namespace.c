/* SPDX-License-Identifier: Apache-2.0 */

#include "device/namespace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

int namespace_open(struct namespace *ns, const struct config *config, struct n4j_error *error) {
    memset(ns, 0, sizeof(*ns));
    ns->size = config->size;
    ns->block_size = config->block_size;
    ns->lock = aligned_alloc(CACHE_LINE, sizeof(*ns->lock));
    if (ns->lock == NULL) {
        return n4j_fail(error, -ENOMEM, "out of memory");
    }
    memset(ns->lock, 0, sizeof(*ns->lock));
    const struct medium *medium = medium_of(config->medium);
    int code = medium->open(ns, config, error);
    if (code != 0) {
        free(ns->lock);
        return code;
    }
    ns->medium = medium;
    ns->blocks = ns->size / ns->block_size;
    return 0;
}

void namespace_close(struct namespace *ns, bool discard) {
    if (ns->medium != NULL) {
        ns->medium->close(ns, discard);
        free(ns->lock);
    }
}

typedef uint16_t (*move_fn)(struct namespace *ns, uint64_t offset, const struct iovec *pieces,
                            unsigned count);

/* Moves all batches of a transfer. */
static uint16_t move(struct namespace *ns, move_fn move_batch, uint64_t offset, uint64_t length,
                     struct transfer *transfer) {
    uint16_t status;
    range_lock_take(ns->lock, offset, length);
    for (uint64_t at = offset;;) {
        status = move_batch(ns, at, transfer->pieces, transfer->count);
        if (status != NVME_SUCCESS || transfer->is_last) {
            break;
        }
        at += transfer_bytes(transfer);
        status = transfer_advance(transfer);
        if (status != NVME_SUCCESS) {
            break;
        }
    }
    range_lock_release(ns->lock, offset, length);
    return status;
}

uint16_t namespace_read(struct namespace *ns, uint64_t offset, uint64_t length,
                        struct transfer *transfer) {
    return ns->medium->read == NULL ? NVME_SUCCESS
                                    : move(ns, ns->medium->read, offset, length, transfer);
}

uint16_t namespace_write(struct namespace *ns, uint64_t offset, uint64_t length,
                         struct transfer *transfer) {
    return ns->medium->write == NULL ? NVME_SUCCESS
                                     : move(ns, ns->medium->write, offset, length, transfer);
}

static uint16_t compare_batch(struct namespace *ns, uint64_t offset, const struct iovec *pieces,
                              unsigned count) {
    uint8_t page[NVME_PAGE_SIZE];
    for (unsigned i = 0; i < count; i++) {
        const uint8_t *expected = pieces[i].iov_base;
        for (size_t left = pieces[i].iov_len; left > 0;) {
            struct iovec part = {page, left < sizeof(page) ? left : sizeof(page)};
            uint16_t status = ns->medium->read(ns, offset, &part, 1);
            if (status != NVME_SUCCESS) {
                return status;
            }
            /* cppcheck-suppress legacyUninitvar ; the medium has filled it */
            if (memcmp(page, expected, part.iov_len) != 0) {
                return NVME_COMPARE_FAILURE;
            }
            expected += part.iov_len;
            offset += part.iov_len;
            left -= part.iov_len;
        }
    }
    return NVME_SUCCESS;
}

uint16_t namespace_compare(struct namespace *ns, uint64_t offset, uint64_t length,
                           struct transfer *transfer) {
    return ns->medium->read == NULL ? NVME_SUCCESS
                                    : move(ns, compare_batch, offset, length, transfer);
}

uint16_t namespace_zero(struct namespace *ns, uint64_t offset, uint64_t length) {
    if (ns->medium->zero == NULL || length == 0) {
        return NVME_SUCCESS;
    }
    range_lock_take(ns->lock, offset, length);
    uint16_t status = ns->medium->zero(ns, offset, length);
    range_lock_release(ns->lock, offset, length);
    return status;
}

uint16_t namespace_sync(struct namespace *ns) {
    return ns->medium->sync == NULL ? NVME_SUCCESS : ns->medium->sync(ns);
}
