/* SPDX-License-Identifier: Apache-2.0 */

/* Attaching and detaching. SPDK's probe is not thread-safe: one lock for all controllers. */
#include <errno.h>
#include <stdlib.h>

#include <spdk/version.h>

#include "spdk_transport.h"

/* More is of no use to anyone, and the driver counts entries in 16 bits. */
#define MAX_QUEUE_ENTRIES 16384
#define ADMIN_TIMEOUT_MS 60000

/* What SPDK's target takes in an SGL, even where each crosses into another mapping of its. */
#define VFIO_USER_FRAGMENTS 16

struct attempt {
    const struct spdk_nvme_transport_id *wanted;
    const struct n4j_options *options;
    struct spdk_nvme_transport_id found;
    struct spdk_nvme_ctrlr *ctrlr;
    int code;
};

static void set_options(const struct n4j_options *wanted, struct spdk_nvme_ctrlr_opts *opts) {
    opts->io_queue_size = MAX_QUEUE_ENTRIES; /* SPDK lowers it to what the controller takes */
    opts->transport_retry_count = 0;         /* one command of the caller, one of the device */
    opts->admin_timeout_ms = ADMIN_TIMEOUT_MS;
    opts->disable_error_logging = true; /* a refused command is told by its status */
    opts->header_digest = wanted->header_digest;
    opts->data_digest = wanted->data_digest;
    opts->no_shn_notification = wanted->no_shutdown_notification;
    if (wanted->keep_alive_ms != 0) {
        opts->keep_alive_timeout_ms = (uint32_t)wanted->keep_alive_ms;
    }
}

static bool on_probe(void *argument, const struct spdk_nvme_transport_id *trid,
                     struct spdk_nvme_ctrlr_opts *opts) {
    const struct attempt *attempt = argument;
    if (attempt->ctrlr != NULL || spdk_nvme_transport_id_compare(trid, attempt->wanted) != 0) {
        return false;
    }
    set_options(attempt->options, opts);
    return true;
}

static void on_attach(void *argument, const struct spdk_nvme_transport_id *trid,
                      struct spdk_nvme_ctrlr *ctrlr, const struct spdk_nvme_ctrlr_opts *opts) {
    (void)opts;
    struct attempt *attempt = argument;
    attempt->ctrlr = ctrlr;
    attempt->found = *trid;
}

static void on_failure(void *argument, const struct spdk_nvme_transport_id *trid, int code) {
    (void)trid;
    struct attempt *attempt = argument;
    attempt->code = code;
}

/* A probe would attach to what a discovery service offers, not to the service. */
static void connect_discovery(struct attempt *attempt) {
    struct spdk_nvme_ctrlr_opts opts;
    spdk_nvme_ctrlr_get_default_ctrlr_opts(&opts, sizeof(opts));
    set_options(attempt->options, &opts);
    n4j_spdk_log_begin();
    attempt->ctrlr = spdk_nvme_connect(attempt->wanted, &opts, sizeof(opts));
    attempt->found = *attempt->wanted;
}

static void probe(struct attempt *attempt) {
    bool is_pci = n4j_spdk_target_is_pci(attempt->wanted);
    if (is_pci) {
        n4j_spdk_sigbus_attaching(true);
    }
    n4j_spdk_log_begin();
    spdk_nvme_probe_ext(attempt->wanted, attempt, on_probe, on_attach, on_failure, NULL);
    if (is_pci) {
        n4j_spdk_sigbus_attaching(false);
    }
}

static int probe_vfio_user(struct attempt *attempt, int *socket, struct n4j_error *error) {
    struct n4j_spdk_vfio_watch *watch =
        n4j_spdk_vfio_watch_begin(-1, N4J_SPDK_VFIO_ANSWER_WITHIN_S);
    if (watch == NULL) {
        return n4j_fail(error, -ENOMEM, "out of memory");
    }
    bool cut = false;
    pthread_mutex_lock(&n4j_spdk_memory_lock);
    probe(attempt);
    *socket = n4j_spdk_vfio_watch_end(watch, &cut);
    pthread_mutex_unlock(&n4j_spdk_memory_lock);
    if (cut && attempt->ctrlr == NULL) {
        return n4j_fail(
            error, -EBUSY,
            "the vfio-user target at %s does not answer: it serves one client at a time, "
            "and may have one already",
            attempt->wanted->traddr);
    }
    return 0;
}

static void describe(struct n4j_spdk_ctrlr *ctrlr) {
    snprintf(ctrlr->description, sizeof(ctrlr->description), "%s, %s at %s, memory in hugepages",
             SPDK_VERSION_STRING, ctrlr->trid.trstring, ctrlr->trid.traddr);
}

static uint32_t max_fragments(const struct n4j_spdk_ctrlr *ctrlr) {
    if (!ctrlr->has_sgls) {
        /* Each fills a page at least, but for the first and the last. */
        return (uint32_t)(ctrlr->limits.max_transfer / ctrlr->limits.page_size) + 1;
    }
    /* SPDK splits its typed commands there, so that each has one; raw ones go as they are. */
    return ctrlr->trid.trtype == SPDK_NVME_TRANSPORT_VFIOUSER
               ? VFIO_USER_FRAGMENTS
               : spdk_nvme_ctrlr_get_max_sges(ctrlr->spdk);
}

