/* SPDX-License-Identifier: Apache-2.0 */

#include "device/fork.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "device/recorder.h"
#include "device/undecided.h"

#define BUCKETS 1024

/* A block that was written. */
struct written {
    struct written *next;
    uint64_t lba;
    uint8_t content[]; /* data and metadata */
};

struct fork {
    struct namespace *parent;
    const struct recorder *recorder;
    const uint64_t *contents;
    uint32_t nsid;
    pthread_mutex_t lock; /* of what was written */
    struct written *buckets[BUCKETS];
};

struct fork *fork_open(struct namespace *parent, uint32_t nsid, const struct recorder *recorder,
                       const uint64_t *contents) {
    struct fork *fork = calloc(1, sizeof(*fork));
    if (fork != NULL) {
        fork->parent = parent;
        fork->recorder = recorder;
        fork->contents = contents;
        fork->nsid = nsid;
        pthread_mutex_init(&fork->lock, NULL);
    }
    return fork;
}

void fork_reset(struct fork *fork) {
    pthread_mutex_lock(&fork->lock);
    for (unsigned i = 0; i < BUCKETS; i++) {
        while (fork->buckets[i] != NULL) {
            struct written *written = fork->buckets[i];
            fork->buckets[i] = written->next;
            free(written);
        }
    }
    pthread_mutex_unlock(&fork->lock);
}

void fork_close(struct fork *fork) {
    fork_reset(fork);
    pthread_mutex_destroy(&fork->lock);
    free(fork);
}

static struct written *find(const struct fork *fork, uint64_t lba) {
    struct written *written = fork->buckets[lba % BUCKETS];
    while (written != NULL && written->lba != lba) {
        written = written->next;
    }
    return written;
}

/* Data and metadata of a block, by its number in the recording; NULL: that has not touched it. */
static const uint8_t *recorded(const struct fork *fork, uint64_t lba) {
    const int64_t number = recorder_block(fork->recorder, fork->nsid, lba);
    return number < 0 ? NULL : (const uint8_t *)(uintptr_t)fork->contents[number];
}

/* Makes a block one that was written, with the content that it has. NULL: no memory. */
static struct written *write_block(struct namespace *ns, uint64_t lba) {
    struct fork *fork = ns->fork;
    struct written *written = find(fork, lba);
    if (written != NULL) {
        return written;
    }
    const uint32_t size = ns->block_size + ns->metadata_size;
    written = malloc(sizeof(*written) + size);
    if (written == NULL) {
        return NULL;
    }
    const uint8_t *content = recorded(fork, lba);
    if (content != NULL) {
        memcpy(written->content, content, size);
    } else if (undecided_read(fork->parent, lba, written->content) != NVME_SUCCESS) {
        free(written);
        return NULL;
    }
    written->lba = lba;
    written->next = fork->buckets[lba % BUCKETS];
    fork->buckets[lba % BUCKETS] = written;
    return written;
}

/* A part of a block, or of its metadata. */
struct part {
    uint64_t lba;
    uint32_t offset; /* in its content */
    uint32_t length; /* until the end of the data or of the metadata */
};

static struct part part_at(const struct namespace *ns, uint64_t offset) {
    if (offset < ns->size) {
        const uint32_t begin = (uint32_t)(offset % ns->block_size);
        return (struct part){offset / ns->block_size, begin, ns->block_size - begin};
    }
    const uint64_t place = offset - ns->size;
    const uint32_t begin = (uint32_t)(place % ns->metadata_size);
    return (struct part){place / ns->metadata_size, ns->block_size + begin,
                         ns->metadata_size - begin};
}

static uint16_t read_part(struct namespace *ns, uint64_t offset, struct part part, void *to) {
    const struct fork *fork = ns->fork;
    const struct written *written = find(fork, part.lba);
    const uint8_t *content = written != NULL ? written->content : recorded(fork, part.lba);
    if (content != NULL) {
        memcpy(to, content + part.offset, part.length);
        return NVME_SUCCESS;
    }
    const struct iovec piece = {to, part.length};
    return fork->parent->medium->read(fork->parent, offset, &piece, 1);
}

static uint16_t write_part(struct namespace *ns, struct part part, const void *from) {
    struct written *written = write_block(ns, part.lba);
    if (written == NULL) {
        return NVME_INTERNAL_ERROR;
    }
    if (from == NULL) {
        memset(written->content + part.offset, 0, part.length);
    } else {
        memcpy(written->content + part.offset, from, part.length);
    }
    return NVME_SUCCESS;
}

/* Goes through a range by parts of blocks. */
struct walk {
    struct namespace *ns;
    uint64_t offset;
    uint16_t status;
};

static struct part walk_next(struct walk *walk, uint64_t left) {
    struct part part = part_at(walk->ns, walk->offset);
    if (part.length > left) {
        part.length = (uint32_t)left;
    }
    return part;
}

static uint16_t move(struct namespace *ns, uint64_t offset, const struct iovec *pieces,
                     unsigned count, bool is_write) {
    struct walk walk = {ns, offset, NVME_SUCCESS};
    pthread_mutex_lock(&ns->fork->lock);
    for (unsigned i = 0; i < count; i++) {
        uint8_t *memory = pieces[i].iov_base;
        uint64_t left = pieces[i].iov_len;
        while (left > 0 && walk.status == NVME_SUCCESS) {
            const struct part part = walk_next(&walk, left);
            walk.status =
                is_write ? write_part(ns, part, memory) : read_part(ns, walk.offset, part, memory);
            walk.offset += part.length;
            memory += part.length;
            left -= part.length;
        }
    }
    pthread_mutex_unlock(&ns->fork->lock);
    return walk.status;
}

static uint16_t fork_medium_read(struct namespace *ns, uint64_t offset, const struct iovec *pieces,
                                 unsigned count) {
    return move(ns, offset, pieces, count, false);
}

static uint16_t fork_medium_write(struct namespace *ns, uint64_t offset, const struct iovec *pieces,
                                  unsigned count) {
    return move(ns, offset, pieces, count, true);
}

static uint16_t fork_medium_zero(struct namespace *ns, uint64_t offset, uint64_t length) {
    struct walk walk = {ns, offset, NVME_SUCCESS};
    pthread_mutex_lock(&ns->fork->lock);
    while (length > 0 && walk.status == NVME_SUCCESS) {
        const struct part part = walk_next(&walk, length);
        walk.status = write_part(ns, part, NULL);
        walk.offset += part.length;
        length -= part.length;
    }
    pthread_mutex_unlock(&ns->fork->lock);
    return walk.status;
}

/* It was made before (fork_open). */
static int fork_medium_open(struct namespace *ns, const struct config *config,
                            struct n4j_error *error) {
    (void)ns;
    (void)config;
    (void)error;
    return 0;
}

static void fork_medium_close(struct namespace *ns, bool discard) {
    (void)discard;
    fork_close(ns->fork);
}

const struct medium medium_fork = {
    .name = "fork",
    .open = fork_medium_open,
    .close = fork_medium_close,
    .read = fork_medium_read,
    .write = fork_medium_write,
    .zero = fork_medium_zero,
};
