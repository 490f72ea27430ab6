/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The end of a process some of whose threads are still in here: DPDK's destructor unmaps all memory
 * under them. A JVM that is told to end waits a third of a second for calls, and no longer.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "spdk_transport.h"

/* For calls to end. One that waits for a target that does not answer may take a minute. */
#define WITHIN_S 1

/* Read by calls, written by the end, which comes before any call that has not begun. */
static pthread_rwlock_t ending = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;

void n4j_spdk_call_begin(void) {
    pthread_rwlock_rdlock(&ending);
}

void n4j_spdk_call_end(void) {
    pthread_rwlock_unlock(&ending);
}

/* Never unlocked: calls that begin later wait until the process is gone. */
static int lock_out_calls(void) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WITHIN_S;
    return pthread_rwlock_timedwrlock(&ending, &until);
}

static void wait_for_calls(int status, void *unused) {
    (void)unused;
    if (lock_out_calls() != 0) {
        _exit(status); /* without destructors */
    }
}

/*
 * An end that began before wait_for_calls was registered comes here, still before the destructors of the
 * libraries that this one needs. It does not know what the process is to end with.
 */
static void __attribute__((destructor)) wait_for_first_call(void) {
    if (lock_out_calls() == ETIMEDOUT) {
        _exit(EXIT_FAILURE);
    }
}

/*
 * OpenSSL, which SPDK's libraries need. It would register an end of its own when it is used first: later
 * than this one, so that it would come earlier, and free what calls still look at.
 */
enum { OPENSSL_INIT_NO_ATEXIT = 0x00080000 };
extern int OPENSSL_init_crypto(uint64_t options, const void *settings) __attribute__((weak));

/* Too late where the process is ending already: its destructors come next, and must come alone. */
void n4j_spdk_exit_prepare(void) {
    if (OPENSSL_init_crypto != NULL) {
        OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
    }
    while (on_exit(wait_for_calls, NULL) != 0) {
        pause();
    }
}