static void read_properties(struct n4j_spdk_ctrlr *ctrlr) {
    union spdk_nvme_cap_register cap = spdk_nvme_ctrlr_get_regs_cap(ctrlr->spdk);
    const struct spdk_nvme_ctrlr_opts *opts = spdk_nvme_ctrlr_get_opts(ctrlr->spdk);
    ctrlr->cap = cap.raw;
    ctrlr->vs = spdk_nvme_ctrlr_get_regs_vs(ctrlr->spdk).raw;
    ctrlr->limits.page_size = UINT64_C(1) << (12 + cap.bits.mpsmin); /* SPDK's choice for CC.MPS */
    ctrlr->limits.max_transfer = spdk_nvme_ctrlr_get_max_xfer_size(ctrlr->spdk);
    /* SPDK sends a few less at once; the rest wait in its own queue, as spdk_nvme_perf's do. */
    ctrlr->limits.max_depth = opts->io_queue_size;
    ctrlr->max_qpairs = opts->num_io_queues;
    ctrlr->registration = n4j_spdk_registration_granularity(&ctrlr->trid);
    ctrlr->has_doorbells = n4j_spdk_target_has_doorbells(&ctrlr->trid);
    ctrlr->limits.data_forms =
        ctrlr->has_doorbells ? N4J_SPDK_DOORBELL_DATA_FORMS : N4J_SPDK_DATA_FORMS;
    ctrlr->has_sgls = (spdk_nvme_ctrlr_get_flags(ctrlr->spdk) & SPDK_NVME_CTRLR_SGL_SUPPORTED) != 0;
    ctrlr->limits.max_fragments = max_fragments(ctrlr);
    ctrlr->max_aborts = spdk_nvme_ctrlr_get_data(ctrlr->spdk)->acl + 1u; /* 0's based */
}

void n4j_spdk_adopt(struct n4j_spdk_ctrlr *ctrlr, const struct n4j_spdk_connection *connection) {
    ctrlr->spdk = connection->spdk;
    ctrlr->trid = connection->trid;
    ctrlr->vfio_user_socket = connection->vfio_user_socket;
    read_properties(ctrlr);
    describe(ctrlr);
    n4j_spdk_admin_listen(ctrlr);
}

static struct n4j_spdk_ctrlr *new_ctrlr(const struct n4j_spdk_connection *connection,
                                        const struct n4j_options *options) {
    struct n4j_spdk_ctrlr *ctrlr = calloc(1, sizeof(*ctrlr));
    if (ctrlr == NULL) {
        return NULL;
    }
    atomic_init(&ctrlr->failed, false);
    atomic_init(&ctrlr->live_qpairs, 0);
    atomic_init(&ctrlr->aborts, 0);
    pthread_mutex_init(&ctrlr->failing, NULL);
    pthread_mutex_init(&ctrlr->admin, NULL);
    ctrlr->options = *options;
    pthread_mutex_init(&ctrlr->commands.lock, NULL);
    n4j_spdk_adopt(ctrlr, connection);
    return ctrlr;
}

static void free_ctrlr(struct n4j_spdk_ctrlr *ctrlr) {
    pthread_mutex_destroy(&ctrlr->failing);
    pthread_mutex_destroy(&ctrlr->admin);
    pthread_mutex_destroy(&ctrlr->commands.lock);
    free(ctrlr);
}

void n4j_spdk_disconnect(struct spdk_nvme_ctrlr *spdk, const struct spdk_nvme_transport_id *trid) {
    bool is_vfio_user = trid->trtype == SPDK_NVME_TRANSPORT_VFIOUSER;
    if (is_vfio_user) {
        pthread_mutex_lock(&n4j_spdk_memory_lock);
    }
    spdk_nvme_detach(spdk);
    if (is_vfio_user) {
        pthread_mutex_unlock(&n4j_spdk_memory_lock);
    }
}

/* SPDK counts bytes in 32 bits: of what is larger nothing is left, and it would cut commands into that. */
static int check_transfer(struct spdk_nvme_ctrlr *spdk, struct n4j_error *error) {
    if (spdk_nvme_ctrlr_get_max_xfer_size(spdk) != 0) {
        return 0;
    }
    return n4j_fail(
        error, -EPROTO,
        "the largest transfer that the controller tells of (Identify Controller MDTS, %u) "
        "is more than SPDK can count",
        spdk_nvme_ctrlr_get_data(spdk)->mdts);
}

int n4j_spdk_connect(const struct spdk_nvme_transport_id *trid, const struct n4j_options *options,
                     struct n4j_spdk_connection *connection, struct n4j_error *error) {
    struct attempt attempt = {.wanted = trid, .options = options};
    int socket = -1;
    int code = 0;
    if (trid->trtype == SPDK_NVME_TRANSPORT_VFIOUSER) {
        code = probe_vfio_user(&attempt, &socket, error);
    } else if (n4j_spdk_target_is_discovery(trid)) {
        connect_discovery(&attempt);
    } else {
        probe(&attempt);
    }
    n4j_spdk_hugepages_unlink(); /* SPDK's memory may have grown */
    if (attempt.ctrlr == NULL) {
        return code != 0 ? code : n4j_spdk_target_explain(trid, attempt.code, error);
    }
    code = check_transfer(attempt.ctrlr, error);
    if (code != 0) {
        n4j_spdk_disconnect(attempt.ctrlr, trid);
        return code;
    }
    *connection = (struct n4j_spdk_connection){attempt.ctrlr, attempt.found, socket};
    return 0;
}

