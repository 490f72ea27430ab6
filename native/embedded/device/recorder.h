/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the commands of a drive have done to its blocks, for ever, with what the host knew when: of this
 * follows what power cuts may leave at any moment. Callers have the lock of what they record (watch.h).
 *
 * Times are numbers, of which the order counts: the look at the doorbells that something belongs to, and
 * in it what the host had consumed, then what it has submitted, then what completes, one by one.
 */
#ifndef EMBEDDED_DEVICE_RECORDER_H
#define EMBEDDED_DEVICE_RECORDER_H

#include "device/medium.h"

struct recorder;

/* NULL: no memory. */
struct recorder *recorder_open(uint32_t content_size);
void recorder_close(struct recorder *recorder);

/* So many completions of a queue were consumed at a look. */
void recorder_consumed(struct recorder *recorder, unsigned cqid, uint64_t consumed, uint64_t look);
/* The queue is gone: nothing of it is consumed any more. */
void recorder_queue_closed(struct recorder *recorder, unsigned cqid);

/* The command that is being executed is going to change these blocks of a namespace. */
void recorder_range(struct recorder *recorder, struct namespace *ns, uint32_t nsid, uint64_t lba,
                    uint64_t blocks, bool is_whole);

/* Whether it has said so of any. */
bool recorder_has_range(const struct recorder *recorder);

struct recorder_end {
    uint64_t look; /* at which it was submitted */
    bool has_succeeded;
    bool is_durable; /* what it has written or read is on the medium when it completes */
};

/* It was executed, a Flush or one that has changed or read blocks (N4J_RECORDED_*). */
void recorder_end(struct recorder *recorder, const struct nvme_sqe *sqe, uint8_t kind,
                  struct recorder_end end);
/* What was executed since the last time has its completions, the last with this number; 0: none. */
void recorder_completion(struct recorder *recorder, unsigned cqid, uint64_t number, uint64_t look);
/* A shutdown is complete. */
void recorder_shut_down(struct recorder *recorder, uint64_t look);

/* A time after all that was recorded until a look. */
uint64_t recorder_moment(const struct recorder *recorder, uint64_t look);

/* What was recorded. -ENOMEM: not all of it. Valid until the recorder is closed or records more. */
int recorder_view(const struct recorder *recorder, n4j_recording *view);
/* The number of a block among those that were touched, or -1. */
int64_t recorder_block(const struct recorder *recorder, uint32_t nsid, uint64_t lba);

#endif
