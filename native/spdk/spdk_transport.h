/* SPDX-License-Identifier: Apache-2.0 */

/* What the files of the SPDK transport know of each other. */
#ifndef N4J_SPDK_TRANSPORT_H
#define N4J_SPDK_TRANSPORT_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

#include <spdk/nvme.h>

#include "transport.h"

/* What buffers, page lists and queue depths are made for. */
struct n4j_spdk_limits {
    uint64_t page_size;
    uint64_t max_transfer;
    uint64_t max_depth;
    uint32_t data_forms;    /* of I/O commands: mask of 1 << N4J_DATA_* */
    uint32_t max_fragments; /* that SPDK makes one command of */
};

/* Admin commands of callers, and events. */
struct n4j_spdk_admin_command;
#define N4J_SPDK_EVENTS 64 /* that wait to be handed over; further ones are lost */
struct n4j_spdk_admin {
    pthread_mutex_t lock; /* of what follows; SPDK calls back from whoever looks for answers */
    struct n4j_spdk_admin_command *first; /* that have not been handed over */
    uint32_t count;                       /* of them */
    uint32_t events[N4J_SPDK_EVENTS];     /* the oldest first */
    uint32_t event_count;
};

/* A controller that is attached through SPDK. */
struct n4j_spdk_ctrlr {
    struct n4j_ctrlr base; /* first: a handle points at either */

    struct spdk_nvme_ctrlr *spdk; /* NULL: failed, and could not be connected to anew */
    struct spdk_nvme_transport_id trid;
    struct n4j_options options; /* as at the first attach, for those that follow a reset */

    /* Set after the device was cut off from memory; queue pairs then give up by themselves. */
    atomic_bool failed;
    atomic_uint aborts;      /* that have not been answered */
    uint32_t max_aborts;     /* at once, by ACL */
    atomic_uint live_qpairs; /* that SPDK still knows, or is about to */
    pthread_mutex_t failing;

    pthread_mutex_t admin; /* of `spdk`, while its admin queue is looked at or it is replaced */
    struct n4j_spdk_admin commands;
    int vfio_user_socket; /* the connection to a vfio-user target, SPDK's own, or -1 */

    uint64_t cap;
    uint64_t vs;
    struct n4j_spdk_limits limits;
    uint64_t max_qpairs;
    uint64_t registration; /* granularity, or 0 */
    bool has_doorbells;
    bool has_sgls; /* SPDK makes SGLs of fragments; else, with doorbells, PRPs */
    char description[512];

    struct n4j_spdk_ctrlr *next; /* housekeeping's list */
};

/* locks.c */
/* Of all attaching and detaching: SPDK's probe is not thread-safe. */
extern pthread_mutex_t n4j_spdk_attach_lock;
/*
 * Held by whoever lets SPDK's memory grow or shrink: SPDK then tells every vfio-user target, through
 * the socket that also carries register accesses, and takes no lock for that itself. Register
 * accesses of vfio-user (attach, detach, disable) are made under it too.
 */
extern pthread_mutex_t n4j_spdk_memory_lock;

/* log.c */
void n4j_spdk_log_open(void);
/* Forgets what SPDK logged on this thread. */
void n4j_spdk_log_begin(void);
/* The first error that SPDK logged on this thread since, or "". */
const char *n4j_spdk_log_error(void);
/* Whether any line logged on this thread since holds `text`. */
bool n4j_spdk_log_contains(const char *text);
/* Takes over what another thread logged: the pair of functions carries it across. */
struct n4j_spdk_log_lines {
    char error[256];
    char text[3072];
};
void n4j_spdk_log_save(struct n4j_spdk_log_lines *lines);
void n4j_spdk_log_restore(const struct n4j_spdk_log_lines *lines);

/* environment.c */
/*
 * Starts SPDK's environment on first use; -EALREADY where it runs with something else than the options
 * want. The caller holds the attach lock.
 */
int n4j_spdk_environment_start(const struct n4j_options *options, struct n4j_error *error);

/* exit.c: what takes long lies between these two, so that the end of the process can wait for it */
void n4j_spdk_call_begin(void);
void n4j_spdk_call_end(void);
/* To be called once, before the environment starts. */
void n4j_spdk_exit_prepare(void);

/* hugepages.c */
uint64_t n4j_spdk_hugepages_free(void);
/* 0 when this process may take pages from a mounted hugetlbfs. */
int n4j_spdk_hugepages_accessible(struct n4j_error *error);
/* Removes the names of this process's hugepage files, so that its death frees them. */
void n4j_spdk_hugepages_unlink(void);

