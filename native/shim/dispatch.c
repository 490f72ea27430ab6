/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The functions of nvme4j.h: check the arguments, count what is open, call the transport.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "numa.h"
#include "options.h"
#include "spdk_loader.h"
#include "transport.h"
#include "transport_id.h"

#define ALIGNMENT_MAX (UINT64_C(1) << 30) /* the largest hugepage; DPDK counts in 32 bits */

static const char *const spdk_trtypes[] = {"PCIE", "TCP", "RDMA", "VFIOUSER", NULL};

static bool is_power_of_two(uint64_t number) {
    return number != 0 && (number & (number - 1)) == 0;
}

static bool is_spdk_trtype(const char *trtype) {
    for (const char *const *name = spdk_trtypes; *name != NULL; name++) {
        if (strcasecmp(trtype, *name) == 0) {
            return true;
        }
    }
    return false;
}

static const struct n4j_transport *find_by_name(const char *trtype, int *code,
                                                struct n4j_error *error) {
    if (strcasecmp(trtype, n4j_embedded_transport.name) == 0) {
        return &n4j_embedded_transport;
    }
    if (is_spdk_trtype(trtype)) {
        return n4j_spdk_load(trtype, code, error);
    }
    *code = n4j_fail(error, -EINVAL,
                     "unknown trtype \"%s\": use EMBEDDED, PCIE, TCP, RDMA or VFIOUSER", trtype);
    return NULL;
}

/* The transport that an id names, or NULL with a text and a code. */
static const struct n4j_transport *find_transport(const char *transport_id, int *code,
                                                  struct n4j_error *error) {
    char trtype[32];
    int found = n4j_trid_get(transport_id, "trtype", trtype, sizeof(trtype), error);
    if (found <= 0) {
        *code = found < 0 ? found
                          : n4j_fail(error, -EINVAL,
                                     "transport id \"%s\" names no trtype: begin it with "
                                     "trtype:EMBEDDED, PCIE, TCP, RDMA or VFIOUSER",
                                     transport_id);
        return NULL;
    }
    return find_by_name(trtype, code, error);
}

int n4j_transport_load(const char *trtype, char *text, size_t text_size) {
    struct n4j_error error = {text, text_size};
    int code = 0;
    const struct n4j_transport *transport = find_by_name(trtype, &code, &error);
    if (transport != NULL) {
        transport->versions(text, text_size);
    }
    return code;
}

int n4j_ctrlr_attach(const char *transport_id, const char *options, n4j_ctrlr **ctrlr, char *text,
                     size_t text_size) {
    struct n4j_error error = {text, text_size};
    struct n4j_options how;
    int code = n4j_options_read(options, &how, &error);
    if (code != 0) {
        return code;
    }
    const struct n4j_transport *transport = find_transport(transport_id, &code, &error);
    if (transport == NULL) {
        return code;
    }
    code = transport->attach(transport_id, &how, ctrlr, &error);
    if (code == 0) {
        (*ctrlr)->transport = transport;
        atomic_init(&(*ctrlr)->open_qpairs, 0);
        atomic_init(&(*ctrlr)->open_allocations, 0);
        atomic_init(&(*ctrlr)->open_registrations, 0);
    }
    return code;
}

int n4j_ctrlr_detach(n4j_ctrlr *ctrlr, char *text, size_t text_size) {
    struct n4j_error error = {text, text_size};
    const unsigned qpairs = atomic_load(&ctrlr->open_qpairs);
    if (qpairs > 0) {
        return n4j_fail(&error, -EBUSY, "%u queue pairs are still open: close them first", qpairs);
    }
    /* Not how many were allocated: a buffer of the caller's may be several allocations. */
    const unsigned registrations = atomic_load(&ctrlr->open_registrations);
    if (atomic_load(&ctrlr->open_allocations) > 0 || registrations > 0) {
        return n4j_fail(&error, -EBUSY,
                        "buffers of the controller are still open, %u registered ranges of memory "
                        "among them: close them first",
                        registrations);
    }
    return ctrlr->transport->detach(ctrlr, &error);
}

uint64_t n4j_ctrlr_property(n4j_ctrlr *ctrlr, uint32_t property) {
    return ctrlr->transport->property(ctrlr, property);
}

const char *n4j_ctrlr_description(n4j_ctrlr *ctrlr) {
    return ctrlr->transport->description(ctrlr);
}

int n4j_ctrlr_disable(n4j_ctrlr *ctrlr) {
    return ctrlr->transport->disable(ctrlr);
}

