/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The driver of the embedded controller. It knows its registers, and reaches all else through queues.
 */
#ifndef EMBEDDED_HOST_H
#define EMBEDDED_HOST_H

#include <pthread.h>

#include "config.h"
#include "device/controller.h"
#include "host/memory.h"
#include "owed.h"

#define ADMIN_QUEUE_ENTRIES 32
/* So many Asynchronous Event Requests are in flight at most. */
#define ADMIN_EVENTS_MAX 4
#define IO_QUEUES_MAX 64

/* These are masks of 1 << N4J_DATA_*. Whether its I/O queues take SGLs, the controller says in SGLS. */
#define HOST_ADMIN_DATA_FORMS (1u << N4J_DATA_NONE | 1u << N4J_DATA_PRP)
#define HOST_DATA_FORMS (HOST_ADMIN_DATA_FORMS | 1u << N4J_DATA_SGL)

/* This is a submission queue and its completion queue, in memory that both sides share. */
struct queue_rings {
    struct nvme_sqe *sq;
    struct nvme_cqe *cq;
    uint32_t size; /* Each has so many entries. */
    uint32_t sq_tail;
    uint32_t cq_head;
    uint32_t cq_phase;
    _Atomic uint32_t *sq_tail_doorbell;
    _Atomic uint32_t *cq_head_doorbell;
    uint64_t sq_iova;
    uint64_t cq_iova;
};

/* This says whose a command of the admin queue is. */
enum admin_owner {
    ADMIN_NOBODYS,
    ADMIN_DRIVERS, /* One thread waits for one of these. */
    ADMIN_CALLERS,
    ADMIN_EVENTS, /* These are Asynchronous Event Requests. */
    ADMIN_ABORTS, /* Nobody wants to know their answers. */
};

struct admin_queue {
    struct queue_rings rings;
    struct {
        enum admin_owner owner;
        uint64_t tag;
    } commands[ADMIN_QUEUE_ENTRIES]; /* The CID is the index. */
    uint32_t callers;                /* So many commands of callers have not been handed over. */
    uint32_t events;                 /* So many event requests have not been, either. */
    uint32_t events_max;             /* There are to be so many of them, by AERL. */
    bool is_aborting;                /* An Abort has not been answered: ACL is 0. */
    struct n4j_owed done;            /* These completions are to be handed over. */
};

struct host {
    struct n4j_ctrlr base;
    struct config config;
    struct iova_table *iova;
    struct memory *memory;
    struct device *device;
    struct nvme_registers *registers;
    uint64_t cap; /* It is as it was when the controller was attached to. */
    uint32_t vs;
    uint64_t max_transfer; /* It is in bytes. */
    uint32_t max_qpairs;
    char description[96];

    pthread_mutex_t admin_lock; /* It guards what follows, and the registers. */
    struct admin_queue admin;
    bool qid_taken[IO_QUEUES_MAX + 1];
    /* The controller was disabled for having said this; it was not if this is empty. */
    char nonsense[96];

    /* Each reset raises it: queues of an earlier one are gone. */
    atomic_uint generation;
};

/* This says what came of a command. */
struct command_result {
    uint32_t cdw0;
    uint16_t status; /* It is as n4j_completion.status. */
};

/* Tells why the controller does not do what it is asked for. The caller holds admin_lock. */
static inline const char *host_reason(const struct host *host) {
    return host->nonsense[0] != '\0' ? host->nonsense : "the controller does not answer";
}

/* admin.c */
/* Executes one command, and returns 0 when it completed, -ETIMEDOUT, or -ENXIO (it failed). */
int host_admin(struct host *host, const struct nvme_sqe *command, uint32_t timeout_ms,
               struct command_result *result);
/* Does the same for a caller that holds admin_lock. */
int host_execute(struct host *host, const struct nvme_sqe *command, uint32_t timeout_ms,
                 struct command_result *result);
