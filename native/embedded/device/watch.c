/* SPDX-License-Identifier: Apache-2.0 */

#include "device/watch.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "device/recorder.h"
#include "device/rings.h"
#include "device/survivors.h"

int watch_open(const struct config *config, struct watch **opened) {
    *opened = NULL;
    if (!config_watches_blocks(config)) {
        return 0;
    }
    struct watch *watch = calloc(1, sizeof(*watch));
    if (watch == NULL) {
        return -ENOMEM;
    }
    watch->config = config;
    watch->keeps_earlier = config_faults_have(&config->faults, EFFECT_STALE);
    watch->undecided.content_size = config->block_size + config->metadata_size;
    pthread_mutex_init(&watch->lock, NULL);
    *opened = watch;
    return 0;
}

void watch_close(struct watch *watch) {
    if (watch != NULL) {
        for (unsigned i = 0; i < CONFIG_NAMESPACES_MAX; i++) {
            earlier_close(&watch->earlier[i]);
        }
        undecided_forget_all(&watch->undecided);
        assert(watch->undecided.first == NULL);
        pthread_mutex_destroy(&watch->lock);
        free(watch);
    }
}

/* ---- what the host has consumed ---- */

/* The host knows, or nobody ever will, how a write has ended. */
static void end_write(struct watch *watch, struct undecided_write *write,
                      enum undecided_state state) {
    watch->undecided.completed -= write->state == UNDECIDED_COMPLETED ? 1 : 0;
    write->state = state;
    write->ended = watch->now;
    undecided_ended(&watch->undecided, write);
}

static void consume(struct watch *watch, const struct completion_queue *queues) {
    struct undecided_write *before;
    for (struct undecided_write *write = watch->undecided.last;
         write != NULL && watch->undecided.completed > 0; write = before) {
        before = write->before;
        if (write->state != UNDECIDED_COMPLETED) {
            continue;
        }
        uint64_t *consumed = &watch->consumed[write->cqid];
        const uint64_t now = completion_queue_consumed(&queues[write->cqid]);
        *consumed = now > *consumed ? now : *consumed;
        if (write->number <= *consumed) {
            end_write(watch, write, UNDECIDED_CONSUMED);
        }
    }
}

/* The same for what is recorded. */
static void record_consumed(struct watch *watch, const struct completion_queue *queues) {
    for (unsigned cqid = 1; cqid < DEVICE_QUEUES; cqid++) {
        if (!queues[cqid].exists) {
            continue;
        }
        recorder_consumed(watch->recorder, cqid, completion_queue_consumed(&queues[cqid]),
                          watch->now);
    }
}

void watch_look(struct device *device) {
    device->watch->now++;
    consume(device->watch, device->cq);
    if (device->watch->recorder != NULL) {
        record_consumed(device->watch, device->cq);
    }
}

void watch_fetch(struct device *device, struct submission_queue *sq) {
    const bool is_on = atomic_load_explicit(&device->write_cache, memory_order_relaxed);
    watch_look(device);
    sq->delays.submission = (struct submission){
        .time = device->watch->now,
        .is_cached = device->has_volatile_cache && is_on && !sq->delays.was_uncached,
    };
    sq->delays.was_uncached = false;
}

/* What was submitted before the cache is on, and is fetched later, goes by it. */
void watch_cache(struct device *device, bool is_on) {
    pthread_mutex_lock(&device->watch->lock);
    for (unsigned qid = 1; qid < DEVICE_QUEUES && !atomic_load(&device->write_cache); qid++) {
        struct submission_queue *sq = &device->sq[qid];
        if (atomic_load(&device->live[qid])) {
            sq->delays.was_uncached |= atomic_load(sq->tail.doorbell) != sq->head;
        }
    }
    atomic_store(&device->write_cache, is_on);
    pthread_mutex_unlock(&device->watch->lock);
}

