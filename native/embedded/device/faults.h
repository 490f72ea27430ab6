/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What goes wrong with a drive's I/O commands, as its rules say (config_faults.h). What happens to a
 * command depends on the seed, its queue and its number in it, never on time, so that a run repeats.
 */
#ifndef EMBEDDED_DEVICE_FAULTS_H
#define EMBEDDED_DEVICE_FAULTS_H

#include <pthread.h>

#include "config.h"
#include "nvme_spec.h"

#define FAULTS_QUEUES 65
/* What the history holds at most; what comes after is counted. */
#define FAULTS_HISTORY_MAX (1u << 20)

struct faults {
    const struct config_faults *rules;
    uint64_t seed;
    pthread_mutex_t lock; /* of what follows */
    /* That each queue has had since the drive was made; of 0, how often it was enabled. */
    uint64_t commands[FAULTS_QUEUES];
    uint64_t times[CONFIG_FAULTS_MAX][FAULTS_QUEUES]; /* how often a rule was met there ... */
    uint64_t meant[CONFIG_FAULTS_MAX]
                  [FAULTS_QUEUES];         /* ... and how many commands it was meant for */
    uint8_t *rewritten[CONFIG_FAULTS_MAX]; /* a bit for each block of a range that was */
    n4j_injected *history;
    uint64_t history_count; /* ever */
    uint64_t history_room;
};

/* What happens to a command. All zeroes: nothing. */
struct fault {
    uint16_t status; /* SCT and SC; DNR, too, where that is to be set */
    bool is_stuck;
    bool cuts_power;
    uint64_t slow_ns;
    struct config_effect effect;
    uint64_t command; /* its number in its queue */
};

/* NULL where the config has no rules, or -ENOMEM. */
int faults_open(const struct config *config, struct faults **faults);
void faults_close(struct faults *faults);

/* A queue has got a command: counts it, and says what happens to it. */
struct fault faults_meet(struct faults *faults, uint16_t qid, const struct nvme_sqe *sqe);
/* The same of the controller, which was enabled. */
struct fault faults_meet_enabling(struct faults *faults);
/* The same for one that is fused to another: it is counted alone. */
void faults_count(struct faults *faults, uint16_t qid);

/* When a command is executed: the status of one that touches blocks that can't be read, or 0. */
uint16_t faults_unreadable(struct faults *faults, uint16_t qid, uint64_t command,
                           const struct nvme_sqe *sqe);
/* A command has succeeded: the blocks that it has written can be read again. */
void faults_rewrite(struct faults *faults, const struct nvme_sqe *sqe);

uint64_t faults_history(struct faults *faults, uint64_t first, n4j_injected *records, uint64_t max);

#endif
