/* SPDX-License-Identifier: Apache-2.0 */

/* Abort and reset over SPDK: of commands that hang, and of targets that died and were started again. */
#define _GNU_SOURCE /* RTLD_NEXT */

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>

#include "spdk_rig.h"

#define DEPTH 16

/* While set, no thread can be started: the program's own function comes before the system's. */
static volatile bool has_no_threads;

__attribute__((visibility("default"))) int pthread_create(pthread_t *restrict thread,
                                                          const pthread_attr_t *restrict attributes,
                                                          void *(*run)(void *),
                                                          void *restrict argument) {
    int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    *(void **)&create = dlsym(RTLD_NEXT, "pthread_create");
    return has_no_threads ? EAGAIN : create(thread, attributes, run, argument);
}

static void submit_slow(struct rig *rig) {
    for (uint64_t tag = 0; tag < DEPTH; tag++) {
        n4j_submission read = io(READ, SLOW_NSID, tag, 1, rig->memory + tag * BLOCK);
        read.tag = tag;
        CHECK(n4j_qpair_process(rig->qpair, &read, 1, NULL, 0) == 0);
    }
}

static void aborts_are_asked_for_up_to_the_limit(const char *trtype) {
    struct rig rig = open_rig(trtype, DEPTH, BLOCK);
    double deadline = seconds() + 30;
    submit_slow(&rig);
    CHECK(n4j_qpair_abort(rig.qpair, DEPTH) == -ENOENT);
    for (uint64_t tag = 0; tag < DEPTH; tag++) {
        int code;
        while ((code = n4j_qpair_abort(rig.qpair, tag)) == -EBUSY) {
            CHECK(seconds() < deadline); /* some have to be answered first */
        }
        CHECK(code == 0);
    }
    close_rig(&rig);
}

static void *give_up(void *argument) {
    struct rig *rig = argument;
    n4j_completion completion;
    int completed = 0;
    int count = 0;
    double deadline = seconds() + 30;
    while ((count = n4j_qpair_process(rig->qpair, NULL, 0, &completion, 1)) >= 0) {
        CHECK(seconds() < deadline);
        CHECK(count == 0 || completion.error == ENXIO || status_code(completion) == 0x007);
        completed += count;
        sched_yield();
    }
    CHECK(count == -ENXIO && completed == DEPTH);
    return NULL;
}

/* A target that was started again may need a while; one that answers may still be busy with us. */
static void reset_until_connected(struct rig *rig, uint32_t timeout_ms) {
    double deadline = seconds() + 30;
    int code;
    while ((code = n4j_ctrlr_reset(rig->ctrlr, timeout_ms, text, sizeof(text))) != 0) {
        CHECK(code != -EBUSY || strstr(text, "processed") == NULL);
        CHECK(seconds() < deadline);
        usleep(10000);
    }
}

static void old_queue_pairs_fail_and_new_ones_work(struct rig *rig) {
    n4j_qpair *old = rig->qpair;
    CHECK(one(old, io(READ, DATA_NSID, 0, 1, rig->memory)).error == ENXIO);
    CHECK(n4j_qpair_abort(old, 0) == -ENXIO);
    CHECK(n4j_qpair_create(rig->ctrlr, DEPTH, 0, &rig->qpair, text, sizeof(text)) == 0);
    fill(rig->memory, BLOCK, 5, 1);
    uint8_t *copy = rig->memory + BLOCK;
    CHECK_STATUS(one(rig->qpair, io(WRITE, DATA_NSID, 5, 1, rig->memory)), 0);
    CHECK_STATUS(one(rig->qpair, io(READ, DATA_NSID, 5, 1, copy)), 0);
    CHECK(memcmp(rig->memory, copy, BLOCK) == 0);
    CHECK(n4j_qpair_destroy(old) == 0);
}

