/* SPDX-License-Identifier: Apache-2.0 */

#include "device/undecided.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A drive that has more of it in its cache makes the oldest durable by itself. */
#define BYTES_MAX (UINT64_C(64) << 20)
#define WRITE_BYTES_MAX (BYTES_MAX / 4)

/* ---- the medium ---- */

uint16_t undecided_read(struct namespace *ns, uint64_t lba, uint8_t *content) {
    const struct iovec data = {content, ns->block_size};
    const struct iovec metadata = {content + ns->block_size, ns->metadata_size};
    uint16_t status = ns->medium->read(ns, lba * ns->block_size, &data, 1);
    if (status == NVME_SUCCESS && ns->metadata_size != 0) {
        status = ns->medium->read(ns, namespace_metadata_offset(ns, lba), &metadata, 1);
    }
    return status;
}

uint16_t undecided_write_back(struct namespace *ns, uint64_t lba, const uint8_t *content) {
    const struct iovec data = {(void *)content, ns->block_size};
    const struct iovec metadata = {(void *)(content + ns->block_size), ns->metadata_size};
    uint16_t status = ns->medium->write(ns, lba * ns->block_size, &data, 1);
    if (status == NVME_SUCCESS && ns->metadata_size != 0) {
        status = ns->medium->write(ns, namespace_metadata_offset(ns, lba), &metadata, 1);
    }
    return status;
}

/* ---- blocks ---- */

static struct undecided_block **bucket_of(const struct undecided *undecided,
                                          const struct namespace *ns, uint64_t lba) {
    const uint64_t key = (lba + (uintptr_t)ns) * 0x9e3779b97f4a7c15;
    return (struct undecided_block **)&undecided->buckets[key >> 32 & (UNDECIDED_BUCKETS - 1)];
}

struct undecided_block *undecided_find(const struct undecided *undecided,
                                       const struct namespace *ns, uint64_t lba) {
    struct undecided_block *block = *bucket_of(undecided, ns, lba);
    while (block != NULL && (block->lba != lba || block->ns != ns)) {
        block = block->next;
    }
    return block;
}

/* What points at a write's version, or at NULL at the end. */
static struct undecided_version **find_link(struct undecided_block *block,
                                            const struct undecided_write *write) {
    struct undecided_version **link = &block->versions;
    while (*link != NULL && (*link)->write != write) {
        link = &(*link)->next;
    }
    return link;
}

struct undecided_version *undecided_version(struct undecided_block *block,
                                            const struct undecided_write *write) {
    return *find_link(block, write);
}

static void free_write(struct undecided *undecided, struct undecided_write *write) {
    *(write->before != NULL ? &write->before->after : &undecided->first) = write->after;
    *(write->after != NULL ? &write->after->before : &undecided->last) = write->before;
    undecided->completed -= write->state == UNDECIDED_COMPLETED ? 1 : 0;
    free(write);
}

static void drop_version(struct undecided *undecided, struct undecided_version **link) {
    struct undecided_version *version = *link;
    struct undecided_write *write = version->write;
    *link = version->next;
    undecided->bytes -= sizeof(*version) + undecided->content_size;
    free(version);
    if (write != NULL && --write->versions == 0 && write->state != UNDECIDED_EXECUTING) {
        free_write(undecided, write);
    }
}

/* Decides a block: the medium has what is durable. */
static void drop_block(struct undecided *undecided, struct undecided_block *block) {
    struct undecided_block **link = bucket_of(undecided, block->ns, block->lba);
    while (*link != block) {
        link = &(*link)->next;
    }
    *link = block->next;
    while (block->versions != NULL) {
        drop_version(undecided, &block->versions);
    }
    free(block);
}

/* Adds what the medium has of a block. False: that can't be had. */
static bool add_version(struct undecided *undecided, struct undecided_block *block,
                        struct undecided_write *write) {
    struct undecided_version *version = malloc(sizeof(*version) + undecided->content_size);
    if (version == NULL || undecided_read(block->ns, block->lba, version->content) != 0) {
        free(version);
        return false;
    }
    struct undecided_version **link = &block->versions;
    while (*link != NULL) {
        link = &(*link)->next;
    }
    version->next = NULL;
    version->write = write;
    version->is_durable = write == NULL;
    *link = version;
    block->shown = version;
    undecided->bytes += sizeof(*version) + undecided->content_size;
    if (write != NULL) {
        write->versions++;
    }
    return true;
}

