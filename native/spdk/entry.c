/* SPDX-License-Identifier: Apache-2.0 */

/* The one symbol that the library exports. */
#include <rte_version.h>
#include <spdk/version.h>

#include "spdk_transport.h"

static void versions(char *text, size_t text_size) {
    snprintf(text, text_size, "%s with %s", SPDK_VERSION_STRING, rte_version());
}

static const struct n4j_transport table = {
    .abi_version = N4J_ABI_VERSION,
    .name = "spdk",
    .versions = versions,
    .attach = n4j_spdk_attach,
    .detach = n4j_spdk_detach,
    .property = n4j_spdk_property,
    .description = n4j_spdk_description,
    .admin = n4j_spdk_admin,
    .reset = n4j_spdk_reset,
    .mem_alloc = n4j_spdk_mem_alloc,
    .mem_free = n4j_spdk_mem_free,
    .mem_register = n4j_spdk_mem_register,
    .mem_unregister = n4j_spdk_mem_unregister,
    .mem_translate = n4j_spdk_mem_translate,
    .qpair_create = n4j_spdk_qpair_create,
    .qpair_destroy = n4j_spdk_qpair_destroy,
    .qpair_abort = n4j_spdk_qpair_abort,
    .process = n4j_spdk_process,
};

__attribute__((visibility("default"))) const struct n4j_transport *n4j_spdk_entry(
    const char *(*option)(const char *name), const struct sigaction *old_sigbus) {
    n4j_spdk_sigbus_chain(old_sigbus);
    n4j_spdk_log_open();
    n4j_spdk_environment_configure(option);
    return &table;
}