void watch_queue_closed(struct device *device, unsigned cqid) {
    struct watch *watch = device->watch;
    pthread_mutex_lock(&watch->lock);
    watch_look(device);
    watch->consumed[cqid] = 0;
    struct undecided_write *before;
    for (struct undecided_write *write = watch->undecided.last; write != NULL; write = before) {
        before = write->before;
        if (write->cqid == cqid && write->ended == UNDECIDED_NEVER) {
            end_write(watch, write, UNDECIDED_UNHEARD);
        }
    }
    if (watch->recorder != NULL) {
        recorder_queue_closed(watch->recorder, cqid);
    }
    pthread_mutex_unlock(&watch->lock);
}

/* ---- what commands do to blocks ---- */

/* Whether a cut leaves a write as a whole or not at all (NVM, "Atomic Operations"). */
static bool is_whole(const struct config_power *power, uint64_t lba, uint64_t blocks) {
    const uint64_t unit = (power->nawupf != 0 ? power->nawupf : power->awupf) + UINT64_C(1);
    if (blocks > unit) {
        return false;
    }
    const uint64_t stretch = power->nabspf + UINT64_C(1);
    const uint64_t shift = stretch - power->nabo; /* so that boundaries are at its multiples */
    return power->nabspf == 0 || (lba + shift) / stretch == (lba + blocks - 1 + shift) / stretch;
}

void watch_range(struct watch *watch, struct namespace *ns, uint64_t lba, uint64_t blocks) {
    if (blocks == 0) {
        return;
    }
    if (watch->keeps_earlier) {
        earlier_keep(&watch->earlier[watch->nsid - 1], ns, lba, blocks);
    }
    const bool whole = is_whole(&watch->config->power, lba, blocks);
    if (watch->recorder != NULL) {
        recorder_range(watch->recorder, ns, watch->nsid, lba, blocks, whole);
    }
    struct undecided_write *write =
        undecided_begin(&watch->undecided, ns, lba, blocks, watch->submission.time);
    if (write == NULL) {
        undecided_forget(&watch->undecided, ns, lba, blocks);
    } else {
        write->is_whole = whole;
    }
}

static bool is_write(const struct nvme_sqe *sqe) {
    return sqe->opc == NVME_WRITE || sqe->opc == NVME_WRITE_ZEROES;
}

void watch_begin(struct device *device, const struct nvme_sqe *sqe, struct submission submission) {
    struct namespace *ns = device_namespace(device, sqe->nsid);
    const uint64_t lba = NVME_SLBA(sqe);
    const uint64_t blocks = NVME_NLB(sqe->cdw12);
    device->watch->submission = submission;
    device->watch->nsid = sqe->nsid;
    if (is_write(sqe) && ns != NULL && lba <= ns->blocks && blocks <= ns->blocks - lba) {
        watch_range(device->watch, ns, lba, blocks);
    }
}

/* Makes durable what a Flush covers. */
static void flush(struct device *device, const struct nvme_sqe *sqe) {
    struct undecided *undecided = &device->watch->undecided;
    const struct namespace *ns = device_namespace(device, sqe->nsid);
    for (struct undecided_write *write = undecided->first; write != NULL;) {
        struct undecided_write *after = write->after;
        if (write->state == UNDECIDED_CONSUMED && !write->has_failed && !write->is_settled &&
            write->ended <= device->watch->submission.time &&
            (sqe->nsid == NVME_NSID_ALL || write->ns == ns)) {
            undecided_settle(undecided, write);
        }
        write = after;
    }
}

/* Those of the command that is being executed are the last ones: this one, or NULL, as it isn't. */
static struct undecided_write *executing(struct undecided_write *write) {
    return write != NULL && write->state == UNDECIDED_EXECUTING ? write : NULL;
}

void watch_tear(struct watch *watch) {
    for (struct undecided_write *write = executing(watch->undecided.last); write != NULL;
         write = executing(write->before)) {
        write->tears = true;
    }
}

bool watch_hide(struct watch *watch) {
    struct undecided_write *write = executing(watch->undecided.last);
    if (write == NULL) {
        return false;
    }
    write->is_hidden = true;
    return true;
}

void watch_show_earlier(const struct watch *watch, struct namespace *ns, uint64_t lba,
                        uint64_t blocks) {
    earlier_show(&watch->earlier[watch->nsid - 1], ns, lba, blocks);
}

