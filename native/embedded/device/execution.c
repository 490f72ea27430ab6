/* SPDX-License-Identifier: Apache-2.0 */

/* Running a submission queue: its commands are fetched, executed and completed. */
#include <string.h>

#include "clock.h"
#include "device/breakdown.h"
#include "device/command.h"
#include "device/drive.h"
#include "device/medium_faults.h"
#include "device/post.h"
#include "device/rings.h"
#include "device/watch.h"

static void open_command(struct command *command, struct device *device,
                         struct submission_queue *sq, const void *sqe) {
    memcpy(&command->sqe, sqe, sizeof(command->sqe));
    command->device = device;
    command->sq = sq;
    command->result = 0;
    command->is_held = false;
    command->parameter = NVME_ERROR_LOCATION_NONE;
}

static void complete(struct command *command, uint16_t status) {
    if (status != NVME_SUCCESS) {
        status = error_log_add(command, status);
    }
    if (!command->is_held) {
        completion_post(command->device, command->sq, command->sqe.cid, status, command->result);
    }
}

static void execute(struct device *device, struct submission_queue *sq, const void *sqe) {
    struct command command;
    open_command(&command, device, sq, sqe);
    complete(&command, sq->qid == 0 ? admin_execute(&command) : nvm_execute(&command));
}

static void execute_fused(struct device *device, struct submission_queue *sq, const void *sqe,
                          const void *second_sqe) {
    struct command first;
    struct command second;
    uint16_t statuses[2];
    open_command(&first, device, sq, sqe);
    open_command(&second, device, sq, second_sqe);
    nvm_execute_fused(&first, &second, statuses);
    if (device->watch != NULL) {
        watch_end(device, &second.sqe, statuses[1] == NVME_SUCCESS); /* which may have written */
        watch_end(device, &first.sqe, statuses[0] == NVME_SUCCESS);
    }
    complete(&first, statuses[0]);
    complete(&second, statuses[1]);
}

/* Takes an entry in. NULL: its memory isn't mapped, and the controller has failed. */
static const struct nvme_sqe *fetch(struct device *device, struct submission_queue *sq) {
    const struct nvme_sqe *sqe = ring_entry(device, &sq->ring, sq->head, NVME_SQE_SHIFT);
    if (sqe == NULL) {
        device_fail(device);
        return NULL;
    }
    sq->head = ring_next(&sq->ring, sq->head);
    return sqe;
}

/*
 * Takes in the entry that is fused to the one that was fetched, where it is, under the same doorbell.
 * `first` becomes a copy, as a ring's entries may be in two pages.
 */
static const struct nvme_sqe *fetch_second(struct device *device, struct submission_queue *sq,
                                           uint32_t tail, const struct nvme_sqe **first,
                                           struct nvme_sqe *copy) {
    const bool may_be = sq->qid != 0 && sq->head != tail && sq->cq->ring.size > 2;
    if (NVME_FUSE((*first)->flags) != NVME_FUSE_FIRST || !may_be) {
        return NULL;
    }
    *copy = **first;
    *first = copy;
    const struct nvme_sqe *second = ring_entry(device, &sq->ring, sq->head, NVME_SQE_SHIFT);
    if (second == NULL || NVME_FUSE(second->flags) != NVME_FUSE_SECOND) {
        return NULL;
    }
    sq->head = ring_next(&sq->ring, sq->head);
    return second;
}

/* What is to happen to a command. One whose doorbell was ignored meets nothing else. */
static struct fault meet_faults(const struct device *device, struct submission_queue *sq,
                                const struct nvme_sqe *sqe, const struct nvme_sqe *second) {
    struct faults *faults = device->drive->faults;
    const struct fault none = {.command = sq->lost_ring.command};
    sq->lost_ring.command = 0;
    if (faults == NULL || none.command != 0) {
        return none;
    }
    if (second == NULL) {
        return faults_meet(faults, sq->qid, sqe);
    }
    faults_count(faults, sq->qid);
    faults_count(faults, sq->qid);
    return none;
}

/* A doorbell that is ignored stays so until it is rung with another value. */
static bool is_ring_lost(struct submission_queue *sq, uint32_t tail) {
    sq->lost_ring.is_lost &= sq->lost_ring.tail == tail;
    return sq->lost_ring.is_lost;
}

