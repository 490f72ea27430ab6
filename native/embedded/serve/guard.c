/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE /* MAP_ANONYMOUS */

#include "serve/guard.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define GUARDS_MAX 8192 /* in a process */

struct guard {
    atomic_uintptr_t begin; /* 0: free, or not to be seen yet */
    atomic_uintptr_t end;
    atomic_int wake;
    atomic_bool is_taken;
    atomic_bool is_broken;
};

static struct guard guards[GUARDS_MAX];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct sigaction previous;

static struct guard *find(uintptr_t address) {
    for (size_t i = 0; i < GUARDS_MAX; i++) {
        const uintptr_t begin = atomic_load(&guards[i].begin);
        if (begin != 0 && address >= begin && address < atomic_load(&guards[i].end)) {
            return &guards[i];
        }
    }
    return NULL;
}

/* Puts zeroes where the client's memory was, all of it. Only what a signal handler may do. */
static bool replace(struct guard *guard) {
    const uintptr_t begin = atomic_load(&guard->begin);
    const uint64_t one = 1;
    atomic_store(&guard->is_broken, true);
    const bool is_mapped =
        mmap((void *)begin, atomic_load(&guard->end) - begin, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) != MAP_FAILED;
    return write(atomic_load(&guard->wake), &one, sizeof(one)) == sizeof(one) && is_mapped;
}

/* To whoever had the signal before; where nobody had, returning runs into the fault again. */
static void pass_on(int number, siginfo_t *info, void *context) {
    if ((previous.sa_flags & SA_SIGINFO) != 0) {
        previous.sa_sigaction(number, info, context);
    } else if (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN) {
        sigaction(number, &previous, NULL);
        if (info->si_code <= 0) {
            raise(number);
        }
    } else {
        previous.sa_handler(number);
    }
}

static void handle(int number, siginfo_t *info, void *context) {
    const int error = errno;
    struct guard *guard = info->si_code > 0 ? find((uintptr_t)info->si_addr) : NULL;
    if (guard == NULL || !replace(guard)) {
        pass_on(number, info, context);
    }
    errno = error;
}

/* For good: others may have come to count on it by the time that it could be taken back. */
static void install(void) {
    sigaction(SIGBUS, NULL, &previous);
    /* The previous owner's flags and mask: it may count on its stack and on what is blocked. */
    struct sigaction action = previous;
    action.sa_sigaction = handle;
    action.sa_flags = (previous.sa_flags & ~(int)SA_RESETHAND) | SA_SIGINFO | SA_ONSTACK;
    sigaction(SIGBUS, &action, NULL);
}

struct guard *guard_add(void *address, size_t length, int wake) {
    pthread_once(&once, install);
    for (size_t i = 0; i < GUARDS_MAX; i++) {
        struct guard *guard = &guards[i];
        if (!atomic_exchange(&guard->is_taken, true)) {
            atomic_store(&guard->is_broken, false);
            atomic_store(&guard->wake, wake);
            atomic_store(&guard->end, (uintptr_t)address + length);
            atomic_store(&guard->begin, (uintptr_t)address);
            return guard;
        }
    }
    return NULL;
}

void guard_remove(struct guard *guard) {
    atomic_store(&guard->begin, 0);
    atomic_store(&guard->is_taken, false);
}

bool guard_is_broken(const struct guard *guard) {
    return atomic_load(&guard->is_broken);
}