/* Keeps what a block holds before it is written, unless it is undecided already. */
static bool keep_block(struct undecided *undecided, struct namespace *ns, uint64_t lba) {
    if (undecided_find(undecided, ns, lba) != NULL) {
        return true;
    }
    struct undecided_block *block = malloc(sizeof(*block) + undecided->content_size);
    if (block == NULL) {
        return false;
    }
    struct undecided_block **bucket = bucket_of(undecided, ns, lba);
    *block = (struct undecided_block){.next = *bucket, .ns = ns, .lba = lba};
    *bucket = block;
    if (!add_version(undecided, block, NULL)) {
        drop_block(undecided, block);
        return false;
    }
    return true;
}

/*
 * Decides a block where nothing but one durable version is left. As long as its write has not ended, it
 * may yet turn out to be later than the next one.
 */
static void decide_block(struct undecided *undecided, struct undecided_block *block) {
    const struct undecided_version *only = block->versions;
    if (only->next == NULL && only->is_durable &&
        (only->write == NULL || only->write->ended != UNDECIDED_NEVER)) {
        assert(block->shown == only);
        drop_block(undecided, block);
    }
}

/* What had ended before `time` can't come back after `keep`. */
static void settle_block(struct undecided *undecided, struct undecided_block *block,
                         struct undecided_version *keep, uint64_t time) {
    keep->is_durable = true;
    if (keep->write != NULL) {
        keep->write->is_durable_in_part = true;
    }
    for (struct undecided_version **link = &block->versions; *link != NULL;) {
        const struct undecided_write *write = (*link)->write;
        if (*link != keep && (write == NULL || write->ended <= time)) {
            drop_version(undecided, link);
        } else {
            link = &(*link)->next;
        }
    }
    decide_block(undecided, block);
}

/* ---- writes ---- */

static void add_write(struct undecided *undecided, struct undecided_write *write) {
    write->before = undecided->last;
    *(undecided->last != NULL ? &undecided->last->after : &undecided->first) = write;
    undecided->last = write;
    write->sequence = undecided->writes++;
}

struct undecided_write *undecided_begin(struct undecided *undecided, struct namespace *ns,
                                        uint64_t lba, uint64_t blocks, uint64_t submitted) {
    struct undecided_write *write = NULL;
    bool is_kept = blocks <= WRITE_BYTES_MAX / undecided->content_size;
    for (uint64_t i = 0; i < blocks && is_kept; i++) {
        is_kept = keep_block(undecided, ns, lba + i);
    }
    if (is_kept) {
        write = malloc(sizeof(*write));
    }
    if (write != NULL) {
        *write = (struct undecided_write){
            .ns = ns,
            .lba = lba,
            .blocks = (uint32_t)blocks,
            .submitted = submitted,
            .ended = UNDECIDED_NEVER,
        };
        add_write(undecided, write);
    }
    return write;
}

/* Nothing is left of a write that is hidden. Afterwards it is gone. */
static void lose(struct undecided *undecided, struct undecided_write *write) {
    write->versions++; /* so that it stays until the end */
    for (uint32_t i = 0; i < write->blocks; i++) {
        struct undecided_block *block = undecided_find(undecided, write->ns, write->lba + i);
        if (block != NULL && undecided_version(block, write) != NULL) {
            drop_version(undecided, find_link(block, write));
            decide_block(undecided, block);
        }
    }
    assert(write->versions == 1);
    free_write(undecided, write);
}

/* The oldest write that has ended becomes durable, or lost for good. False: there is none. */
static bool destage(struct undecided *undecided) {
    struct undecided_write *write = undecided->first;
    while (write != NULL && (write->ended == UNDECIDED_NEVER || write->is_settled)) {
        write = write->after;
    }
    if (write == NULL) {
        return false;
    }
    if (write->is_hidden) {
        lose(undecided, write);
    } else {
        undecided_settle(undecided, write);
    }
    return true;
}

