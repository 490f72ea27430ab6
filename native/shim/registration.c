/* SPDX-License-Identifier: Apache-2.0 */

/* Registration of the caller's memory: what is checked for every transport. */
#define _DEFAULT_SOURCE /* mincore */

#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include "transport.h"

#define PAGES_AT_ONCE 4096u

/* Whether there is memory in the whole of a range; the system tells without touching it. */
static bool is_mapped(const void *address, uint64_t length) {
    unsigned char residence[PAGES_AT_ONCE];
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    const uint64_t end = (uintptr_t)address + length;
    uint64_t at = (uintptr_t)address & ~(page - 1);
    while (at < end) {
        const uint64_t part = end - at < PAGES_AT_ONCE * page ? end - at : PAGES_AT_ONCE * page;
        if (mincore((void *)(uintptr_t)at, part, residence) != 0) {
            return false;
        }
        at += part;
    }
    return true;
}

static int check_registration(n4j_ctrlr *ctrlr, const void *address, uint64_t length,
                              uint32_t flags, struct n4j_error *error) {
    const uint64_t granularity = n4j_ctrlr_property(ctrlr, N4J_PROPERTY_REGISTRATION);
    const uint64_t begin = (uintptr_t)address;
    if (granularity == 0) {
        return n4j_fail(error, -ENOTSUP,
                        "this controller reaches no memory but what is allocated for it (%s)",
                        n4j_ctrlr_description(ctrlr));
    }
    if (begin == 0 || length == 0 || begin + length < begin || (flags & ~N4J_MEM_MAY_VANISH) != 0) {
        return n4j_fail(error, -EINVAL, "can't register %llu bytes at %p, flags %xh",
                        (unsigned long long)length, address, flags);
    }
    if (begin % granularity != 0 || length % granularity != 0) {
        return n4j_fail(error, -EINVAL,
                        "can't register %llu bytes at %p: this controller takes multiples of %llu "
                        "bytes",
                        (unsigned long long)length, address, (unsigned long long)granularity);
    }
    if (!is_mapped(address, length)) {
        return n4j_fail(error, -EFAULT, "can't register %llu bytes at %p: not all of it is mapped",
                        (unsigned long long)length, address);
    }
    return 0;
}

int n4j_mem_register(n4j_ctrlr *ctrlr, void *address, uint64_t length, uint32_t flags, char *text,
                     size_t text_size) {
    struct n4j_error error = {text, text_size};
    int code = check_registration(ctrlr, address, length, flags, &error);
    if (code == 0) {
        code = ctrlr->transport->mem_register(ctrlr, address, length, flags, &error);
    }
    if (code == 0) {
        atomic_fetch_add(&ctrlr->open_registrations, 1);
    }
    return code;
}

int n4j_mem_unregister(n4j_ctrlr *ctrlr, void *address) {
    if (n4j_ctrlr_property(ctrlr, N4J_PROPERTY_REGISTRATION) == 0) {
        return -EINVAL; /* nothing is registered */
    }
    int code = ctrlr->transport->mem_unregister(ctrlr, address);
    if (code == 0) {
        atomic_fetch_sub(&ctrlr->open_registrations, 1);
    }
    return code;
}
