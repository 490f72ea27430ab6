/* SPDX-License-Identifier: Apache-2.0 */

/* Threads that the library starts for itself. */
#ifndef N4J_WORKER_H
#define N4J_WORKER_H

#include <pthread.h>
#include <signal.h>

/*
 * Starts a thread with all signals blocked, which it hands on to those that it starts in turn: signals
 * are the program's, and a JVM's threads wait for them. Only SIGBUS is the thread's own: blocked, it
 * would end the process where somebody has a handler. 0 or a negative errno.
 */
static inline int n4j_worker_start(pthread_t *thread, void *(*run)(void *), void *argument) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    sigdelset(&all, SIGBUS);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int code = pthread_create(thread, NULL, run, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -code;
}

#endif
