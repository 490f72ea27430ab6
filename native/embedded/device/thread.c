/* SPDX-License-Identifier: Apache-2.0 */

/* The thread of a controller that runs by itself, as a device does. */
#define _GNU_SOURCE /* pthread_setname_np */

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "device/device.h"
#include "worker.h"

/*
 * What it does when it looks in vain, by rounds over all doorbells: it spins, then yields, then naps.
 * The longer nothing comes the longer the naps, up to 1.6 ms after some seconds.
 */
#define ROUNDS_SPINNING 200u
#define ROUNDS_YIELDING 2000u
#define ROUNDS_PER_NAP_LENGTH 2000u
#define NAP_NS 50000L
#define NAP_DOUBLINGS_MAX 5u

/* Tells the host that there are completions which it has not been told of. */
static void interrupt(const struct device *device, struct completion_queue *cq) {
    if (device->outside.interrupt != NULL && cq->vector != NO_INTERRUPTS && cq->tail != cq->told) {
        cq->told = cq->tail;
        device->outside.interrupt(device->outside.context, (unsigned)cq->vector);
    }
}

/*
 * Returns whether there was something to do. `*is_waiting`: some commands are not due yet. Each round
 * looks at the doorbells of another queue that isn't there.
 */
static bool run_once(struct device *device, unsigned round, bool *is_waiting) {
    iova_reader_enter(device->iova, 0);
    doorbells_check_unused(device, 1 + round % DEVICE_IO_QUEUES);
    unsigned executed = device_run_registers_and_admin(device);
    if (atomic_load_explicit(&device->live[0], memory_order_relaxed)) {
        interrupt(device, &device->cq[0]);
    }
    const bool is_stopped = device_is_stopped(device);
    for (unsigned qid = 1; qid < DEVICE_QUEUES && !is_stopped; qid++) {
        if (atomic_load_explicit(&device->live[qid], memory_order_relaxed)) {
            executed += submission_queue_run(device, &device->sq[qid]);
            interrupt(device, device->sq[qid].cq);
            *is_waiting |= device->sq[qid].delays.count > 0;
        }
    }
    iova_reader_leave(device->iova, 0);
    return executed > 0;
}

static void rest(unsigned idle_rounds) {
    if (idle_rounds <= ROUNDS_SPINNING) {
        return;
    }
    if (idle_rounds <= ROUNDS_YIELDING) {
        sched_yield();
        return;
    }
    const unsigned doublings = (idle_rounds - ROUNDS_YIELDING) / ROUNDS_PER_NAP_LENGTH;
    const struct timespec nap = {
        0, NAP_NS << (doublings < NAP_DOUBLINGS_MAX ? doublings : NAP_DOUBLINGS_MAX)};
    nanosleep(&nap, NULL);
}

static void *run(void *argument) {
    struct device *device = argument;
    unsigned idle_rounds = 0;
    for (unsigned round = 0; !atomic_load_explicit(&device->stop, memory_order_relaxed); round++) {
        bool is_waiting = false;
        const bool idle = !run_once(device, round, &is_waiting);
        /* No nap while commands wait to be due: it would be longer than they wait. */
        const unsigned limit = is_waiting ? ROUNDS_YIELDING : UINT_MAX;
        idle_rounds = !idle ? 0 : idle_rounds < limit ? idle_rounds + 1 : limit;
        rest(idle_rounds);
    }
    return NULL;
}

int device_thread_start(struct device *device) {
    const int code = n4j_worker_start(&device->thread, run, device);
    if (code == 0) {
        pthread_setname_np(device->thread, "nvme4j-device");
    }
    return code;
}

void device_thread_stop(struct device *device) {
    atomic_store(&device->stop, true);
    pthread_join(device->thread, NULL);
}
