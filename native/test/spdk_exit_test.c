/* SPDX-License-Identifier: Apache-2.0 */

/* A process may end while threads of its own are in the SPDK transport: it ends as it was asked to. */
#define _GNU_SOURCE

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "admin.h"
#include "slow_end.h"
#include "spdk_rig.h"

/* What is asked for, and what a child of the test's ends with where it can't begin. */
enum { STATUS = 7, UNABLE = 9 };

static const char *id;
static n4j_ctrlr *ctrlr;

static void *attach_again_and_again(void *argument) {
    (void)argument;
    while (n4j_ctrlr_attach(id, NULL, &ctrlr, text, sizeof(text)) == 0) {
        n4j_ctrlr_detach(ctrlr, text, sizeof(text));
    }
    return NULL;
}

static void *wait_for_an_answer(void *argument) {
    (void)argument;
    n4j_submission unknown = {.opc = 0xff, .data_form = N4J_DATA_NONE};
    n4j_completion completion;
    admin(ctrlr, &unknown, &completion, 60000);
    return NULL;
}

/* In the child, which must not end as the test does: the target is not its own. */
static void exit_beside(void *(*call)(void *), useconds_t delay) {
    pthread_t thread;
    slow_end(true);
    if (pthread_create(&thread, NULL, call, NULL) != 0) {
        _exit(UNABLE);
    }
    usleep(delay);
    exit(STATUS);
}

/* Of one that ends within a few seconds; the signal that ended it, negative. */
static int status_of(pid_t child) {
    int status = 0;
    double deadline = seconds() + 20;
    while (waitpid(child, &status, WNOHANG) == 0) {
        CHECK(seconds() < deadline);
        usleep(1000);
    }
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void ends_while_it_attaches(const char *trtype) {
    id = transport_id(trtype);
    for (useconds_t delay = 0; delay < 1600000; delay += 200000) {
        pid_t child = fork();
        if (child == 0) {
            exit_beside(attach_again_and_again, delay);
        }
        int status = status_of(child);
        if (status != STATUS) {
            failed("%s, after %u us: ended with %d", trtype, delay, status);
        }
    }
}

/* SPDK looks for the answer in memory that DPDK's destructor unmaps. */
static void ends_while_a_target_does_not_answer(const char *trtype) {
    int gate[2];
    id = transport_id(trtype);
    CHECK(pipe(gate) == 0);
    pid_t child = fork();
    if (child == 0) {
        char stopped = 0;
        if (n4j_ctrlr_attach(id, NULL, &ctrlr, text, sizeof(text)) != 0 ||
            write(gate[1], &stopped, 1) != 1) {
            _exit(UNABLE);
        }
        usleep(200000); /* until the target has been stopped */
        exit_beside(wait_for_an_answer, 200000);
    }
    close(gate[1]);
    char attached = 0;
    CHECK(read(gate[0], &attached, 1) == 1);
    close(gate[0]);
    kill(target, SIGSTOP);
    int status = status_of(child);
    kill(target, SIGCONT);
    if (status != STATUS) {
        failed("%s, without an answer: ended with %d", trtype, status);
    }
}

int main(void) {
    begin();
    ends_while_it_attaches("VFIOUSER");
    ends_while_it_attaches("TCP");
    for (int i = 0; i < 3; i++) {
        ends_while_a_target_does_not_answer("VFIOUSER");
    }
    puts("ok");
    finish(0);
}
