/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a transport is to the dispatch: a table of functions with the contracts of nvme4j.h.
 *
 * A transport's own controller and queue pair structures begin with the structures below, so that a
 * handle is a pointer to either. The dispatch (dispatch.c) checks arguments, counts what is open
 * and calls through the table; a transport can rely on that.
 */
#ifndef N4J_TRANSPORT_H
#define N4J_TRANSPORT_H

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

#include "nvme4j.h"

struct n4j_transport;

struct n4j_ctrlr {
    const struct n4j_transport *transport;
    atomic_uint open_qpairs;        /* kept by the dispatch */
    atomic_uint open_allocations;   /* kept by the dispatch */
    atomic_uint open_registrations; /* kept by the dispatch */
};

struct n4j_qpair {
    const struct n4j_transport *transport;
    struct n4j_ctrlr *ctrlr;
    uint32_t depth;
};

/* Where an error line goes. Never NULL inside transports. */
struct n4j_error {
    char *text;
    size_t size;
};

#define N4J_NOT_SHARED (-1)

/* The options of n4j_ctrlr_attach. What it was not told is 0, or as said here. */
struct n4j_options {
    /* of SPDK's environment */
    int32_t memory_mb;
    int32_t shared_memory_id; /* N4J_NOT_SHARED */
    char iova_mode[3];        /* "" */
    /* of the controller */
    bool header_digest;
    bool data_digest;
    bool no_shutdown_notification;
    int32_t keep_alive_ms;
};

struct n4j_transport {
    uint32_t abi_version; /* N4J_ABI_VERSION of the build, checked when the library is loaded */
    const char *name;

    /* Writes one line: what the transport is made of, with versions. */
    void (*versions)(char *text, size_t text_size);

    int (*attach)(const char *transport_id, const struct n4j_options *options,
                  struct n4j_ctrlr **ctrlr, struct n4j_error *error);
    int (*detach)(struct n4j_ctrlr *ctrlr, struct n4j_error *error);
    uint64_t (*property)(struct n4j_ctrlr *ctrlr, uint32_t property);
    const char *(*description)(struct n4j_ctrlr *ctrlr);
    int (*admin_submit)(struct n4j_ctrlr *ctrlr, const n4j_submission *submission);
    int (*admin_process)(struct n4j_ctrlr *ctrlr, n4j_completion *completions, uint32_t max);
    int (*admin_abort)(struct n4j_ctrlr *ctrlr, uint64_t tag);

    int (*disable)(struct n4j_ctrlr *ctrlr);
    int (*reset)(struct n4j_ctrlr *ctrlr, uint32_t timeout_ms, struct n4j_error *error);

    int (*mem_alloc)(struct n4j_ctrlr *ctrlr, uint64_t length, uint64_t alignment, int32_t numa,
                     uint32_t flags, void **address, uint32_t *kind, struct n4j_error *error);
    int (*mem_free)(struct n4j_ctrlr *ctrlr, void *address);
    /* Called only where N4J_PROPERTY_REGISTRATION isn't 0, with multiples of it. */
    int (*mem_register)(struct n4j_ctrlr *ctrlr, void *address, uint64_t length, uint32_t flags,
                        struct n4j_error *error);
    int (*mem_unregister)(struct n4j_ctrlr *ctrlr, void *address);
    /* There is room for all IOVAs. */
    int (*mem_translate)(struct n4j_ctrlr *ctrlr, const void *address, uint64_t length,
                         uint64_t page_size, uint64_t *iovas);

    int (*qpair_create)(struct n4j_ctrlr *ctrlr, uint32_t depth, uint32_t standby,
                        struct n4j_qpair **qpair, struct n4j_error *error);
    int (*qpair_destroy)(struct n4j_qpair *qpair);
    int (*qpair_abort)(struct n4j_qpair *qpair, uint64_t tag);
    int (*process)(struct n4j_qpair *qpair, const n4j_submission *submissions, uint32_t count,
                   n4j_completion *completions, uint32_t max);
};

/* The built-in controller's table. */
extern const struct n4j_transport n4j_embedded_transport;

/* It can be served, as nvme4j.h says. The id's trtype is its own. */
int n4j_embedded_server_start(const char *transport_id, const char *directory,
                              struct n4j_server **server, struct n4j_error *error);
const char *n4j_embedded_server_transport_id(const struct n4j_server *server);
void n4j_embedded_server_stop(struct n4j_server *server);

/*
 * What libnvme4j_spdk.so exports, and nothing else: its table, given what the dispatch knows.
 * `old_sigbus` is the disposition of SIGBUS (a struct sigaction) from before the library was loaded:
 * SPDK's constructors replace it. Called once, under the dispatch's lock.
 */
#define N4J_SPDK_ENTRY "n4j_spdk_entry"
struct sigaction;
typedef const struct n4j_transport *(*n4j_spdk_entry_fn)(const struct sigaction *old_sigbus);

/*
 * Writes one line of text and returns `code` (a negative errno), so that a failure is one statement:
 *     return n4j_fail(error, -ENOENT, "no namespace %u", nsid);
 */
static inline int __attribute__((format(printf, 3, 4)))
n4j_fail(struct n4j_error *error, int code, const char *format, ...) {
    if (error->size > 0) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(error->text, error->size, format, arguments);
        va_end(arguments);
    }
    return code;
}

#endif