/* sigbus.c */
void n4j_spdk_sigbus_chain(const struct sigaction *before_spdk);
/* While set, faults of the calling thread are SPDK's: it maps a BAR that is not known yet. */
void n4j_spdk_sigbus_attaching(bool attaching);
void n4j_spdk_sigbus_add_bar(const struct n4j_spdk_ctrlr *ctrlr);
void n4j_spdk_sigbus_remove_bar(const struct n4j_spdk_ctrlr *ctrlr);

/* target.c: what can be said of a transport id before and after SPDK tried it */
int n4j_spdk_target_parse(const char *transport_id, struct spdk_nvme_transport_id *trid,
                          struct n4j_error *error);
int n4j_spdk_target_check(const struct spdk_nvme_transport_id *trid, struct n4j_error *error);
/* Turns what SPDK logged about a failed attach into a line for people; `code` is its own errno. */
int n4j_spdk_target_explain(const struct spdk_nvme_transport_id *trid, int code,
                            struct n4j_error *error);
bool n4j_spdk_target_is_pci(const struct spdk_nvme_transport_id *trid);
/* A service that tells of subsystems, and has no namespaces and I/O queues. */
bool n4j_spdk_target_is_discovery(const struct spdk_nvme_transport_id *trid);
/* Queues, and whatever else commands refer to, are in memory that the controller reads. */
bool n4j_spdk_target_has_doorbells(const struct spdk_nvme_transport_id *trid);

/* vfio_user.c */
/* Of a target: to the attach, and to being disabled. */
#define N4J_SPDK_VFIO_ANSWER_WITHIN_S 10
struct n4j_spdk_vfio_watch;
/*
 * Watches what waits for a target's answer on a socket, or on the one that will be opened (-1): cuts
 * the connection when that has not ended after so many seconds.
 */
struct n4j_spdk_vfio_watch *n4j_spdk_vfio_watch_begin(int socket, unsigned seconds);
/* Ends it and returns the connection's socket, or -1; `*cut` tells whether it was cut. */
int n4j_spdk_vfio_watch_end(struct n4j_spdk_vfio_watch *watch, bool *cut);
bool n4j_spdk_vfio_hung_up(int socket);
void n4j_spdk_vfio_cut(int socket);

/* controller.c */
/* What an attach gives. */
struct n4j_spdk_connection {
    struct spdk_nvme_ctrlr *spdk;
    struct spdk_nvme_transport_id trid;
    int vfio_user_socket; /* or -1 */
};
int n4j_spdk_connect(const struct spdk_nvme_transport_id *trid, const struct n4j_options *options,
                     struct n4j_spdk_connection *connection, struct n4j_error *error);
void n4j_spdk_disconnect(struct spdk_nvme_ctrlr *spdk, const struct spdk_nvme_transport_id *trid);
/* Makes a connection the controller's, and reads its properties; `failed` stays as it is. */
void n4j_spdk_adopt(struct n4j_spdk_ctrlr *ctrlr, const struct n4j_spdk_connection *connection);
int n4j_spdk_attach(const char *transport_id, const struct n4j_options *options,
                    struct n4j_ctrlr **ctrlr, struct n4j_error *error);
int n4j_spdk_detach(struct n4j_ctrlr *ctrlr, struct n4j_error *error);
uint64_t n4j_spdk_property(struct n4j_ctrlr *ctrlr, uint32_t property);
const char *n4j_spdk_description(struct n4j_ctrlr *ctrlr);

/* abort.c */
/* Counts one more Abort, if there may be one more. */
bool n4j_spdk_abort_reserve(struct n4j_spdk_ctrlr *ctrlr);
/* What SPDK calls back with its answer; the argument is the controller. */
void n4j_spdk_abort_answered(void *ctrlr, const struct spdk_nvme_cpl *cpl);

/* failure.c */
/* Disables the controller, so that it no longer reaches memory, and marks it failed. */
void n4j_spdk_fail(struct n4j_spdk_ctrlr *ctrlr);
/* Fails the controller if its device or target is gone. */
void n4j_spdk_check_alive(struct n4j_spdk_ctrlr *ctrlr);
/*
 * Looks for answers on the admin queue, to SPDK's own commands too, unless another thread does. -ENXIO:
 * the controller has failed.
 */
int n4j_spdk_poll(struct n4j_spdk_ctrlr *ctrlr);
int n4j_spdk_disable(struct n4j_ctrlr *ctrlr);

/* reset.c */
int n4j_spdk_reset(struct n4j_ctrlr *ctrlr, uint32_t timeout_ms, struct n4j_error *error);

/* housekeeping.c */
int n4j_spdk_housekeeping_add(struct n4j_spdk_ctrlr *ctrlr, struct n4j_error *error);
void n4j_spdk_housekeeping_remove(struct n4j_spdk_ctrlr *ctrlr);
/* Of a controller that has failed: when this returns, its connection is not looked at any more. */
void n4j_spdk_housekeeping_settle(void);
bool n4j_spdk_housekeeping_knows(const struct spdk_nvme_transport_id *trid);