/* Takes in what was submitted. */
static void fetch_delayed(struct device *device, struct submission_queue *sq, uint32_t tail,
                          uint64_t now_ns) {
    while (sq->head != tail && sq->delays.count < sq->delays.capacity && !is_ring_lost(sq, tail) &&
           !device_is_stopped(device)) {
        const uint32_t head = sq->head;
        struct nvme_sqe copy;
        const struct nvme_sqe *sqe = fetch(device, sq);
        if (sqe == NULL) {
            return;
        }
        const struct nvme_sqe *second = fetch_second(device, sq, tail, &sqe, &copy);
        struct fault fault = meet_faults(device, sq, sqe, second);
        if (fault.effect.kind == EFFECT_DOORBELL_IGNORED) {
            sq->head = head;
            sq->lost_ring = (struct lost_ring){true, tail, fault.command};
            return;
        }
        if (config_effect_is_of_controller(fault.effect.kind)) {
            breakdown_begin(device, &fault.effect);
        }
        fault.slow_ns += atomic_load(&device->drive->health.throttle_ns);
        delays_add(&sq->delays, sqe, second, &fault, now_ns);
    }
}

/* Ends a command that is not executed. */
static void __attribute__((cold, noinline))
end(struct device *device, struct submission_queue *sq, const void *sqe, uint16_t status) {
    struct command command;
    open_command(&command, device, sq, sqe);
    completion_post(device, sq, command.sqe.cid, error_log_add(&command, status), 0);
}

/* Ends a command as a fault says, which has the bit DNR or hasn't. */
static void end_by_fault(struct device *device, struct submission_queue *sq, const void *sqe,
                         uint16_t status_and_dnr) {
    struct command command;
    open_command(&command, device, sq, sqe);
    completion_post(device, sq, command.sqe.cid, error_log_put(&command, status_and_dnr), 0);
}

/* Whether it would write what the drive does not have written any more. */
static bool is_refused(const struct device *device, const struct nvme_sqe *sqe) {
    const bool is_write = sqe->opc == NVME_WRITE || sqe->opc == NVME_WRITE_ZEROES ||
                          sqe->opc == NVME_DATASET_MANAGEMENT;
    return is_write && atomic_load(&device->drive->health.is_read_only);
}

/* The status that a fault gives a command which is therefore not executed, or success. */
static uint16_t refusal(const struct device *device, const struct submission_queue *sq,
                        const struct delayed_command *delayed) {
    struct faults *faults = device->drive->faults;
    if (faults == NULL || delayed->fault.status != NVME_SUCCESS) {
        return delayed->fault.status;
    }
    return is_refused(device, &delayed->sqe)
               ? NVME_READ_ONLY_RANGE | NVME_STATUS_DNR
               : faults_unreadable(faults, sq->qid, delayed->fault.command, &delayed->sqe);
}

/* Power goes in the middle of the command, which ends nowhere. */
static void lose_power(struct device *device, const struct command *command) {
    if (device->watch != NULL) {
        watch_end(device, &command->sqe, false);
        watch_look(device);
    }
    drive_lose_power(device->drive);
    device_fail(device);
}

/* What completes late is durable before, as it is not known any more when the host consumes that. */
static void end_watched(struct device *device, const struct delayed_command *delayed,
                        uint16_t status) {
    const enum config_effect_kind effect = delayed->fault.effect.kind;
    watch_end(device, &delayed->sqe, status == NVME_SUCCESS);
    if (status == NVME_SUCCESS && (effect == EFFECT_LATE || effect == EFFECT_LATE_BY)) {
        watch_keep(device->watch);
    }
}

/* Executes one whose blocks are watched, and with which it may go wrong on the medium. */
static uint16_t execute_watched(struct device *device, const struct delayed_command *delayed,
                                struct command *command) {
    struct medium_fault medium;
    watch_begin(device, &command->sqe, delayed->submission);
    medium_fault_begin(&medium, device, &command->sqe, &delayed->fault);
    const uint16_t status = nvm_execute(command);
    medium_fault_end(&medium);
    if (delayed->fault.effect.kind == EFFECT_TEARS) {
        watch_tear(device->watch);
    }
    return status;
}

/*
 * Ends one as a fault says. Whether a write that fails has written is not known: a cut leaves all that a
 * write may leave, until then nothing is there.
 */
static void fail(struct device *device, struct submission_queue *sq,
                 const struct delayed_command *delayed, uint16_t status) {
    if (device->watch != NULL && delayed->fault.status != NVME_SUCCESS) {
        struct command command;
        open_command(&command, device, sq, &delayed->sqe);
        watch_begin(device, &command.sqe, delayed->submission);
        if (watch_hide(device->watch)) {
            nvm_execute(&command);
        }
        watch_end(device, &command.sqe, false);
    }
    end_by_fault(device, sq, &delayed->sqe, status);
}

