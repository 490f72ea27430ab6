/* SPDX-License-Identifier: Apache-2.0 */

/* The one symbol that the library exports. */
#include <rte_version.h>
#include <spdk/version.h>

#include "spdk_transport.h"

static void versions(char *text, size_t text_size) {
    snprintf(text, text_size, "%s with %s", SPDK_VERSION_STRING, rte_version());
}

/* Calls that may take long, of which the process's end has to know. */
#define LONG_CALL(NAME, PARAMETERS, ARGUMENTS)                                                     \
    static int NAME PARAMETERS {                                                                   \
        n4j_spdk_call_begin();                                                                     \
        int code = n4j_spdk_##NAME ARGUMENTS;                                                      \
        n4j_spdk_call_end();                                                                       \
        return code;                                                                               \
    }

LONG_CALL(attach,
          (const char *id, const struct n4j_options *options, struct n4j_ctrlr **ctrlr,
           struct n4j_error *error),
          (id, options, ctrlr, error))
LONG_CALL(detach, (struct n4j_ctrlr * ctrlr, struct n4j_error *error), (ctrlr, error))
LONG_CALL(admin_submit, (struct n4j_ctrlr * ctrlr, const n4j_submission *submission),
          (ctrlr, submission))
LONG_CALL(admin_process, (struct n4j_ctrlr * ctrlr, n4j_completion *completions, uint32_t max),
          (ctrlr, completions, max))
LONG_CALL(admin_abort, (struct n4j_ctrlr * ctrlr, uint64_t tag), (ctrlr, tag))
LONG_CALL(disable, (struct n4j_ctrlr * ctrlr), (ctrlr))
LONG_CALL(reset, (struct n4j_ctrlr * ctrlr, uint32_t timeout_ms, struct n4j_error *error),
          (ctrlr, timeout_ms, error))
LONG_CALL(mem_alloc,
          (struct n4j_ctrlr * ctrlr, uint64_t length, uint64_t alignment, int32_t numa,
           uint32_t flags, void **address, uint32_t *kind, struct n4j_error *error),
          (ctrlr, length, alignment, numa, flags, address, kind, error))
LONG_CALL(mem_free, (struct n4j_ctrlr * ctrlr, void *address), (ctrlr, address))
LONG_CALL(mem_register,
          (struct n4j_ctrlr * ctrlr, void *address, uint64_t length, uint32_t flags,
           struct n4j_error *error),
          (ctrlr, address, length, flags, error))
LONG_CALL(mem_unregister, (struct n4j_ctrlr * ctrlr, void *address), (ctrlr, address))
LONG_CALL(qpair_create,
          (struct n4j_ctrlr * ctrlr, uint32_t depth, uint32_t standby, struct n4j_qpair **qpair,
           struct n4j_error *error),
          (ctrlr, depth, standby, qpair, error))
LONG_CALL(qpair_destroy, (struct n4j_qpair * qpair), (qpair))

static const struct n4j_transport table = {
    .abi_version = N4J_ABI_VERSION,
    .name = "spdk",
    .versions = versions,
    .attach = attach,
    .detach = detach,
    .property = n4j_spdk_property,
    .description = n4j_spdk_description,
    .admin_submit = admin_submit,
    .admin_process = admin_process,
    .admin_abort = admin_abort,
    .disable = disable,
    .reset = reset,
    .mem_alloc = mem_alloc,
    .mem_free = mem_free,
    .mem_register = mem_register,
    .mem_unregister = mem_unregister,
    .mem_translate = n4j_spdk_mem_translate,
    .qpair_create = qpair_create,
    .qpair_destroy = qpair_destroy,
    .qpair_abort = n4j_spdk_qpair_abort,
    .process = n4j_spdk_process,
};

__attribute__((visibility("default"))) const struct n4j_transport *n4j_spdk_entry(
    const struct sigaction *old_sigbus) {
    n4j_spdk_sigbus_chain(old_sigbus);
    n4j_spdk_log_open();
    return &table;
}
