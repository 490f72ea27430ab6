/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One thread for all attached controllers: it polls their admin queues, on which keep-alive and
 * asynchronous events ride, and notices controllers that are gone. It runs from the first attach to
 * the last detach.
 */
#include <assert.h>
#include <string.h>
#include <time.h>

#include "spdk_transport.h"
#include "worker.h"

#define INTERVAL_MS 100

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of the list and of what follows */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct n4j_spdk_ctrlr *attached;
static pthread_t thread;
static bool running;
static bool stopping;

static void look_after(struct n4j_spdk_ctrlr *ctrlr) {
    if (atomic_load(&ctrlr->failed)) {
        return;
    }
    n4j_spdk_check_alive(ctrlr);
    n4j_spdk_poll(ctrlr);
}

static void wait_interval(void) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += INTERVAL_MS * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&changed, &lock, &until);
}

static void *run(void *argument) {
    (void)argument;
    pthread_mutex_lock(&lock);
    while (!stopping) {
        for (struct n4j_spdk_ctrlr *ctrlr = attached; ctrlr != NULL; ctrlr = ctrlr->next) {
            look_after(ctrlr);
        }
        wait_interval();
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

static int start(void) {
    stopping = false;
    int code = n4j_worker_start(&thread, run, NULL);
    running = code == 0;
    return code;
}

/* Called without the lock, which the thread needs to see it. */
static void stop(void) {
    pthread_mutex_lock(&lock);
    bool was_running = running;
    stopping = true;
    running = false;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
    if (was_running) {
        pthread_join(thread, NULL);
    }
}

int n4j_spdk_housekeeping_add(struct n4j_spdk_ctrlr *ctrlr, struct n4j_error *error) {
    pthread_mutex_lock(&lock);
    int code = running ? 0 : start();
    if (code == 0) {
        ctrlr->next = attached;
        attached = ctrlr;
    }
    pthread_mutex_unlock(&lock);
    return code == 0 ? 0 : n4j_fail(error, code, "can't start a thread: %s", strerror(-code));
}

void n4j_spdk_housekeeping_remove(struct n4j_spdk_ctrlr *ctrlr) {
    pthread_mutex_lock(&lock);
    struct n4j_spdk_ctrlr **link = &attached;
    while (*link != ctrlr) {
        assert(*link != NULL); /* it is there from its attach to its detach */
        link = &(*link)->next;
    }
    *link = ctrlr->next;
    bool is_last = attached == NULL;
    pthread_mutex_unlock(&lock);
    if (is_last) {
        stop();
    }
}

/* The thread holds the lock while it looks, and looks at `failed` first. */
void n4j_spdk_housekeeping_settle(void) {
    pthread_mutex_lock(&lock);
    pthread_mutex_unlock(&lock);
}

bool n4j_spdk_housekeeping_knows(const struct spdk_nvme_transport_id *trid) {
    pthread_mutex_lock(&lock);
    const struct n4j_spdk_ctrlr *ctrlr = attached;
    while (ctrlr != NULL && spdk_nvme_transport_id_compare(&ctrlr->trid, trid) != 0) {
        ctrlr = ctrlr->next;
    }
    pthread_mutex_unlock(&lock);
    return ctrlr != NULL;
}

/* A process that ends without detaching: DPDK's destructor is about to unmap all memory. */
__attribute__((destructor)) static void stop_at_exit(void) {
    stop();
}
