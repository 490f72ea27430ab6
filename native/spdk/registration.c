/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Memory of the caller's. Each transport has its own idea of it:
 *   PCIe, RDMA   SPDK maps it for the devices, once for the whole process
 *   TCP          SPDK passes addresses to the system's sockets: any memory will do
 *   vfio-user    the target maps the files that DPDK's hugepages are in, and no others
 */
#include <errno.h>
#include <stdlib.h>

#include <spdk/env.h>

#include "spdk_transport.h"

#define SMALL_PAGE UINT64_C(4096)
#define LARGE_PAGE (UINT64_C(2) << 20)

/* Declared here, so that no header of DPDK is needed; absent where DPDK is. */
struct rte_memseg;
struct rte_memseg_list;
extern int rte_eal_iova_mode(void) __attribute__((weak));
extern struct rte_memseg *rte_mem_virt2memseg(const void *address,
                                              const struct rte_memseg_list *list)
    __attribute__((weak));
#define IOVA_IS_ADDRESS 2 /* RTE_IOVA_VA */

struct registration {
    struct registration *next;
    const struct n4j_spdk_ctrlr *ctrlr;
    uint64_t begin;
    uint64_t end;
};

/* Under n4j_spdk_memory_lock. */
static struct registration *registrations;

uint64_t n4j_spdk_registration_granularity(const struct spdk_nvme_transport_id *trid) {
    switch (trid->trtype) {
    case SPDK_NVME_TRANSPORT_TCP:
        return 1;
    case SPDK_NVME_TRANSPORT_RDMA:
        return SMALL_PAGE;
    case SPDK_NVME_TRANSPORT_PCIE:
        /* Without an IOMMU that takes addresses, only hugepages stay where they are. */
        return spdk_iommu_is_enabled() && rte_eal_iova_mode != NULL &&
                       rte_eal_iova_mode() == IOVA_IS_ADDRESS
                   ? SMALL_PAGE
                   : LARGE_PAGE;
    default:
        return 0;
    }
}

static bool is_mapped_by_spdk(const struct n4j_spdk_ctrlr *ctrlr) {
    return ctrlr->trid.trtype != SPDK_NVME_TRANSPORT_TCP;
}

static bool is_pcie(const struct n4j_spdk_ctrlr *ctrlr) {
    return ctrlr->trid.trtype == SPDK_NVME_TRANSPORT_PCIE;
}

static bool overlaps(const struct registration *registration, uint64_t begin, uint64_t end) {
    return registration->begin < end && begin < registration->end;
}

/* Whether some of it is SPDK's heap. Its pages are large ones at least. */
static bool is_allocated(uint64_t begin, uint64_t end) {
    if (rte_mem_virt2memseg == NULL) {
        return false;
    }
    for (uint64_t at = begin; at < end; at = (at | (LARGE_PAGE - 1)) + 1) {
        if (rte_mem_virt2memseg((const void *)(uintptr_t)at, NULL) != NULL) {
            return true;
        }
    }
    return false;
}

/* A registration of another controller that has SPDK map exactly this range, or NULL. */
static const struct registration *find_shared(const struct n4j_spdk_ctrlr *ctrlr, uint64_t begin,
                                              uint64_t end) {
    const struct registration *at = registrations;
    while (at != NULL && !(at->ctrlr != ctrlr && is_mapped_by_spdk(at->ctrlr) &&
                           at->begin == begin && at->end == end)) {
        at = at->next;
    }
    return at;
}

static int check_overlap(const struct n4j_spdk_ctrlr *ctrlr, uint64_t begin, uint64_t end,
                         struct n4j_error *error) {
    bool found = is_allocated(begin, end);
    for (const struct registration *at = registrations; at != NULL && !found; at = at->next) {
        found = at->ctrlr == ctrlr && overlaps(at, begin, end);
    }
    return !found ? 0
                  : n4j_fail(error, -EEXIST,
                             "%llu bytes at %p overlap memory that is registered or allocated "
                             "already",
                             (unsigned long long)(end - begin), (void *)(uintptr_t)begin);
}

static bool is_translated(uint64_t begin, uint64_t end) {
    for (uint64_t at = begin; at < end; at += SMALL_PAGE) {
        if (spdk_vtophys((const void *)(uintptr_t)at, NULL) == SPDK_VTOPHYS_ERROR) {
            return false;
        }
    }
    return true;
}