/* Executes one on a drive that has faults, or is watched. */
static void execute_with_faults(struct device *device, struct submission_queue *sq,
                                const struct delayed_command *delayed) {
    struct faults *faults = device->drive->faults;
    uint16_t status = refusal(device, sq, delayed);
    if (status != NVME_SUCCESS) {
        fail(device, sq, delayed, status);
        return;
    }
    struct command command;
    open_command(&command, device, sq, &delayed->sqe);
    status =
        device->watch != NULL ? execute_watched(device, delayed, &command) : nvm_execute(&command);
    if (delayed->fault.cuts_power) {
        lose_power(device, &command);
        return;
    }
    if (device->watch != NULL) {
        end_watched(device, delayed, status);
    }
    if (status != NVME_SUCCESS) {
        status = error_log_add(&command, status);
    } else if (faults != NULL) {
        faults_rewrite(faults, &command.sqe);
    }
    post_by_fault(device, sq, delayed, status, command.result);
}

static void execute_two(struct device *device, struct submission_queue *sq,
                        const struct delayed_command *command) {
    if (device->watch != NULL) {
        watch_begin(device, &command->second, command->submission);
    }
    execute_fused(device, sq, &command->sqe, &command->second);
}

static void execute_delayed(struct device *device, struct submission_queue *sq,
                            const struct delayed_command *command) {
    const uint64_t posted = completion_queue_posted(sq->cq);
    if (command->is_executed) {
        completion_post(device, sq, command->sqe.cid, command->status, command->result);
    } else if (command->status != NVME_SUCCESS) {
        end(device, sq, &command->sqe, command->status);
        if (command->is_fused) {
            end(device, sq, &command->second, command->status);
        }
    } else if (command->is_fused && is_refused(device, &command->second)) {
        end(device, sq, &command->sqe, NVME_ABORTED_FAILED_FUSED);
        end(device, sq, &command->second, NVME_READ_ONLY_RANGE);
    } else if (command->is_fused) {
        execute_two(device, sq, command);
    } else if (device->drive->faults != NULL || device->watch != NULL) {
        execute_with_faults(device, sq, command);
    } else {
        execute(device, sq, &command->sqe);
    }
    if (device->watch != NULL) {
        watch_completion(device, sq->cq, completion_queue_posted(sq->cq) != posted);
    }
}

/* Takes in what was submitted, and executes what is due. */
static unsigned run_due(struct device *device, struct submission_queue *sq, uint32_t tail) {
    struct delays *delays = &sq->delays;
    struct delayed_command command;
    unsigned executed = 0;
    const uint64_t now_ns = n4j_now_ns();
    fetch_delayed(device, sq, tail, now_ns);
    while (delays->count > 0 && !device_is_stopped(device) &&
           completion_queue_room(device, sq->cq) > (delays->heap[0].is_fused ? 1 : 0) &&
           delays_take(delays, now_ns, &command)) {
        const uint32_t cq_tail = sq->cq->tail;
        execute_delayed(device, sq, &command);
        delays_completed(delays, ring_distance(&sq->cq->ring, cq_tail, sq->cq->tail));
        executed++;
    }
    return executed;
}

static unsigned run_watched(struct device *device, struct submission_queue *sq, uint32_t tail) {
    unsigned executed = 0;
    pthread_mutex_lock(&device->watch->lock);
    if (!device_is_stopped(device)) { /* by another queue, meanwhile */
        watch_fetch(device, sq);
        executed = run_due(device, sq, tail);
    }
    pthread_mutex_unlock(&device->watch->lock);
    return executed;
}

static unsigned run_delayed(struct device *device, struct submission_queue *sq, uint32_t tail) {
    pthread_mutex_lock(&sq->delays.lock);
    const unsigned executed =
        device->watch == NULL ? run_due(device, sq, tail) : run_watched(device, sq, tail);
    pthread_mutex_unlock(&sq->delays.lock);
    return executed;
}

unsigned submission_queue_run(struct device *device, struct submission_queue *sq) {
    const uint32_t tail = submission_queue_tail(device, sq);
    if (tail == sq->head && sq->delays.count == 0) {
        completion_queue_head(device, sq->cq); /* so that a bad one is told of at once */
        return 0;
    }
    /* What was mapped in the last run need not be mapped any more. */
    sq->ring.page = NULL;
    sq->cq->ring.page = NULL;
    if (sq->delays.heap != NULL) {
        return run_delayed(device, sq, tail);
    }
    unsigned executed = 0;
    uint32_t room;
    while (sq->head != tail && (room = completion_queue_room(device, sq->cq)) > 0) {
        const uint32_t head = sq->head;
        struct nvme_sqe copy;
        const struct nvme_sqe *sqe = fetch(device, sq);
        if (sqe == NULL) {
            break;
        }
        const struct nvme_sqe *second = fetch_second(device, sq, tail, &sqe, &copy);
        if (second == NULL) {
            execute(device, sq, sqe);
        } else if (room > 1) {
            execute_fused(device, sq, sqe, second);
        } else {
            sq->head = head; /* two that are fused complete together */
            break;
        }
        executed++;
    }
    return executed;
}
