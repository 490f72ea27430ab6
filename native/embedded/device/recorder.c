/* SPDX-License-Identifier: Apache-2.0 */

#include "device/recorder.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device/undecided.h"

#define NEVER UINT64_MAX
#define CHUNK_SIZE (1u << 20)

/* The parts of a look, in their order. */
#define LOOK_SHIFT 20
#define CONSUMED_AT(look) ((look) << LOOK_SHIFT)
#define SUBMITTED_AT(look) ((look) << LOOK_SHIFT | 1)

/* Records of one kind, which move as they grow. */
struct array {
    void *records;
    uint64_t count;
    uint64_t room;
};

/* Memory of contents, which stay where they are. */
struct chunk {
    struct chunk *next;
    uint32_t used;
    uint8_t memory[];
};

/* A command whose completion the host has not consumed. */
struct pending {
    uint64_t command;
    uint64_t number; /* of the completion in its queue, from 1 */
    unsigned cqid;
};

struct recorder {
    uint32_t content_size;
    bool is_incomplete;
    struct array commands; /* n4j_recorded */
    struct array versions; /* n4j_version */
    struct array blocks;   /* n4j_touched */
    struct array pending;
    uint32_t *buckets; /* of blocks: number + 1, open addressing */
    uint64_t bucket_count;
    struct chunk *chunks;
    uint64_t last_completed;
    uint64_t unanswered; /* the first command that has no completion yet */
    uint32_t pieces;
    struct array ranges; /* that the command changes which is being executed */
};

/* Blocks that a command changes. */
struct changed_range {
    struct namespace *ns;
    uint64_t lba;
    uint64_t blocks;
    uint32_t nsid;
    bool is_whole;
};

struct recorder *recorder_open(uint32_t content_size) {
    assert(content_size <= CHUNK_SIZE);
    struct recorder *recorder = calloc(1, sizeof(*recorder));
    if (recorder != NULL) {
        recorder->content_size = content_size;
    }
    return recorder;
}

void recorder_close(struct recorder *recorder) {
    if (recorder == NULL) {
        return;
    }
    while (recorder->chunks != NULL) {
        struct chunk *chunk = recorder->chunks;
        recorder->chunks = chunk->next;
        free(chunk);
    }
    free(recorder->commands.records);
    free(recorder->versions.records);
    free(recorder->blocks.records);
    free(recorder->pending.records);
    free(recorder->ranges.records);
    free(recorder->buckets);
    free(recorder);
}

/* ---- memory: where there is none left, the recording is incomplete ---- */

/* Room for one more record, zeroed, or NULL. */
static void *append(struct recorder *recorder, struct array *array, size_t size) {
    if (array->count == array->room) {
        const uint64_t room = array->room == 0 ? 64 : 2 * array->room;
        void *grown = realloc(array->records, room * size);
        if (grown == NULL) {
            recorder->is_incomplete = true;
            return NULL;
        }
        array->records = grown;
        array->room = room;
    }
    void *record = (uint8_t *)array->records + array->count++ * size;
    return memset(record, 0, size);
}

static uint8_t *allocate(struct recorder *recorder) {
    struct chunk *chunk = recorder->chunks;
    if (chunk == NULL || chunk->used + recorder->content_size > CHUNK_SIZE) {
        chunk = malloc(sizeof(*chunk) + CHUNK_SIZE);
        if (chunk == NULL) {
            recorder->is_incomplete = true;
            return NULL;
        }
        chunk->next = recorder->chunks;
        chunk->used = 0;
        recorder->chunks = chunk;
    }
    uint8_t *memory = chunk->memory + chunk->used;
    chunk->used += (recorder->content_size + 7) & ~7u;
    return memory;
}

/* ---- blocks ---- */

static uint64_t bucket_of(const struct recorder *recorder, uint32_t nsid, uint64_t lba) {
    return ((lba ^ (uint64_t)nsid << 48) * 0x9e3779b97f4a7c15 >> 20) % recorder->bucket_count;
}

static const struct n4j_touched *block(const struct recorder *recorder, uint64_t number) {
    return (const struct n4j_touched *)recorder->blocks.records + number;
}