int n4j_ctrlr_reset(n4j_ctrlr *ctrlr, uint32_t timeout_ms, char *text, size_t text_size) {
    struct n4j_error error = {text, text_size};
    return ctrlr->transport->reset(ctrlr, timeout_ms, &error);
}

static int check_allocation(uint64_t length, uint64_t alignment, int32_t numa, uint32_t flags,
                            struct n4j_error *error) {
    if (length == 0 || length > INT64_MAX) {
        return n4j_fail(error, -EINVAL, "can't allocate %lld bytes: at least 1 is wanted",
                        (long long)length);
    }
    if (!is_power_of_two(alignment) || alignment > ALIGNMENT_MAX) {
        return n4j_fail(error, -EINVAL, "alignment %lld is no power of two from 1 to %llu",
                        (long long)alignment, (unsigned long long)ALIGNMENT_MAX);
    }
    if (!n4j_numa_takes(numa)) {
        return n4j_fail(error, -EINVAL, "this machine has no NUMA node %d (-1 stands for any)",
                        numa);
    }
    return (flags & ~N4J_MEM_IOVA_CONTIGUOUS) == 0
               ? 0
               : n4j_fail(error, -EINVAL, "unknown flags %xh of an allocation", flags);
}

int n4j_mem_alloc(n4j_ctrlr *ctrlr, uint64_t length, uint64_t alignment, int32_t numa,
                  uint32_t flags, void **address, uint32_t *kind, char *text, size_t text_size) {
    struct n4j_error error = {text, text_size};
    int code = check_allocation(length, alignment, numa, flags, &error);
    if (code == 0) {
        code = ctrlr->transport->mem_alloc(ctrlr, length, alignment, numa, flags, address, kind,
                                           &error);
    }
    if (code == 0) {
        atomic_fetch_add(&ctrlr->open_allocations, 1);
    }
    return code;
}

int n4j_mem_free(n4j_ctrlr *ctrlr, void *address) {
    int code = ctrlr->transport->mem_free(ctrlr, address);
    if (code == 0) {
        atomic_fetch_sub(&ctrlr->open_allocations, 1);
    }
    return code;
}

int n4j_mem_translate(n4j_ctrlr *ctrlr, const void *address, uint64_t length, uint64_t page_size,
                      uint64_t *iovas, uint64_t count) {
    const uint64_t begin = (uintptr_t)address;
    if (length == 0 || page_size < 4096 || !is_power_of_two(page_size)) {
        return -EINVAL;
    }
    if (begin + length < begin) {
        return -EFAULT;
    }
    if ((begin + length - 1) / page_size - begin / page_size >= count) {
        return -ENOSPC;
    }
    return ctrlr->transport->mem_translate(ctrlr, address, length, page_size, iovas);
}

int n4j_qpair_create(n4j_ctrlr *ctrlr, uint32_t depth, uint32_t standby, n4j_qpair **qpair,
                     char *text, size_t text_size) {
    struct n4j_error error = {text, text_size};
    uint64_t max = n4j_ctrlr_property(ctrlr, N4J_PROPERTY_MAX_DEPTH);
    if (depth == 0 || depth > max) {
        return n4j_fail(&error, -EINVAL,
                        "queue depth %d is out of range: this controller's queues take 1 to %llu "
                        "commands",
                        (int)depth, (unsigned long long)max);
    }
    if (standby > N4J_STANDBY_MAX) {
        return n4j_fail(&error, -EINVAL, "%d commands on standby are out of range: 0 to %d will do",
                        (int)standby, N4J_STANDBY_MAX);
    }
    int code = ctrlr->transport->qpair_create(ctrlr, depth, standby, qpair, &error);
    if (code == 0) {
        (*qpair)->transport = ctrlr->transport;
        (*qpair)->ctrlr = ctrlr;
        (*qpair)->depth = depth;
        atomic_fetch_add(&ctrlr->open_qpairs, 1);
    }
    return code;
}

int n4j_qpair_destroy(n4j_qpair *qpair) {
    n4j_ctrlr *ctrlr = qpair->ctrlr;
    int code = qpair->transport->qpair_destroy(qpair);
    if (code == 0) {
        atomic_fetch_sub(&ctrlr->open_qpairs, 1);
    }
    return code;
}

int n4j_qpair_abort(n4j_qpair *qpair, uint64_t tag) {
    return qpair->transport->qpair_abort(qpair, tag);
}
