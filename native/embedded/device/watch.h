/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Watches, on a drive whose power may be cut, what the host and the controller do, as far as it decides
 * what a cut may leave: which completions the host had consumed when it submitted a command, and which
 * blocks a command has changed. Everything that I/O queues of such a drive do is under one lock.
 *
 * Durable are: writes that a Flush covers, as the host had consumed their completions before it rang the
 * doorbell that carried it; writes with FUA, or without a cache, that completed; what a Read or Compare
 * with FUA has found; everything, once a shutdown is complete.
 */
#ifndef EMBEDDED_DEVICE_WATCH_H
#define EMBEDDED_DEVICE_WATCH_H

#include <pthread.h>

#include "device/device.h"
#include "device/earlier.h"
#include "device/undecided.h"

struct watch {
    pthread_mutex_t lock;
    const struct config *config;
    uint64_t now;                     /* counts the looks at the doorbells */
    uint64_t consumed[DEVICE_QUEUES]; /* completions, by completion queue */
    uint64_t cuts;
    struct submission submission; /* of the command that is being executed */
    struct undecided undecided;
    bool keeps_earlier; /* reads may be stale */
    struct earlier earlier[CONFIG_NAMESPACES_MAX];
    struct recorder *recorder; /* NULL: nothing is recorded */
    uint32_t nsid;             /* of the command that is being executed */
};

/* NULL where the config wants none; -ENOMEM. */
int watch_open(const struct config *config, struct watch **watch);
void watch_close(struct watch *watch);

/* The rest is for holders of the lock, but for what says that it takes it. */

/* The host may have rung doorbells of completion queues. */
void watch_look(struct device *device);
/* What is fetched next of a queue was submitted after that. */
void watch_fetch(struct device *device, struct submission_queue *sq);

/* A command that was so submitted is about to be executed. */
void watch_begin(struct device *device, const struct nvme_sqe *sqe, struct submission submission);
/* It is going to change these blocks; watch_begin has said so of those that the command itself names. */
void watch_range(struct watch *watch, struct namespace *ns, uint64_t lba, uint64_t blocks);
/* If it is lost, its middle is where it is cut off. */
void watch_tear(struct watch *watch);
/* It fails, and nothing of it is seen but by chance after a cut. False: it is not to be executed. */
bool watch_hide(struct watch *watch);
/* The medium shows what a range held before the last write, as far as that is known. */
void watch_show_earlier(const struct watch *watch, struct namespace *ns, uint64_t lba,
                        uint64_t blocks);
/* It was executed. `has_completed`: successfully, and its completion is going to be posted. */
void watch_end(struct device *device, const struct nvme_sqe *sqe, bool has_completed);
/* It has written, and that is never undecided. */
void watch_keep(struct watch *watch);
/* So it was, as the last one of that queue, or never will. */
void watch_completion(struct device *device, const struct completion_queue *cq, bool is_posted);

/* Takes the lock: what the host has not consumed of a queue it can't any more. Its doorbell is there. */
void watch_queue_closed(struct device *device, unsigned cqid);
/* Takes the lock: the volatile write cache is on, or off. */
void watch_cache(struct device *device, bool is_on);
/* Takes the lock: nothing is undecided any more. */
void watch_shut_down(struct watch *watch);
/* Takes the lock: has the medium hold what a cut leaves. 0, -ENOMEM, -EIO. */
int watch_power_on(struct watch *watch);

#endif
