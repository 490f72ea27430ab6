/* SPDX-License-Identifier: Apache-2.0 */

/* A namespace, and what it has its blocks on. Offsets and lengths are in bytes and checked by callers. */
#ifndef EMBEDDED_DEVICE_MEDIUM_H
#define EMBEDDED_DEVICE_MEDIUM_H

#include <stdbool.h>
#include <sys/uio.h>

#include "config.h"
#include "nvme_spec.h"

struct fork;
struct range_lock;
struct namespace;

/* What a drive remembers of its life. */
struct drive_life {
    uint64_t power_cycles;
    uint64_t unsafe_shutdowns;
    bool is_in_use; /* powered on, and not shut down since it was enabled */
};

/*
 * What a medium does. `open` makes or finds the room for blocks and metadata, all zeroes where nothing
 * was written, and may change `size`. All but `open` and `close` return enum nvme_status. One without
 * `read` moves no data: then `write` and `zero` aren't there either.
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
    void (*keep_life)(const struct namespace *ns); /* for the next power-on */
};

extern const struct medium medium_memory;
extern const struct medium medium_file;
extern const struct medium medium_null;

struct namespace {
    const struct medium *medium;
    uint64_t number; /* that no other drive has; a medium that keeps its data keeps it, too */
    struct drive_life life;
    uint64_t size; /* bytes of all blocks, without their metadata */
    uint64_t blocks;
    uint32_t block_size;
    uint32_t metadata_size;  /* bytes of each block; 0: none */
    bool metadata_extended;  /* each block's follows it in the host's buffer; else separate */
    uint8_t protection_type; /* of its protection information, 1 to 3; 0: none */
    bool protection_first;   /* which is in the first bytes of the metadata, else the last */
    struct range_lock *lock;
    struct fork *fork; /* medium_fork */
    uint8_t *memory;   /* medium_memory */
    int file;          /* medium_file */
    bool created;      /* medium_file: by this attach */
    bool is_foreign;   /* medium_file: not made to be a namespace */
    char *path;        /* medium_file */
};

/* Where the metadata of a block is on the medium: all of them come after all blocks. */
static inline uint64_t namespace_metadata_offset(const struct namespace *ns, uint64_t lba) {
    return ns->size + lba * ns->metadata_size;
}

/* Bytes that blocks of `size` bytes in all and their metadata take on the medium. */
static inline uint64_t namespace_medium_size(const struct namespace *ns, uint64_t size) {
    return size + size / ns->block_size * ns->metadata_size;
}

#endif