/* Where a block is entered, or would be. */
static uint64_t find_bucket(const struct recorder *recorder, uint32_t nsid, uint64_t lba) {
    uint64_t at = bucket_of(recorder, nsid, lba);
    while (recorder->buckets[at] != 0) {
        const struct n4j_touched *there = block(recorder, recorder->buckets[at] - 1);
        if (there->nsid == nsid && there->lba == lba) {
            break;
        }
        at = at + 1 == recorder->bucket_count ? 0 : at + 1;
    }
    return at;
}

int64_t recorder_block(const struct recorder *recorder, uint32_t nsid, uint64_t lba) {
    return recorder->bucket_count == 0
               ? -1
               : (int64_t)recorder->buckets[find_bucket(recorder, nsid, lba)] - 1;
}

static void enter(struct recorder *recorder, uint64_t number) {
    const struct n4j_touched *entered = block(recorder, number);
    const uint64_t bucket = find_bucket(recorder, entered->nsid, entered->lba);
    recorder->buckets[bucket] = (uint32_t)number + 1;
}

/* Has room for one more in the buckets. */
static bool grow_buckets(struct recorder *recorder) {
    if (2 * (recorder->blocks.count + 1) <= recorder->bucket_count) {
        return true;
    }
    const uint64_t count = recorder->bucket_count == 0 ? 1024 : 4 * recorder->bucket_count;
    uint32_t *buckets = calloc(count, sizeof(*buckets));
    if (buckets == NULL) {
        recorder->is_incomplete = true;
        return false;
    }
    free(recorder->buckets);
    recorder->buckets = buckets;
    recorder->bucket_count = count;
    for (uint64_t i = 0; i < recorder->blocks.count; i++) {
        enter(recorder, i);
    }
    return true;
}

/* A copy of what a block holds now, or NULL. */
static const uint8_t *copy(struct recorder *recorder, struct namespace *ns, uint64_t lba) {
    uint8_t *content = allocate(recorder);
    if (content == NULL || undecided_read(ns, lba, content) != NVME_SUCCESS) {
        recorder->is_incomplete = true;
        return NULL;
    }
    return content;
}

/* Takes in a block that was not touched before. */
static void touch(struct recorder *recorder, struct namespace *ns, uint32_t nsid, uint64_t lba) {
    if (recorder_block(recorder, nsid, lba) >= 0 || !grow_buckets(recorder)) {
        return;
    }
    const uint8_t *content = copy(recorder, ns, lba);
    n4j_touched *touched =
        content == NULL ? NULL : append(recorder, &recorder->blocks, sizeof(*touched));
    if (touched != NULL) {
        touched->lba = lba;
        touched->nsid = nsid;
        touched->content = (uint64_t)(uintptr_t)content;
        enter(recorder, recorder->blocks.count - 1);
    }
}

/* ---- commands ---- */

static n4j_recorded *command(const struct recorder *recorder, uint64_t number) {
    return (n4j_recorded *)recorder->commands.records + number;
}

void recorder_range(struct recorder *recorder, struct namespace *ns, uint32_t nsid, uint64_t lba,
                    uint64_t blocks, bool is_whole) {
    struct changed_range *range = append(recorder, &recorder->ranges, sizeof(*range));
    if (range != NULL) {
        *range = (struct changed_range){ns, lba, blocks, nsid, is_whole};
    }
    for (uint64_t i = 0; i < blocks; i++) {
        touch(recorder, ns, nsid, lba + i);
    }
}

bool recorder_has_range(const struct recorder *recorder) {
    return recorder->ranges.count > 0;
}

/* What a range holds now is of the last command. */
static void add_versions(struct recorder *recorder, const struct changed_range *range) {
    const uint32_t piece = range->is_whole && range->blocks > 1 ? ++recorder->pieces : 0;
    for (uint64_t i = 0; i < range->blocks; i++) {
        const uint8_t *content = copy(recorder, range->ns, range->lba + i);
        const int64_t number = recorder_block(recorder, range->nsid, range->lba + i);
        n4j_version *version = content == NULL || number < 0
                                   ? NULL
                                   : append(recorder, &recorder->versions, sizeof(*version));
        if (version != NULL) {
            version->content = (uint64_t)(uintptr_t)content;
            version->block = (uint32_t)number;
            version->piece = piece;
        }
    }
}