/* What a block holds now is a version of a write; one that is hidden is put aside. */
static void end_block(struct undecided *undecided, struct undecided_write *write,
                      struct undecided_block *block) {
    struct undecided_version *shown = block->shown;
    const bool is_kept = add_version(undecided, block, write);
    if (write->is_hidden) {
        undecided_write_back(block->ns, block->lba, shown->content);
        block->shown = shown;
    }
    if (!is_kept) {
        drop_block(undecided, block);
    }
}

void undecided_end(struct undecided *undecided, struct undecided_write *write) {
    assert(write->state == UNDECIDED_EXECUTING);
    for (uint32_t i = 0; i < write->blocks; i++) {
        struct undecided_block *block = undecided_find(undecided, write->ns, write->lba + i);
        if (block != NULL) {
            end_block(undecided, write, block);
        }
    }
    while (undecided->bytes > BYTES_MAX && destage(undecided)) {
    }
}

void undecided_release(struct undecided *undecided, struct undecided_write *write) {
    assert(write->state != UNDECIDED_EXECUTING);
    if (write->versions == 0) {
        free_write(undecided, write);
    }
}

void undecided_settle(struct undecided *undecided, struct undecided_write *write) {
    write->is_settled = true;
    write->versions++; /* so that it stays until the end */
    for (uint32_t i = 0; i < write->blocks; i++) {
        struct undecided_block *block = undecided_find(undecided, write->ns, write->lba + i);
        struct undecided_version *version = block == NULL ? NULL : undecided_version(block, write);
        if (version != NULL) {
            settle_block(undecided, block, version, write->submitted);
        }
    }
    if (--write->versions == 0 && write->state != UNDECIDED_EXECUTING) {
        free_write(undecided, write);
    }
}

void undecided_ended(struct undecided *undecided, struct undecided_write *write) {
    write->versions++;
    for (uint32_t i = 0; i < write->blocks; i++) {
        struct undecided_block *block = undecided_find(undecided, write->ns, write->lba + i);
        if (block != NULL) {
            decide_block(undecided, block);
        }
    }
    if (--write->versions == 0) {
        free_write(undecided, write);
    }
}

static struct undecided_write *hidden_in(const struct undecided_block *block) {
    const struct undecided_version *version = block->versions;
    while (version != NULL && (version->write == NULL || !version->write->is_hidden)) {
        version = version->next;
    }
    return version == NULL ? NULL : version->write;
}

/* A block that is seen now: writes that are hidden in it will never be there. NULL: it is decided. */
static struct undecided_block *find_seen(struct undecided *undecided, const struct namespace *ns,
                                         uint64_t lba) {
    struct undecided_block *block;
    struct undecided_write *hidden;
    while ((block = undecided_find(undecided, ns, lba)) != NULL &&
           (hidden = hidden_in(block)) != NULL) {
        lose(undecided, hidden);
    }
    return block;
}

void undecided_settle_shown(struct undecided *undecided, struct namespace *ns, uint64_t lba,
                            uint64_t blocks, uint64_t time) {
    for (uint64_t i = 0; i < blocks; i++) {
        struct undecided_block *block = find_seen(undecided, ns, lba + i);
        if (block == NULL) {
            continue;
        }
        struct undecided_write *shown = block->shown->write;
        if (shown != NULL && shown->ended == UNDECIDED_NEVER) {
            shown->not_before = time;
        }
        settle_block(undecided, block, block->shown, time);
    }
}

static bool is_in(const struct undecided_block *block, const struct namespace *ns, uint64_t lba,
                  uint64_t blocks) {
    return ns == NULL || (block->ns == ns && block->lba - lba < blocks);
}

void undecided_forget(struct undecided *undecided, const struct namespace *ns, uint64_t lba,
                      uint64_t blocks) {
    for (unsigned i = 0; i < UNDECIDED_BUCKETS; i++) {
        for (struct undecided_block *block = undecided->buckets[i]; block != NULL;) {
            struct undecided_block *next = block->next;
            if (is_in(block, ns, lba, blocks)) {
                drop_block(undecided, block);
            }
            block = next;
        }
    }
}

void undecided_forget_all(struct undecided *undecided) {
    undecided_forget(undecided, NULL, 0, 0);
}
