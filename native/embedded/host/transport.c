/* SPDX-License-Identifier: Apache-2.0 */

/* The embedded controller as a transport (native/shim/transport.h). */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "host/host.h"

static void describe(struct host *host) {
    static const char *const media[] = {
        [CONFIG_MEMORY] = "in memory", [CONFIG_NULL] = "null", [CONFIG_FILE] = "file"};
    snprintf(host->description, sizeof(host->description), "embedded controller, %s, %s%s",
             host->config.threaded ? "threaded" : "inline", media[host->config.medium],
             !host->config.scrambled                           ? ""
             : host->config.iova_page_shift == NVME_PAGE_SHIFT ? ", scrambled pages"
                                                               : ", scrambled 2 MiB pages");
}

/* Takes down whatever is up. */
static void tear_down(struct host *host, bool discard) {
    if (host->device != NULL) {
        host_shut_down(host);
        device_destroy(host->device, discard);
        queue_rings_close(host, &host->admin.rings);
        host_admin_close(host);
    }
    memory_destroy(host->memory);
    iova_table_destroy(host->iova);
    pthread_mutex_destroy(&host->admin_lock);
    free(host);
}

static int set_up(struct host *host, struct n4j_error *error) {
    host->iova = iova_table_create();
    host->memory = host->iova == NULL ? NULL : memory_create(host->iova, &host->config);
    if (host->memory == NULL) {
        return n4j_fail(error, -ENOMEM, "out of memory");
    }
    int code = device_create(&host->config, host->iova, NULL, &host->device, error);
    if (code != 0) {
        return code;
    }
    host->registers = device_registers(host->device);
    code = host_learn(host, error);
    return code == 0 ? host_enable(host, error) : code;
}

static int attach(const char *transport_id, const struct n4j_options *options,
                  struct n4j_ctrlr **ctrlr, struct n4j_error *error) {
    (void)options; /* of SPDK's */
    struct host *host = calloc(1, sizeof(*host));
    if (host == NULL) {
        return n4j_fail(error, -ENOMEM, "out of memory");
    }
    pthread_mutex_init(&host->admin_lock, NULL);
    int code = config_parse(transport_id, &host->config, error);
    if (code == 0) {
        code = set_up(host, error);
    }
    if (code != 0) {
        tear_down(host, true);
        return code;
    }
    describe(host);
    *ctrlr = &host->base;
    return 0;
}

static int detach(struct n4j_ctrlr *ctrlr, struct n4j_error *error) {
    (void)error;
    tear_down((struct host *)ctrlr, false);
    return 0;
}

static uint64_t property(struct n4j_ctrlr *ctrlr, uint32_t number) {
    const struct host *host = (const struct host *)ctrlr;
    switch (number) {
    case N4J_PROPERTY_CAP:
        return host->cap;
    case N4J_PROPERTY_VS:
        return host->vs;
    case N4J_PROPERTY_DATA_FORMS:
        return HOST_DATA_FORMS;
    case N4J_PROPERTY_ADMIN_DATA_FORMS:
        return HOST_ADMIN_DATA_FORMS;
    case N4J_PROPERTY_MAX_FRAGMENTS:
        return 0;
    case N4J_PROPERTY_REGISTRATION:
        return NVME_PAGE_SIZE;
    case N4J_PROPERTY_MAX_TRANSFER:
        return host->max_transfer;
    case N4J_PROPERTY_MAX_DEPTH:
        return NVME_CAP_MQES(host->cap); /* 0's based, and one entry stays empty */
    case N4J_PROPERTY_MAX_QPAIRS:
        return host->max_qpairs;
    case N4J_PROPERTY_INLINE:
        return host->config.threaded ? 0 : 1;
    case N4J_PROPERTY_SELF_MADE:
        return device_has_foreign_data(host->device) ? 0 : 1;
    case N4J_PROPERTY_PAGE_SIZE:
        return NVME_PAGE_SIZE;
    default:
        return UINT64_MAX;
    }
}

static const char *description(struct n4j_ctrlr *ctrlr) {
    return ((const struct host *)ctrlr)->description;
}

static int mem_alloc(struct n4j_ctrlr *ctrlr, uint64_t length, uint64_t alignment, int32_t numa,
                     uint32_t flags, void **address, uint32_t *kind, struct n4j_error *error) {
    return memory_alloc(((struct host *)ctrlr)->memory, length, alignment, numa, flags, address,
                        kind, error);
}

static int mem_free(struct n4j_ctrlr *ctrlr, void *address) {
    return memory_free(((struct host *)ctrlr)->memory, address);
}

static int mem_register(struct n4j_ctrlr *ctrlr, void *address, uint64_t length, uint32_t flags,
                        struct n4j_error *error) {
    return memory_register(((struct host *)ctrlr)->memory, address, length, flags, error);
}

static int mem_unregister(struct n4j_ctrlr *ctrlr, void *address) {
    return memory_unregister(((struct host *)ctrlr)->memory, address);
}

static int mem_translate(struct n4j_ctrlr *ctrlr, const void *address, uint64_t length,
                         uint64_t page_size, uint64_t *iovas) {
    return memory_translate(((struct host *)ctrlr)->memory, address, length, page_size, iovas);
}

static void versions(char *text, size_t text_size) {
    snprintf(text, text_size, "libnvme4j.so, ABI %d", N4J_ABI_VERSION);
}

const struct n4j_transport n4j_embedded_transport = {
    .abi_version = N4J_ABI_VERSION,
    .name = "EMBEDDED",
    .versions = versions,
    .attach = attach,
    .detach = detach,
    .property = property,
    .description = description,
    .admin_submit = host_admin_submit,
    .admin_process = host_admin_process,
    .admin_abort = host_admin_abort,
    .disable = host_disable_for_good,
    .reset = host_reset,
    .mem_alloc = mem_alloc,
    .mem_free = mem_free,
    .mem_register = mem_register,
    .mem_unregister = mem_unregister,
    .mem_translate = mem_translate,
    .qpair_create = host_qpair_create,
    .qpair_destroy = host_qpair_destroy,
    .qpair_abort = host_qpair_abort,
    .process = host_qpair_process,
};
