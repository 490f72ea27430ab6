/* SPDX-License-Identifier: Apache-2.0 */

/* The thread of a controller that runs by itself, as a device does. */
#define _GNU_SOURCE /* pthread_setname_np */

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>

#include "device/device.h"

/* How long it looks in vain before it waits, in rounds over all doorbells. */
#define ROUNDS_SPINNING 200u
#define ROUNDS_YIELDING 2000u
#define ROUNDS_NAPPING 20000u /* then it sleeps longer: a second has passed and more */
#define NAP_NS 50000
#define SLEEP_NS 500000

static unsigned run_once(struct device *device) {
    iova_reader_enter(device->iova, 0);
    unsigned executed = device_run_registers_and_admin(device);
    const uint32_t csts = atomic_load(&device->bar.registers.csts);
    for (unsigned qid = 1; qid < DEVICE_QUEUES && (csts & NVME_CSTS_CFS) == 0; qid++) {
        if (atomic_load_explicit(&device->live[qid], memory_order_relaxed)) {
            executed += submission_queue_run(device, &device->sq[qid]);
        }
    }
    iova_reader_leave(device->iova, 0);
    return executed;
}

static void rest(unsigned idle_rounds) {
    if (idle_rounds <= ROUNDS_SPINNING) {
        return;
    }
    if (idle_rounds <= ROUNDS_YIELDING) {
        sched_yield();
        return;
    }
    const struct timespec pause = {0, idle_rounds <= ROUNDS_NAPPING ? NAP_NS : SLEEP_NS};
    nanosleep(&pause, NULL);
}

static void *run(void *argument) {
    struct device *device = argument;
    unsigned idle_rounds = 0;
    while (!atomic_load_explicit(&device->stop, memory_order_relaxed)) {
        if (run_once(device) > 0) {
            idle_rounds = 0;
        } else if (idle_rounds <= ROUNDS_NAPPING) {
            idle_rounds++;
        }
        rest(idle_rounds);
    }
    return NULL;
}

/* With all signals blocked: they are the program's, not the device's. */
int device_thread_start(struct device *device) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&device->thread, NULL, run, device);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code == 0) {
        pthread_setname_np(device->thread, "nvme4j-device");
    }
    return -code;
}

void device_thread_stop(struct device *device) {
    atomic_store(&device->stop, true);
    pthread_join(device->thread, NULL);
}
