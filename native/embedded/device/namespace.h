/* SPDX-License-Identifier: Apache-2.0 */

/* A namespace: logical blocks on a medium. Offsets and lengths are in bytes and checked by the caller. */
#ifndef EMBEDDED_DEVICE_NAMESPACE_H
#define EMBEDDED_DEVICE_NAMESPACE_H

#include <stdbool.h>

#include "config.h"
#include "device/range_lock.h"
#include "device/transfer.h"

struct namespace;

/*
 * What a medium does. All but `open` and `close` return enum nvme_status. One without `read` moves no
 * data: then `write` and `zero` aren't there either.
 */
struct medium {
    const char *name;
    bool has_volatile_cache; /* what is written may be lost until `sync` */
    int (*open)(struct namespace *ns, const struct config *config, struct n4j_error *error);
    void (*close)(struct namespace *ns, bool discard);
    uint16_t (*read)(struct namespace *ns, uint64_t offset, const struct iovec *pieces,
                     unsigned count);
    uint16_t (*write)(struct namespace *ns, uint64_t offset, const struct iovec *pieces,
                      unsigned count);
    uint16_t (*zero)(struct namespace *ns, uint64_t offset, uint64_t length); /* and deallocate */
    uint16_t (*sync)(struct namespace *ns);
};

extern const struct medium medium_memory;
extern const struct medium medium_file;
extern const struct medium medium_null;

struct namespace {
    const struct medium *medium;
    uint64_t size; /* bytes */
    uint64_t blocks;
    uint32_t block_size;
    struct range_lock *lock;
    uint8_t *memory; /* medium_memory */
    int file;        /* medium_file */
    bool created;    /* medium_file: by this attach */
    char *path;      /* medium_file */
};

int namespace_open(struct namespace *ns, const struct config *config, struct n4j_error *error);

/* `discard`: leaves nothing behind that opening has made. */
void namespace_close(struct namespace *ns, bool discard);

/* These return enum nvme_status and move the whole of an open transfer, atomically. */
uint16_t namespace_read(struct namespace *ns, uint64_t offset, uint64_t length,
                        struct transfer *transfer);
uint16_t namespace_write(struct namespace *ns, uint64_t offset, uint64_t length,
                         struct transfer *transfer);
uint16_t namespace_compare(struct namespace *ns, uint64_t offset, uint64_t length,
                           struct transfer *transfer);
uint16_t namespace_zero(struct namespace *ns, uint64_t offset, uint64_t length);
uint16_t namespace_sync(struct namespace *ns);

#endif