/* Makes room for the completions of callers, and returns 0 or -ENOMEM. */
int host_admin_open(struct host *host);
void host_admin_close(struct host *host);
/* Completes what the controller, which was disabled, has not. The caller holds admin_lock. */
void host_admin_give_up(struct host *host);
/* Asks for as many events as there are to be. The caller holds admin_lock. */
void host_admin_request_events(struct host *host);
int host_admin_submit(struct n4j_ctrlr *ctrlr, const n4j_submission *submission);
int host_admin_process(struct n4j_ctrlr *ctrlr, n4j_completion *completions, uint32_t max);
int host_admin_abort(struct n4j_ctrlr *ctrlr, uint64_t tag);

/* bring_up.c */
int host_enable(struct host *host, struct n4j_error *error);
void host_shut_down(struct host *host);
int host_disable_for_good(struct n4j_ctrlr *ctrlr);
int host_reset(struct n4j_ctrlr *ctrlr, uint32_t timeout_ms, struct n4j_error *error);

/* registers.c */
/* Learns what CAP and VS say; returns 0, -ENXIO (all is ones: it is gone) or -EIO (it won't do). */
int host_learn(struct host *host, struct n4j_error *error);
/* Tells how many I/O queue pairs have doorbells that lie in the controller's memory. */
uint32_t host_doorbell_pairs(uint64_t cap);
/* Tells how long the controller takes for its state changes at most, by CAP.TO. */
uint32_t host_timeout_ms(const struct host *host);
/* Tells what AQA says of the admin queues. */
uint32_t host_aqa(const struct host *host);
/* Lets the controller work. `*rounds` counts how often that was in vain, and then it takes its time. */
void host_wait(struct host *host, unsigned *rounds);
/*
 * Waits until CSTS has `value` under `mask`; returns 0, -EIO (it failed), -ENXIO (it is gone, or
 * was) or -ETIMEDOUT.
 */
int host_wait_csts(struct host *host, uint32_t mask, uint32_t value);
/* Makes sure that the controller touches no memory any more. The caller holds admin_lock. */
void host_disable(struct host *host);

/* queue_setup.c */
int queue_rings_open(struct host *host, unsigned qid, uint32_t size, struct queue_rings *rings,
                     struct n4j_error *error);
/* Makes them as they were when they were opened. */
void queue_rings_clear(struct queue_rings *rings);
void queue_rings_close(struct host *host, struct queue_rings *rings);
int host_qpair_create(struct n4j_ctrlr *ctrlr, uint32_t depth, uint32_t standby,
                      struct n4j_qpair **qpair, struct n4j_error *error);
int host_qpair_destroy(struct n4j_qpair *qpair);

/* queue.c */
int host_qpair_process(struct n4j_qpair *qpair, const n4j_submission *submissions, uint32_t count,
                       n4j_completion *completions, uint32_t max);
int host_qpair_abort(struct n4j_qpair *qpair, uint64_t tag);

/* Tells whether the controller works on commands. */
static inline bool host_is_ready(const struct host *host) {
    const uint32_t csts = atomic_load_explicit(&host->registers->csts, memory_order_acquire);
    return (csts & (NVME_CSTS_RDY | NVME_CSTS_CFS)) == NVME_CSTS_RDY;
}

/* Tells whether a record's form is one of `forms`, PSDT says the same, and metadata are where MPTR says. */
static inline bool host_takes(const n4j_submission *submission, uint32_t forms) {
    static const uint8_t psdts[] = {
        [N4J_DATA_NONE] = 0xf, /* PSDT says nothing of a command without data. */
        [N4J_DATA_PRP] = 1u << NVME_PSDT_PRP,
        [N4J_DATA_SGL] = 1u << NVME_PSDT_SGL_MPTR_CONTIGUOUS | 1u << NVME_PSDT_SGL_MPTR_SGL,
    };
    const uint32_t form = submission->data_form;
    return form <= N4J_DATA_SGL && (forms >> form & 1) != 0 &&
           (psdts[form] >> NVME_PSDT(submission->flags) & 1) != 0 && submission->metadata == 0;
}

#endif
