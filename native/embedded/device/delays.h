/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Commands that were fetched from a submission queue and are executed when they are due: a device that
 * takes its time, and sometimes more of it. Some were executed, and only complete when they are due.
 */
#ifndef EMBEDDED_DEVICE_DELAYS_H
#define EMBEDDED_DEVICE_DELAYS_H

#include <pthread.h>
#include <stdbool.h>

#include "device/faults.h"

/* How long commands take. All zero: no time at all. */
struct delay_rules {
    uint64_t latency_ns;
    uint64_t slow_latency_ns;
    uint32_t slow_share; /* of 2^32 */
    uint64_t seed;
    bool has_faults; /* commands meet what else happens to them, or are watched */
};

/* When a command was submitted, as far as it is watched (watch.h). */
struct submission {
    uint64_t time;
    bool is_cached; /* there is a volatile write cache, and it was on */
};

struct delayed_command {
    uint64_t due_ns;
    uint64_t number; /* of two that are due together, the one that was fetched first goes first */
    uint16_t status; /* enum nvme_status; but for NVME_SUCCESS, it ends so and is not executed */
    struct fault fault;
    struct submission submission;
    bool has_cid;     /* no other command may have it meanwhile */
    bool is_executed; /* and has only to complete, with this status and result */
    uint32_t result;
    uint64_t after; /* so many completions of the queue it waits for; 0: for its time */
    bool is_fused;
    struct nvme_sqe sqe;
    struct nvme_sqe second; /* of two that are fused */
};

/* A heap, the command that is due first on top. Locked while a queue runs, and by Abort. */
struct delays {
    struct delayed_command *heap; /* NULL: nothing is delayed */
    uint64_t *cids;               /* a bit for each that a command in the heap has */
    uint32_t count;
    uint32_t capacity;
    uint32_t waiting; /* of them, those that wait for others */
    uint64_t number;
    uint64_t random;
    struct delay_rules rules;
    struct submission submission; /* of what is added */
    bool was_uncached;            /* when some of what is added next was submitted */
    pthread_mutex_t lock;
};

static inline bool delay_rules_are_set(const struct delay_rules *rules) {
    return rules->latency_ns != 0 || rules->slow_share != 0 || rules->has_faults;
}

/* Of a queue with that many entries. False: out of memory. */
bool delays_open(struct delays *delays, const struct delay_rules *rules, unsigned qid,
                 uint32_t capacity);
/* Forgets what has not been executed. */
void delays_close(struct delays *delays);

/*
 * `second`: the command that is fused to it, or NULL. One whose CID is in use is due to end so.
 * `fault`: what happens to it.
 */
void delays_add(struct delays *delays, const struct nvme_sqe *sqe, const struct nvme_sqe *second,
                const struct fault *fault, uint64_t now_ns);
/* Takes the next command that is due. */
bool delays_take(struct delays *delays, uint64_t now_ns, struct delayed_command *command);

/*
 * Has one that was executed complete later, when it is due, or after so many others (its `after`). One
 * that completes for a second time has no CID.
 */
void delays_put_back(struct delays *delays, const struct delayed_command *command);
/* So many of the queue's commands have completed. */
void delays_completed(struct delays *delays, uint32_t count);
/* Makes the command with this CID due, to complete as aborted. False: there is none. */
bool delays_abort(struct delays *delays, uint16_t cid);

#endif
