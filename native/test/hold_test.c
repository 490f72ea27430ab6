/* SPDX-License-Identifier: Apache-2.0 */

/* n4j_mem_hold waits for n4j_mem_release and for nothing else. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "check.h"
#include "nvme4j.h"

#define HOLDERS 4

struct holder {
    uint32_t *released;
    atomic_bool is_done;
    pthread_t thread;
};

static atomic_uint signals;

static void count_signal(int number) {
    (void)number;
    atomic_fetch_add(&signals, 1);
}

static void *hold(void *argument) {
    struct holder *holder = argument;
    n4j_mem_hold(holder->released, holder);
    atomic_store(&holder->is_done, true);
    return NULL;
}

static void nap(void) {
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
}

static void a_word_that_is_set_does_not_hold(void) {
    uint32_t released = N4J_HOLD_NOT_YET;
    n4j_mem_release(&released);
    CHECK_EQUAL(N4J_HOLD_RELEASED, released);
    n4j_mem_hold(&released, &released, &released);
    released = 7;
    n4j_mem_hold(&released);
    CHECK_EQUAL(7, released);
}

static void all_are_held_until_the_release(void) {
    struct holder holders[HOLDERS] = {0};
    uint32_t released = N4J_HOLD_NOT_YET;
    for (unsigned i = 0; i < HOLDERS; i++) {
        holders[i].released = &released;
        CHECK_EQUAL(0, pthread_create(&holders[i].thread, NULL, hold, &holders[i]));
    }
    nap();
    CHECK_EQUAL(N4J_HOLD_HELD, __atomic_load_n(&released, __ATOMIC_ACQUIRE));
    for (unsigned i = 0; i < HOLDERS; i++) {
        CHECK(!atomic_load(&holders[i].is_done));
    }
    n4j_mem_release(&released);
    for (unsigned i = 0; i < HOLDERS; i++) {
        CHECK_EQUAL(0, pthread_join(holders[i].thread, NULL));
        CHECK(atomic_load(&holders[i].is_done));
    }
}

static void a_signal_does_not_end_it(void) {
    struct sigaction action = {.sa_handler = count_signal};
    CHECK_EQUAL(0, sigaction(SIGUSR1, &action, NULL));
    uint32_t released = N4J_HOLD_NOT_YET;
    struct holder holder = {.released = &released};
    CHECK_EQUAL(0, pthread_create(&holder.thread, NULL, hold, &holder));
    while (atomic_load(&signals) < 20) {
        CHECK_EQUAL(0, pthread_kill(holder.thread, SIGUSR1));
        nap();
    }
    CHECK(!atomic_load(&holder.is_done));
    n4j_mem_release(&released);
    CHECK_EQUAL(0, pthread_join(holder.thread, NULL));
}

/* The release may come between the holder's look at the word and its sleep. */
static void no_release_is_lost(void) {
    for (unsigned i = 0; i < 2000; i++) {
        uint32_t released = N4J_HOLD_NOT_YET;
        struct holder holder = {.released = &released};
        CHECK_EQUAL(0, pthread_create(&holder.thread, NULL, hold, &holder));
        n4j_mem_release(&released);
        CHECK_EQUAL(0, pthread_join(holder.thread, NULL));
    }
}

int main(void) {
    RUN(a_word_that_is_set_does_not_hold);
    RUN(all_are_held_until_the_release);
    RUN(a_signal_does_not_end_it);
    RUN(no_release_is_lost);
    return 0;
}