static int attach(const struct spdk_nvme_transport_id *trid, const struct n4j_options *options,
                  struct n4j_ctrlr **out, struct n4j_error *error) {
    struct n4j_spdk_connection connection;
    int code = n4j_spdk_connect(trid, options, &connection, error);
    if (code != 0) {
        return code;
    }
    struct n4j_spdk_ctrlr *ctrlr = new_ctrlr(&connection, options);
    code = ctrlr == NULL ? n4j_fail(error, -ENOMEM, "out of memory")
                         : n4j_spdk_housekeeping_add(ctrlr, error);
    if (code != 0) {
        n4j_spdk_disconnect(connection.spdk, trid);
        if (ctrlr != NULL) {
            free_ctrlr(ctrlr);
        }
        return code;
    }
    if (n4j_spdk_target_is_pci(trid)) {
        n4j_spdk_sigbus_add_bar(ctrlr);
    }
    *out = &ctrlr->base;
    return 0;
}

int n4j_spdk_attach(const char *transport_id, const struct n4j_options *options,
                    struct n4j_ctrlr **ctrlr, struct n4j_error *error) {
    struct spdk_nvme_transport_id trid;
    int code = n4j_spdk_target_parse(transport_id, &trid, error);
    if (code != 0) {
        return code;
    }
    pthread_mutex_lock(&n4j_spdk_attach_lock);
    /* SPDK would hand out the same controller twice, dead ones included. */
    if (n4j_spdk_housekeeping_knows(&trid)) {
        code = n4j_fail(error, -EBUSY,
                        "this process is attached to %s %s already: share that "
                        "controller, or detach it first",
                        trid.trstring, trid.traddr);
    }
    if (code == 0) {
        code = n4j_spdk_target_check(&trid, error);
    }
    if (code == 0) {
        code = n4j_spdk_environment_start(options, error);
    }
    if (code == 0) {
        code = attach(&trid, options, ctrlr, error);
    }
    pthread_mutex_unlock(&n4j_spdk_attach_lock);
    return code;
}

int n4j_spdk_detach(struct n4j_ctrlr *base, struct n4j_error *error) {
    (void)error;
    struct n4j_spdk_ctrlr *ctrlr = (struct n4j_spdk_ctrlr *)base;
    pthread_mutex_lock(&n4j_spdk_attach_lock);
    n4j_spdk_check_alive(ctrlr); /* SPDK waits long for the farewell of a dead one */
    n4j_spdk_housekeeping_remove(ctrlr);
    if (ctrlr->spdk != NULL) {
        if (n4j_spdk_target_is_pci(&ctrlr->trid)) {
            n4j_spdk_sigbus_remove_bar(ctrlr);
        }
        n4j_spdk_disconnect(ctrlr->spdk, &ctrlr->trid);
    }
    n4j_spdk_admin_close(ctrlr);
    free_ctrlr(ctrlr);
    pthread_mutex_unlock(&n4j_spdk_attach_lock);
    return 0;
}

uint64_t n4j_spdk_property(struct n4j_ctrlr *base, uint32_t property) {
    const struct n4j_spdk_ctrlr *ctrlr = (const struct n4j_spdk_ctrlr *)base;
    switch (property) {
    case N4J_PROPERTY_CAP:
        return ctrlr->cap;
    case N4J_PROPERTY_VS:
        return ctrlr->vs;
    case N4J_PROPERTY_DATA_FORMS:
        return ctrlr->limits.data_forms;
    case N4J_PROPERTY_ADMIN_DATA_FORMS:
        return N4J_SPDK_ADMIN_DATA_FORMS;
    case N4J_PROPERTY_MAX_FRAGMENTS:
        return ctrlr->limits.max_fragments;
    case N4J_PROPERTY_REGISTRATION:
        return ctrlr->registration;
    case N4J_PROPERTY_MAX_TRANSFER:
        return ctrlr->limits.max_transfer;
    case N4J_PROPERTY_MAX_DEPTH:
        return ctrlr->limits.max_depth;
    case N4J_PROPERTY_MAX_QPAIRS:
        return ctrlr->max_qpairs;
    case N4J_PROPERTY_INLINE:
    case N4J_PROPERTY_SELF_MADE:
        return 0;
    case N4J_PROPERTY_PAGE_SIZE:
        return ctrlr->limits.page_size;
    default:
        return UINT64_MAX;
    }
}

const char *n4j_spdk_description(struct n4j_ctrlr *base) {
    const struct n4j_spdk_ctrlr *ctrlr = (const struct n4j_spdk_ctrlr *)base;
    return ctrlr->description;
}