/* SPDK says that it has registered memory even where a device took none: so it is looked up. */
static int map(const struct n4j_spdk_ctrlr *ctrlr, uint64_t begin, uint64_t end,
               struct n4j_error *error) {
    const unsigned long long length = end - begin;
    void *address = (void *)(uintptr_t)begin;
    n4j_spdk_log_begin();
    int code = spdk_mem_register(address, length);
    if (code == -EBUSY) {
        return n4j_fail(error, -EEXIST,
                        "%llu bytes at %p overlap memory that is registered for another "
                        "controller: SPDK maps a range once, so register the same range for both",
                        length, address);
    }
    if (code != 0) {
        return n4j_fail(error, code, "SPDK registers no %llu bytes at %p: %s", length, address,
                        n4j_spdk_log_error());
    }
    const bool is_taken =
        is_pcie(ctrlr) ? is_translated(begin, end) : n4j_spdk_log_error()[0] == '\0';
    if (is_taken) {
        return 0;
    }
    spdk_mem_unregister(address, length);
    return n4j_fail(
        error, -ENOMEM,
        "the device takes no %llu bytes at %p: memory that it reaches has to be locked, "
        "for which the limit (ulimit -l) may be too low ('nvme4j doctor' tells), and files can't "
        "be; "
        "without an IOMMU it has to be in hugepages",
        length, address);
}

static int add(const struct n4j_spdk_ctrlr *ctrlr, uint64_t begin, uint64_t end,
               struct n4j_error *error) {
    int code = check_overlap(ctrlr, begin, end, error);
    if (code != 0) {
        return code;
    }
    struct registration *registration = malloc(sizeof(*registration));
    if (registration == NULL) {
        return n4j_fail(error, -ENOMEM, "out of memory");
    }
    *registration = (struct registration){registrations, ctrlr, begin, end};
    if (is_mapped_by_spdk(ctrlr) && find_shared(ctrlr, begin, end) == NULL) {
        code = map(ctrlr, begin, end, error);
        if (code != 0) {
            free(registration);
            return code;
        }
    }
    registrations = registration;
    return 0;
}

int n4j_spdk_mem_register(struct n4j_ctrlr *base, void *address, uint64_t length, uint32_t flags,
                          struct n4j_error *error) {
    const struct n4j_spdk_ctrlr *ctrlr = (const struct n4j_spdk_ctrlr *)base;
    /* What SPDK maps stays, as it is locked. */
    if ((flags & N4J_MEM_MAY_VANISH) != 0 && !is_mapped_by_spdk(ctrlr)) {
        return n4j_fail(error, -ENOTSUP,
                        "a mapped file can't be used over %s: SPDK would die of a file that is "
                        "truncated meanwhile",
                        ctrlr->trid.trstring);
    }
    const uint64_t begin = (uintptr_t)address;
    pthread_mutex_lock(&n4j_spdk_memory_lock);
    int code = add(ctrlr, begin, begin + length, error);
    pthread_mutex_unlock(&n4j_spdk_memory_lock);
    return code;
}

static int take_away(const struct n4j_spdk_ctrlr *ctrlr, uint64_t begin) {
    struct registration **link = &registrations;
    while (*link != NULL && ((*link)->ctrlr != ctrlr || (*link)->begin != begin)) {
        link = &(*link)->next;
    }
    struct registration *registration = *link;
    if (registration == NULL) {
        return -EINVAL;
    }
    if (is_mapped_by_spdk(ctrlr) && find_shared(ctrlr, begin, registration->end) == NULL) {
        int code = spdk_mem_unregister((void *)(uintptr_t)begin, registration->end - begin);
        if (code != 0) {
            return code; /* the device may still reach it */
        }
    }
    *link = registration->next;
    free(registration);
    return 0;
}

int n4j_spdk_mem_unregister(struct n4j_ctrlr *base, void *address) {
    pthread_mutex_lock(&n4j_spdk_memory_lock);
    int code = take_away((const struct n4j_spdk_ctrlr *)base, (uintptr_t)address);
    pthread_mutex_unlock(&n4j_spdk_memory_lock);
    return code;
}

/* Where the controller's registration that holds `at` ends; `at` where there is none. */
static uint64_t end_of(const struct n4j_spdk_ctrlr *ctrlr, uint64_t at) {
    for (const struct registration *registration = registrations; registration != NULL;
         registration = registration->next) {
        if (registration->ctrlr == ctrlr && registration->begin <= at && at < registration->end) {
            return registration->end;
        }
    }
    return at;
}

bool n4j_spdk_is_registered(const struct n4j_spdk_ctrlr *ctrlr, const void *address,
                            uint64_t length) {
    const uint64_t end = (uintptr_t)address + length;
    uint64_t at = (uintptr_t)address;
    uint64_t next = at;
    pthread_mutex_lock(&n4j_spdk_memory_lock);
    do {
        at = next;
        next = end_of(ctrlr, at);
    } while (next < end && next != at);
    pthread_mutex_unlock(&n4j_spdk_memory_lock);
    return next >= end;
}