/* admin.c */
/* Begins to listen for events of a connection that was made. */
void n4j_spdk_admin_listen(struct n4j_spdk_ctrlr *ctrlr);
/* Of a controller that goes: forgets what was not handed over. */
void n4j_spdk_admin_close(struct n4j_spdk_ctrlr *ctrlr);
int n4j_spdk_admin_submit(struct n4j_ctrlr *ctrlr, const n4j_submission *submission);
int n4j_spdk_admin_process(struct n4j_ctrlr *ctrlr, n4j_completion *completions, uint32_t max);
int n4j_spdk_admin_abort(struct n4j_ctrlr *ctrlr, uint64_t tag);

/* memory.c */
int n4j_spdk_mem_alloc(struct n4j_ctrlr *ctrlr, uint64_t length, uint64_t alignment, int32_t numa,
                       uint32_t flags, void **address, uint32_t *kind, struct n4j_error *error);
int n4j_spdk_mem_free(struct n4j_ctrlr *ctrlr, void *address);
int n4j_spdk_mem_translate(struct n4j_ctrlr *ctrlr, const void *address, uint64_t length,
                           uint64_t page_size, uint64_t *iovas);

/* registration.c */
/* N4J_PROPERTY_REGISTRATION; the environment has been started. */
uint64_t n4j_spdk_registration_granularity(const struct spdk_nvme_transport_id *trid);
int n4j_spdk_mem_register(struct n4j_ctrlr *ctrlr, void *address, uint64_t length, uint32_t flags,
                          struct n4j_error *error);
int n4j_spdk_mem_unregister(struct n4j_ctrlr *ctrlr, void *address);
/* Whether the whole of a range is. */
bool n4j_spdk_is_registered(const struct n4j_spdk_ctrlr *ctrlr, const void *address,
                            uint64_t length);

/* queue_pair_life.c */
int n4j_spdk_qpair_create(struct n4j_ctrlr *ctrlr, uint32_t depth, uint32_t standby,
                          struct n4j_qpair **qpair, struct n4j_error *error);
int n4j_spdk_qpair_destroy(struct n4j_qpair *qpair);

/* abort.c */
int n4j_spdk_qpair_abort(struct n4j_qpair *qpair, uint64_t tag);

/* fragments.c */
/* 0, or the errno of fragments that SPDK could not, or would not rightly, transfer. */
int n4j_spdk_fragments_check(const struct n4j_spdk_ctrlr *ctrlr, const n4j_submission *submission);
/* The walk, as SPDK calls it for a slot: goes to an offset; hands out the next fragment. */
void n4j_spdk_fragments_reset(void *slot, uint32_t offset);
int n4j_spdk_fragments_next(void *slot, void **address, uint32_t *length);

/* metadata.c */
/* 0, or the errno of separate metadata that does not fit the command. */
int n4j_spdk_metadata_check(const struct n4j_spdk_ctrlr *ctrlr, const n4j_submission *submission);

/* queue_pair.c */
/* SPDK's callback for every command of a queue pair. */
void n4j_spdk_complete(void *slot, const struct spdk_nvme_cpl *cpl);
int n4j_spdk_process(struct n4j_qpair *qpair, const n4j_submission *submissions, uint32_t count,
                     n4j_completion *completions, uint32_t max);

/*
 * SPDK makes data pointers itself. It passes PRPs of the caller's on, in a command without payload, to
 * controllers that have doorbells; but never an SGL, as it sets PSDT to PRP in every such command.
 */
#define N4J_SPDK_ADMIN_DATA_FORMS (1u << N4J_DATA_NONE | 1u << N4J_DATA_CONTIGUOUS)
#define N4J_SPDK_DATA_FORMS (N4J_SPDK_ADMIN_DATA_FORMS | 1u << N4J_DATA_FRAGMENTS)
#define N4J_SPDK_DOORBELL_DATA_FORMS (N4J_SPDK_DATA_FORMS | 1u << N4J_DATA_PRP)

static inline bool n4j_spdk_takes_form(uint32_t forms, uint32_t form) {
    return form <= N4J_DATA_FRAGMENTS && (forms >> form & 1) != 0;
}

/* N4J_DATA_CONTIGUOUS without an address: SPDK over a socket would only find out by a fault. */
static inline bool n4j_spdk_lacks_data(const n4j_submission *submission) {
    return submission->data == 0 && submission->data_length != 0;
}

/* The status field of a completion record, of one that SPDK hands over. */
static inline uint16_t n4j_spdk_status(const struct spdk_nvme_cpl *cpl) {
    return (uint16_t)(cpl->status_raw >> 1); /* without the phase bit */
}

#endif