void recorder_end(struct recorder *recorder, const struct nvme_sqe *sqe, uint8_t kind,
                  struct recorder_end end) {
    const uint64_t before = recorder->versions.count;
    const struct changed_range *ranges = recorder->ranges.records;
    for (uint64_t i = 0; i < recorder->ranges.count; i++) {
        add_versions(recorder, &ranges[i]);
    }
    recorder->ranges.count = 0;
    n4j_recorded *recorded = append(recorder, &recorder->commands, sizeof(*recorded));
    if (recorded != NULL) {
        const bool has_range = kind == N4J_RECORDED_READ || recorder->versions.count != before;
        *recorded = (n4j_recorded){
            .submitted = SUBMITTED_AT(end.look),
            .completed = NEVER,
            .consumed = NEVER,
            .lba = has_range && sqe->opc != NVME_DATASET_MANAGEMENT ? NVME_SLBA(sqe) : 0,
            .blocks = has_range && sqe->opc != NVME_DATASET_MANAGEMENT
                          ? (uint32_t)NVME_NLB(sqe->cdw12)
                          : 0,
            .first_version = before,
            .version_count = recorder->versions.count - before,
            .nsid = sqe->nsid,
            .kind = kind,
            .opcode = sqe->opc,
            .is_durable = end.is_durable,
            .has_succeeded = end.has_succeeded,
        };
    }
}

/* The next moment after all that has completed, of a look. */
static uint64_t completed_at(struct recorder *recorder, uint64_t look) {
    const uint64_t first = SUBMITTED_AT(look) + 1;
    recorder->last_completed =
        recorder->last_completed < first ? first : recorder->last_completed + 1;
    return recorder->last_completed;
}

void recorder_completion(struct recorder *recorder, unsigned cqid, uint64_t number, uint64_t look) {
    for (; recorder->unanswered < recorder->commands.count; recorder->unanswered++) {
        struct pending *pending =
            number == 0 ? NULL : append(recorder, &recorder->pending, sizeof(*pending));
        if (pending != NULL) {
            command(recorder, recorder->unanswered)->completed = completed_at(recorder, look);
            *pending = (struct pending){recorder->unanswered, number, cqid};
        }
    }
}

/* Of a pending one that is dropped, the last takes the place. */
static void drop(struct recorder *recorder, uint64_t at) {
    struct pending *pending = recorder->pending.records;
    pending[at] = pending[--recorder->pending.count];
}

void recorder_consumed(struct recorder *recorder, unsigned cqid, uint64_t consumed, uint64_t look) {
    const struct pending *pending = recorder->pending.records;
    for (uint64_t i = recorder->pending.count; i-- > 0;) {
        if (pending[i].cqid == cqid && pending[i].number <= consumed) {
            command(recorder, pending[i].command)->consumed = CONSUMED_AT(look);
            drop(recorder, i);
        }
    }
}

void recorder_queue_closed(struct recorder *recorder, unsigned cqid) {
    const struct pending *pending = recorder->pending.records;
    for (uint64_t i = recorder->pending.count; i-- > 0;) {
        if (pending[i].cqid == cqid) {
            drop(recorder, i);
        }
    }
}

void recorder_shut_down(struct recorder *recorder, uint64_t look) {
    n4j_recorded *recorded = append(recorder, &recorder->commands, sizeof(*recorded));
    if (recorded != NULL) {
        recorded->submitted = completed_at(recorder, look);
        recorded->completed = completed_at(recorder, look);
        recorded->consumed = NEVER;
        recorded->first_version = recorder->versions.count;
        recorded->kind = N4J_RECORDED_SHUTDOWN;
        recorded->has_succeeded = 1;
    }
    recorder->unanswered = recorder->commands.count;
}

uint64_t recorder_moment(const struct recorder *recorder, uint64_t look) {
    const uint64_t submitted = SUBMITTED_AT(look);
    return submitted > recorder->last_completed ? submitted : recorder->last_completed;
}

int recorder_view(const struct recorder *recorder, n4j_recording *view) {
    *view = (n4j_recording){
        .commands = (uint64_t)(uintptr_t)recorder->commands.records,
        .command_count = recorder->commands.count,
        .versions = (uint64_t)(uintptr_t)recorder->versions.records,
        .version_count = recorder->versions.count,
        .blocks = (uint64_t)(uintptr_t)recorder->blocks.records,
        .block_count = recorder->blocks.count,
        .content_size = recorder->content_size,
    };
    return recorder->is_incomplete ? -ENOMEM : 0;
}
