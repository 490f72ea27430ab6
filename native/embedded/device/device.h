/* SPDX-License-Identifier: Apache-2.0 */

/* What the parts of the device side know of each other. */
#ifndef EMBEDDED_DEVICE_H
#define EMBEDDED_DEVICE_H

#include <pthread.h>

#include "connection.h"
#include "device/delays.h"
#include "device/identity.h"
#include "device/medium.h"
#include "device/transfer.h"
#include "iova_table.h"

#define DEVICE_IO_QUEUES 64 /* submission queues, and as many completion queues */
#define DEVICE_QUEUES (DEVICE_IO_QUEUES + 1)
#define DEVICE_MQES 4095 /* 0's based */
#define NO_INTERRUPTS (-1)
#define DEVICE_ERROR_ENTRIES 64
#define DEVICE_ASYNC_EVENTS 4     /* requests that are held at the same time */
#define DEVICE_KEEP_ALIVE_UNITS 1 /* Identify Controller KAS: of 100 ms */
#define DEVICE_FIRMWARE_REVISION "1.0"

/*
 * CAP.DSTRD: doorbells are a cache line apart, so that queue pairs on different processors don't take
 * each other's away.
 */
#define DEVICE_DSTRD 4
struct doorbell {
    _Alignas(4 << DEVICE_DSTRD) _Atomic uint32_t value;
};
static_assert(DEVICE_QUEUES == IOVA_READERS, "a queue pair's reader has its number");

struct bar {
    struct nvme_registers registers;
    struct doorbell doorbells[2 * DEVICE_QUEUES]; /* SQ 0 tail, CQ 0 head, SQ 1 tail, ... */
};
static_assert(sizeof(struct bar) <= DEVICE_BAR_SIZE, "it is a BAR's");

/* A queue in host memory. */
struct ring {
    uint64_t iova;
    uint32_t size;        /* entries */
    uint32_t page_number; /* which page of the ring `page` is */
    uint8_t *page;        /* NULL: to be looked up; never kept from one run to the next */
};

/* A doorbell, and what was acted on of it. */
struct doorbell_view {
    _Atomic uint32_t *doorbell;
    uint32_t index; /* where the host has got to: an SQ's tail, a CQ's head */
};

struct completion_queue {
    _Alignas(CACHE_LINE) struct ring ring;
    struct doorbell_view head;
    uint32_t tail;
    uint32_t phase;
    uint32_t users; /* submission queues that complete here */
    bool exists;
    int vector;            /* of its interrupts, or NO_INTERRUPTS */
    uint32_t told;         /* the tail, when the last of these was sent */
    atomic_bool is_shared; /* there were several of them: their threads take the lock */
    uint64_t rounds;       /* how often the tail has come to the end of the ring */
    pthread_mutex_t lock;
};

/* Counted since power on, for the SMART log. One thread writes, any may read. */
struct queue_counters {
    _Atomic uint64_t read_commands;
    _Atomic uint64_t write_commands;
    _Atomic uint64_t sectors_read; /* of 512 bytes */
    _Atomic uint64_t sectors_written;
};

/* A tail that the host has rung, and that the controller is not to see (config_effect.h). */
struct lost_ring {
    bool is_lost;
    uint32_t tail;
    uint64_t command; /* the number of the one that it brought first, until it is fetched; else 0 */
};

struct submission_queue {
    _Alignas(CACHE_LINE) struct ring ring;
    struct doorbell_view tail;
    uint32_t head;
    uint16_t qid;
    struct completion_queue *cq;
    struct queue_counters counters;
    struct transfer transfer; /* of the command that is being executed */
    struct delays delays;
    struct lost_ring lost_ring;
};

struct error_log {
    pthread_mutex_t lock;
    uint64_t count;        /* entries ever made */
    uint64_t media_errors; /* those with a Media and Data Integrity status */
    struct nvme_error_entry entries[DEVICE_ERROR_ENTRIES]; /* number n is at (n - 1) % entries */
};

/* What the controller tells its host of by itself (async_events.c). */
enum async_event {
    EVENT_INVALID_DOORBELL_REGISTER,
    EVENT_INVALID_DOORBELL_VALUE,
    EVENT_TEMPERATURE,
    EVENT_RELIABILITY,
    EVENT_SPARE,
};

struct async_events {
    uint16_t held[DEVICE_ASYNC_EVENTS]; /* CIDs of outstanding requests, the oldest first */
    unsigned held_count;
    atomic_uint pending; /* a bit for each event that is to be told */
    uint32_t masked; /* a bit for each type that was told, and whose log page was not read since */
};

struct features {
    uint32_t values[16]; /* by feature identifier, where a value is all that there is */
    uint32_t error_recovery[CONFIG_NAMESPACES_MAX];
    uint32_t temperature_over;
    uint32_t temperature_under;
    uint64_t coalescing_disabled[2]; /* a bit for each interrupt vector */
    uint64_t timestamp_ms;           /* what it was ... */
    uint64_t timestamp_at_ms;        /* ... at that time of the controller's clock */
    bool timestamp_is_set;           /* by the host, not by a reset */
    uint8_t host_identifier[16];
    struct nvme_host_behavior host_behavior;
};