static void end_writes(struct watch *watch, bool has_completed, bool is_fua) {
    const bool is_through = has_completed && (is_fua || !watch->submission.is_cached);
    /* What comes before may go meanwhile; these stay. */
    for (struct undecided_write *write = executing(watch->undecided.last); write != NULL;
         write = executing(write->before)) {
        write->has_failed = !has_completed;
        write->executed = watch->now;
        undecided_end(&watch->undecided, write);
        if (is_through) {
            undecided_settle(&watch->undecided, write);
        }
    }
}

static void record_end(struct watch *watch, const struct nvme_sqe *sqe, bool has_succeeded,
                       bool is_fua) {
    const struct recorder_end end = {
        .look = watch->submission.time,
        .has_succeeded = has_succeeded,
        .is_durable = is_fua || !watch->submission.is_cached,
    };
    if (sqe->opc == NVME_FLUSH) {
        recorder_end(watch->recorder, sqe, N4J_RECORDED_FLUSH, end);
    } else if (recorder_has_range(watch->recorder)) {
        recorder_end(watch->recorder, sqe, N4J_RECORDED_WRITE, end);
    } else if (is_fua) {
        recorder_end(watch->recorder, sqe, N4J_RECORDED_READ, end);
    }
}

void watch_end(struct device *device, const struct nvme_sqe *sqe, bool has_completed) {
    struct watch *watch = device->watch;
    const bool is_read = sqe->opc == NVME_READ || sqe->opc == NVME_COMPARE;
    const bool is_fua = (is_read || is_write(sqe)) && (sqe->cdw12 & NVME_FUA) != 0;
    if (has_completed && sqe->opc == NVME_FLUSH) {
        flush(device, sqe);
    } else if (has_completed && is_read && is_fua) {
        undecided_settle_shown(&watch->undecided, device_namespace(device, sqe->nsid),
                               NVME_SLBA(sqe), NVME_NLB(sqe->cdw12), watch->submission.time);
    }
    if (watch->recorder != NULL) {
        record_end(watch, sqe, has_completed, is_fua);
    }
    end_writes(watch, has_completed, is_fua);
}

void watch_keep(struct watch *watch) {
    for (struct undecided_write *write = executing(watch->undecided.last); write != NULL;
         write = executing(write->before)) {
        if (!write->is_settled) {
            undecided_settle(&watch->undecided, write);
        }
    }
}

void watch_completion(struct device *device, const struct completion_queue *cq, bool is_posted) {
    struct watch *watch = device->watch;
    struct undecided *undecided = &watch->undecided;
    struct undecided_write *before;
    for (struct undecided_write *write = executing(undecided->last); write != NULL;
         write = executing(before)) {
        before = write->before;
        write->cqid = (uint16_t)(cq - device->cq);
        if (is_posted) {
            write->number = completion_queue_posted(cq);
            undecided->completed++;
        }
        write->state = is_posted ? UNDECIDED_COMPLETED : UNDECIDED_UNHEARD;
        undecided_release(undecided, write);
    }
    if (watch->recorder != NULL) {
        recorder_completion(watch->recorder, (unsigned)(cq - device->cq),
                            is_posted ? completion_queue_posted(cq) : 0, watch->now);
    }
}

/* ---- power ---- */

void watch_shut_down(struct watch *watch) {
    pthread_mutex_lock(&watch->lock);
    undecided_forget_all(&watch->undecided);
    if (watch->recorder != NULL) {
        recorder_shut_down(watch->recorder, watch->now);
    }
    pthread_mutex_unlock(&watch->lock);
}

int watch_power_on(struct watch *watch) {
    pthread_mutex_lock(&watch->lock);
    const int code = survivors_draw(
        &watch->undecided, (struct survivors_rules){
                               .random = watch->config->seed + ++watch->cuts * 0xd1342543de82ef95,
                               .now = watch->now,
                               .torn_is_anything = watch->config->power.torn_is_anything,
                           });
    pthread_mutex_unlock(&watch->lock);
    return code;
}