static void a_reset_gives_hanging_commands_back(const char *trtype) {
    struct rig rig = open_rig(trtype, DEPTH, BLOCK);
    pthread_t thread;
    submit_slow(&rig);
    int code = n4j_qpair_abort(rig.qpair, 3); /* its answer may be outstanding */
    CHECK(code == (strcmp(trtype, "TCP") == 0 ? 0 : -ENOTSUP));
    CHECK(n4j_ctrlr_reset(rig.ctrlr, 1, text, sizeof(text)) == -EBUSY);
    CHECK(strstr(text, "1 queue pairs") != NULL);
    CHECK(pthread_create(&thread, NULL, give_up, &rig) == 0);
    reset_until_connected(&rig, 20000);
    pthread_join(thread, NULL);
    old_queue_pairs_fail_and_new_ones_work(&rig);
    close_rig(&rig);
}

static void a_reset_connects_to_a_target_that_was_started_again(const char *trtype) {
    struct rig rig = open_rig(trtype, DEPTH, BLOCK);
    submit_slow(&rig);
    int port = tcp_port;
    stop_target();
    give_up(&rig);
    CHECK(n4j_ctrlr_reset(rig.ctrlr, 1000, text, sizeof(text)) < 0);
    CHECK(text[0] != '\0' && strchr(text, '\n') == NULL);
    start_target_at(port);
    reset_until_connected(&rig, 20000);
    old_queue_pairs_fail_and_new_ones_work(&rig);
    close_rig(&rig);
}

static void a_reset_needs_no_thread(const char *trtype) {
    struct rig rig = open_rig(trtype, DEPTH, BLOCK);
    CHECK(n4j_qpair_destroy(rig.qpair) == 0);
    has_no_threads = true;
    reset_until_connected(&rig, 1000);
    has_no_threads = false;
    CHECK(n4j_qpair_create(rig.ctrlr, DEPTH, 0, &rig.qpair, text, sizeof(text)) == 0);
    CHECK_STATUS(one(rig.qpair, io(READ, DATA_NSID, 0, 1, rig.memory)), 0);
    must_not_attach(transport_id(trtype), -EBUSY, "attached to");
    close_rig(&rig);
}

static void an_attach_without_a_thread_leaves_nothing_behind(const char *trtype) {
    has_no_threads = true;
    must_not_attach(transport_id(trtype), -EAGAIN, "can't start a thread");
    has_no_threads = false;
    double deadline = seconds() + 10;
    n4j_ctrlr *ctrlr;
    while (n4j_ctrlr_attach(transport_id(trtype), NULL, &ctrlr, text, sizeof(text)) != 0) {
        CHECK(seconds() < deadline); /* the target may still be busy with us */
    }
    CHECK(n4j_ctrlr_detach(ctrlr, text, sizeof(text)) == 0);
}

/* It can be detached as ever when a reset did not bring it back. */
static void a_controller_that_is_gone_can_be_detached(const char *trtype) {
    struct rig rig = open_rig(trtype, DEPTH, BLOCK);
    submit_slow(&rig);
    stop_target();
    give_up(&rig);
    CHECK(n4j_ctrlr_reset(rig.ctrlr, 1000, text, sizeof(text)) < 0);
    n4j_qpair *another;
    CHECK(n4j_qpair_create(rig.ctrlr, 1, 0, &another, text, sizeof(text)) == -ENXIO);
    close_rig(&rig);
    start_target();
}

int main(void) {
    static const char *const trtypes[] = {"VFIOUSER", "TCP"};
    has_slow_namespace = true;
    begin();
    aborts_are_asked_for_up_to_the_limit("TCP");
    for (int i = 0; i < 2; i++) {
        a_reset_gives_hanging_commands_back(trtypes[i]);
        a_reset_connects_to_a_target_that_was_started_again(trtypes[i]);
        a_controller_that_is_gone_can_be_detached(trtypes[i]);
        a_reset_needs_no_thread(trtypes[i]);
        an_attach_without_a_thread_leaves_nothing_behind(trtypes[i]);
    }
    puts("ok");
    finish(0);
}