struct device {
    struct bar *bar;
    struct bar *own_bar; /* NULL: it is from outside */
    struct device_outside outside;
    /* Read by whoever runs a queue, written by whoever runs the admin queue. */
    atomic_bool live[DEVICE_QUEUES];
    atomic_bool write_cache; /* the Volatile Write Cache feature's WCE */
    struct iova_table *iova;
    uint64_t transfer_max; /* bytes, by MDTS; UINT64_MAX: no limit */
    uint8_t mdts;
    enum sgl_support sgl_support;
    struct delay_rules delay_rules; /* of I/O commands */
    struct n4j_drive *drive;
    struct watch *watch; /* the drive's; NULL: it is not kept account of what a power cut leaves */
    unsigned powerings;  /* how often the drive had got power back when this was enabled */
    uint32_t namespace_count;
    struct namespace *namespaces; /* the drive's, of NSID 1, 2, ... */

    uint32_t cc;                 /* CC as it was acted on */
    atomic_uint disables;        /* how often CC.EN went from 1 to 0 ... */
    unsigned disables_seen;      /* ... and of these, how often that was acted on */
    uint64_t ready_ns;           /* enabled, it is ready then; 0: it is, or isn't enabled */
    _Atomic uint64_t returns_ns; /* it was removed, and is back then; 0: it is there */
    struct submission_queue *sq;
    struct completion_queue *cq;
    struct features features;
    struct async_events events;
    struct error_log errors;
    uint64_t power_on_ms;
    uint64_t host_heard_ms; /* when the Keep Alive Timer was started last */
    bool has_volatile_cache;
    struct identity identity;

    bool is_threaded;
    atomic_bool stop;
    pthread_t thread;
};

/* The namespace of an NSID, or NULL. */
static inline struct namespace *device_namespace(struct device *device, uint32_t nsid) {
    return nsid - 1 < device->namespace_count ? &device->namespaces[nsid - 1] : NULL;
}

/* Whether the controller takes no commands: it has failed, or is shutting down or shut down. */
static inline bool device_is_stopped(const struct device *device) {
    return (atomic_load_explicit(&device->bar->registers.csts, memory_order_relaxed) &
            (NVME_CSTS_CFS | NVME_CSTS_SHST_MASK)) != 0;
}

static inline _Atomic uint32_t *device_doorbell(struct device *device, unsigned qid, bool is_cq) {
    return &device->bar->doorbells[2 * qid + (is_cq ? 1 : 0)].value;
}

/*
 * Something has happened: it is told once the host has a request for it, unless it is turned off. For
 * any thread.
 */
static inline void async_events_raise(struct device *device, enum async_event event) {
    atomic_fetch_or(&device->events.pending, 1u << event);
}

/* registers.c */
void device_set_csts(struct device *device, uint32_t clear, uint32_t set);
void device_fail(struct device *device); /* sets CSTS.CFS */
/* Has all of them be as they are when power goes on. */
void registers_power_on(struct device *device);

/* controller.c */
unsigned device_run_registers_and_admin(struct device *device);

/* queues.c */
void completion_queue_open(struct device *device, unsigned cqid, uint64_t iova, uint32_t size,
                           int vector);
void completion_queue_close(struct device *device, unsigned cqid);
/* False: out of memory. */
bool submission_queue_open(struct device *device, unsigned qid, uint64_t iova, uint32_t size,
                           unsigned cqid);
void submission_queue_close(struct device *device, unsigned qid);
bool queue_memory_is_mapped(const struct device *device, uint64_t iova, uint64_t bytes);

/* doorbells.c */
void doorbells_clear(struct device *device);
/* Tells the host of doorbells that it rang though there is no such queue. */
void doorbells_check_unused(struct device *device, unsigned qid);

/*
 * A doorbell has a value that it can't have. It is not acted on, but told (Base, "Asynchronous Event
 * Information - Error Status"), and taken back, so that the same one is seen when it is written again.
 */
void doorbell_refuse(struct device *device, const struct doorbell_view *view, uint32_t value);

/* execution.c */
/* Executes what was submitted, as long as completions fit. Returns how many commands it took. */
unsigned submission_queue_run(struct device *device, struct submission_queue *sq);

/* features.c */
void features_reset(struct device *device);
uint32_t feature_effects(const struct device *device, uint8_t fid); /* NVME_EFFECTS_...; 0: none */
unsigned features_io_queues(const struct device *device); /* as granted by Number of Queues */

/* async_events.c: for whoever runs the admin queue. */
void async_events_reset(struct device *device);
/* Whether the temperature is at a threshold or beyond it. */
bool device_temperature_warns(const struct device *device);
/* Tells of the temperature, if it is beyond a threshold. */
void async_events_check_temperature(struct device *device);
void async_events_deliver(struct device *device);
/* The host has read a log page and lets new events be told. */
void async_events_log_read(struct device *device, uint8_t log_page);
/* Whether a request with that CID is held. */
bool async_events_hold(const struct device *device, uint16_t cid);
bool async_events_abort(struct device *device, uint16_t cid);

/* error_log.c */
void error_log_open(struct error_log *log);
/* The newest first, unused ones all zero. */
void error_log_read(struct error_log *log, struct nvme_error_entry *entries);
void error_log_counts(struct error_log *log, uint64_t *entries, uint64_t *media_errors);

/* keep_alive.c: for whoever runs the admin queue. */
void keep_alive_restart(struct device *device);
/* Fails where the timer has expired. */
void keep_alive_check(struct device *device);

/* effects.c: what commands and features there are, and what they do (NVME_EFFECTS_...). */
void effects_of_commands(struct nvme_command_effects_log *log);
void effects_of_features(const struct device *device, uint32_t *effects);

/* thread.c */
int device_thread_start(struct device *device);
void device_thread_stop(struct device *device);

#endif
