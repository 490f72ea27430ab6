/* SPDX-License-Identifier: Apache-2.0 */

#include "device/survivors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * The order of two writes of which neither is later is drawn, too: each write has a moment between when
 * it was submitted and when it had ended, which is later than that of all that are earlier.
 */
struct survivor {
    struct undecided_write *write;
    uint64_t moment;
    uint64_t tie;
};

struct draw {
    struct undecided *undecided;
    struct survivors_rules rules;
};

/* splitmix64 */
static uint64_t next(struct draw *draw) {
    uint64_t number = draw->rules.random += 0x9e3779b97f4a7c15;
    number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9;
    number = (number ^ number >> 27) * 0x94d049bb133111eb;
    return number ^ number >> 31;
}

/* Those whose queue is gone come in the order in which they were executed. */
static bool has_its_place(const struct undecided_write *write) {
    return write->state == UNDECIDED_UNHEARD && write->ended != UNDECIDED_NEVER;
}

static uint64_t moment_of(struct draw *draw, const struct undecided_write *write) {
    if (has_its_place(write)) {
        return 2 * write->executed + 1;
    }
    const uint64_t end = write->ended == UNDECIDED_NEVER ? draw->rules.now + 1 : write->ended;
    const uint64_t begin =
        write->submitted > write->not_before ? write->submitted : write->not_before;
    return 2 * begin + 1 + next(draw) % (2 * (end - begin));
}

static int compare(const void *left, const void *right) {
    const struct survivor *a = left;
    const struct survivor *b = right;
    return a->moment != b->moment ? (a->moment < b->moment ? -1 : 1)
                                  : (a->tie > b->tie) - (a->tie < b->tie);
}

/* NULL: there are none, or no memory. */
static struct survivor *order(struct draw *draw, size_t *count) {
    *count = 0;
    for (struct undecided_write *write = draw->undecided->first; write != NULL;
         write = write->after) {
        ++*count;
    }
    struct survivor *survivors = calloc(*count, sizeof(*survivors));
    if (survivors == NULL) {
        return NULL;
    }
    size_t i = 0;
    for (struct undecided_write *write = draw->undecided->first; write != NULL;
         write = write->after) {
        survivors[i++] = (struct survivor){write, moment_of(draw, write),
                                           has_its_place(write) ? write->sequence : next(draw)};
    }
    qsort(survivors, *count, sizeof(*survivors), compare);
    return survivors;
}

typedef int (*block_fn)(const struct undecided *undecided, struct undecided_block *block);

static int each_block(const struct undecided *undecided, block_fn act) {
    int code = 0;
    for (unsigned i = 0; i < UNDECIDED_BUCKETS && code == 0; i++) {
        for (struct undecided_block *block = undecided->buckets[i]; block != NULL && code == 0;
             block = block->next) {
            code = act(undecided, block);
        }
    }
    return code;
}

/* Where what was there before can't come back, some write that is durable takes its place. */
static int begin_image(const struct undecided *undecided, struct undecided_block *block) {
    const struct undecided_version *before = undecided_version(block, NULL);
    memcpy(block->image, (before != NULL ? before : block->shown)->content,
           undecided->content_size);
    return 0;
}

static int write_image(const struct undecided *undecided, struct undecided_block *block) {
    const bool is_there = memcmp(block->image, block->shown->content, undecided->content_size) == 0;
    return is_there || undecided_write_back(block->ns, block->lba, block->image) == NVME_SUCCESS
               ? 0
               : -EIO;
}

/* What a cut makes of a write. */
enum fate { ALL, NOTHING, SOME_BLOCKS };

static enum fate draw_fate(struct draw *draw, const struct undecided_write *write) {
    if (write->is_whole && write->state != UNDECIDED_CONSUMED) {
        return write->is_durable_in_part || next(draw) % 2 == 0 ? ALL : NOTHING;
    }
    return (enum fate)(next(draw) % 3);
}

static void fill(struct draw *draw, uint8_t *image) {
    for (uint32_t i = 0; i < draw->undecided->content_size; i++) {
        image[i] = (uint8_t)next(draw);
    }
}

static void draw_block(struct draw *draw, const struct undecided_write *write, enum fate fate,
                       struct undecided_block *block) {
    const struct undecided_version *version = undecided_version(block, write);
    if (version == NULL) {
        return; /* another one has taken its place for good */
    }
    const bool may_be_anything =
        fate == SOME_BLOCKS && draw->rules.torn_is_anything && write->state != UNDECIDED_CONSUMED;
    const uint64_t lot = next(draw) % (may_be_anything ? 3 : 2);
    if (version->is_durable || fate == ALL || (fate == SOME_BLOCKS && lot == 0)) {
        memcpy(block->image, version->content, draw->undecided->content_size);
    } else if (lot == 2) {
        fill(draw, block->image);
    }
}

/* Leaves what comes before some byte of its middle, but for what is durable. */
static void tear(struct draw *draw, const struct undecided_write *write) {
    const uint64_t size = draw->undecided->content_size;
    const uint64_t end = 1 + next(draw) % (write->blocks * size - 1);
    for (uint32_t i = 0; i < write->blocks; i++) {
        struct undecided_block *block = undecided_find(draw->undecided, write->ns, write->lba + i);
        const struct undecided_version *version =
            block == NULL ? NULL : undecided_version(block, write);
        if (version != NULL) {
            const uint64_t left = end > i * size ? end - i * size : 0;
            memcpy(block->image, version->content,
                   version->is_durable || left > size ? size : left);
        }
    }
}

static void draw_write(struct draw *draw, const struct undecided_write *write) {
    const enum fate fate = draw_fate(draw, write);
    if (write->tears && !write->is_settled) {
        tear(draw, write);
        return;
    }
    for (uint32_t i = 0; i < write->blocks; i++) {
        struct undecided_block *block = undecided_find(draw->undecided, write->ns, write->lba + i);
        if (block != NULL) {
            draw_block(draw, write, fate, block);
        }
    }
}

int survivors_draw(struct undecided *undecided, struct survivors_rules rules) {
    struct draw draw = {undecided, rules};
    if (undecided->first == NULL) {
        return 0;
    }
    size_t count;
    struct survivor *survivors = order(&draw, &count);
    if (survivors == NULL) {
        return -ENOMEM;
    }
    each_block(undecided, begin_image);
    for (size_t i = 0; i < count; i++) {
        draw_write(&draw, survivors[i].write);
    }
    free(survivors);
    const int code = each_block(undecided, write_image);
    if (code == 0) {
        undecided_forget_all(undecided);
    }
    return code;
}
