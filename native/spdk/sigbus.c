/* SPDX-License-Identifier: Apache-2.0 */

/*
 * SIGBUS has two users. SPDK survives the surprise removal of a drive by it, and installs its
 * handler as it is loaded, without chaining. HotSpot makes an InternalError of it when a mapped file
 * was truncated. Here the address decides: one in a BAR of an attached drive goes to SPDK, any other
 * to whoever had the signal before.
 */
#include <stdio.h>
#include <unistd.h>

#include <spdk/env.h>

#include "spdk_transport.h"

#define MAX_BARS 256

struct bar {
    _Atomic uintptr_t begin; /* 0: free */
    _Atomic uintptr_t end;
};

static struct bar bars[MAX_BARS];
static _Atomic pid_t attaching_thread; /* SPDK maps and reads a BAR that is not in the table yet */
static struct sigaction previous;
static struct sigaction spdk;

static bool is_spdk_address(uintptr_t address) {
    if (atomic_load(&attaching_thread) == gettid()) {
        return true;
    }
    for (int i = 0; i < MAX_BARS; i++) {
        if (address >= atomic_load(&bars[i].begin) && address < atomic_load(&bars[i].end)) {
            return true;
        }
    }
    return false;
}

/* What the kernel would have done: returning runs into the fault again, then without a handler. */
static void default_action(void) {
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
}

static void call(const struct sigaction *action, int number, siginfo_t *info, void *context) {
    if (action->sa_flags & SA_SIGINFO) {
        action->sa_sigaction(number, info, context);
    } else if (action->sa_handler == SIG_IGN && info->si_code <= 0) {
        return; /* sent by a process, and ignored; a fault can't be */
    } else if (action->sa_handler == SIG_DFL || action->sa_handler == SIG_IGN) {
        default_action();
        if (info->si_code <= 0) {
            raise(number);
        }
    } else {
        action->sa_handler(number);
    }
}

static void handle(int number, siginfo_t *info, void *context) {
    bool is_fault = info->si_code > 0;
    bool is_spdk = is_fault && is_spdk_address((uintptr_t)info->si_addr);
    call(is_spdk ? &spdk : &previous, number, info, context);
}

void n4j_spdk_sigbus_chain(const struct sigaction *before_spdk) {
    previous = *before_spdk;
    sigaction(SIGBUS, NULL, &spdk);
    if ((spdk.sa_flags & SA_SIGINFO) == 0 || spdk.sa_sigaction == previous.sa_sigaction) {
        return; /* this SPDK installed none */
    }
    /* The previous owner's flags and mask: it may count on its stack and on what is blocked. */
    struct sigaction action = previous;
    action.sa_sigaction = handle;
    action.sa_flags = (previous.sa_flags & ~(int)SA_RESETHAND) | SA_SIGINFO | SA_ONSTACK;
    sigaction(SIGBUS, &action, NULL);
}

void n4j_spdk_sigbus_attaching(bool attaching) {
    atomic_store(&attaching_thread, attaching ? gettid() : 0);
}

/* Bytes of BAR 0 of a PCI device, from sysfs. */
static uintptr_t bar_size(const char *address) {
    char path[320];
    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource", address);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return 0;
    }
    unsigned long long begin;
    unsigned long long end;
    uintptr_t size = 0;
    if (fscanf(file, "%llx %llx", &begin, &end) == 2 && end > begin) {
        size = (uintptr_t)(end - begin + 1);
    }
    fclose(file);
    return size;
}

void n4j_spdk_sigbus_add_bar(const struct n4j_spdk_ctrlr *ctrlr) {
    uintptr_t begin = (uintptr_t)spdk_nvme_ctrlr_get_registers(ctrlr->spdk);
    uintptr_t size = bar_size(ctrlr->trid.traddr);
    if (begin == 0 || size == 0) {
        return;
    }
    for (int i = 0; i < MAX_BARS; i++) {
        if (atomic_load(&bars[i].begin) == 0) {
            atomic_store(&bars[i].end, begin + size);
            atomic_store(&bars[i].begin, begin);
            return;
        }
    }
}

void n4j_spdk_sigbus_remove_bar(const struct n4j_spdk_ctrlr *ctrlr) {
    uintptr_t begin = (uintptr_t)spdk_nvme_ctrlr_get_registers(ctrlr->spdk);
    for (int i = 0; i < MAX_BARS && begin != 0; i++) {
        if (atomic_load(&bars[i].begin) == begin) {
            atomic_store(&bars[i].end, 0);
            atomic_store(&bars[i].begin, 0);
        }
    }
}
