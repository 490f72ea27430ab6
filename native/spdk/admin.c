/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Admin commands of callers, and events. SPDK calls back from whatever looks for answers: a caller,
 * housekeeping, the making of a queue pair. It must not be asked to look at a controller that is being
 * let go or connected to, which `admin` keeps apart.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "spdk_transport.h"

/*
 * Freed by whoever comes second: SPDK, which may hand it back only with the controller's end, or the
 * caller, who is told of a failure before.
 */
struct n4j_spdk_admin_command {
    struct n4j_spdk_admin *commands;
    struct n4j_spdk_admin_command *next;
    uint64_t tag;
    bool done;        /* SPDK has handed it back */
    bool handed_over; /* to the caller */
    struct spdk_nvme_cpl cpl;
};

/* What SPDK says of a command that goes with its queue: the controller has not answered it. */
static bool is_answer(const struct spdk_nvme_cpl *cpl) {
    return cpl->status.sct != SPDK_NVME_SCT_GENERIC ||
           cpl->status.sc != SPDK_NVME_SC_ABORTED_SQ_DELETION;
}

static void on_completion(void *argument, const struct spdk_nvme_cpl *cpl) {
    struct n4j_spdk_admin_command *command = argument;
    struct n4j_spdk_admin *commands = command->commands;
    pthread_mutex_lock(&commands->lock);
    const bool is_last = command->handed_over;
    command->cpl = *cpl;
    command->done = true;
    pthread_mutex_unlock(&commands->lock);
    if (is_last) {
        free(command);
    }
}

static void on_event(void *argument, const struct spdk_nvme_cpl *cpl) {
    struct n4j_spdk_admin *commands = &((struct n4j_spdk_ctrlr *)argument)->commands;
    if (spdk_nvme_cpl_is_error(cpl)) {
        return;
    }
    pthread_mutex_lock(&commands->lock);
    if (commands->event_count < N4J_SPDK_EVENTS) {
        commands->events[commands->event_count++] = cpl->cdw0;
    }
    pthread_mutex_unlock(&commands->lock);
}

void n4j_spdk_admin_listen(struct n4j_spdk_ctrlr *ctrlr) {
    spdk_nvme_ctrlr_register_aer_callback(ctrlr->spdk, on_event, ctrlr);
}

/* SPDK checks none of it; a fabrics target would end the connection. */
static int check(const struct n4j_spdk_ctrlr *ctrlr, const n4j_submission *submission) {
    if (!n4j_spdk_takes_form(N4J_SPDK_ADMIN_DATA_FORMS, submission->data_form) ||
        submission->metadata != 0) {
        return -EINVAL;
    }
    const bool has_data = submission->data_form == N4J_DATA_CONTIGUOUS;
    return has_data && (n4j_spdk_lacks_data(submission) ||
                        submission->data_length > ctrlr->limits.max_transfer)
               ? -EINVAL
               : 0;
}

/* Counts one more command, if there may be one more. */
static struct n4j_spdk_admin_command *add(struct n4j_spdk_admin *commands, uint64_t tag) {
    struct n4j_spdk_admin_command *command = calloc(1, sizeof(*command));
    if (command == NULL) {
        return NULL;
    }
    command->commands = commands;
    command->tag = tag;
    pthread_mutex_lock(&commands->lock);
    const bool has_room = commands->count < N4J_ADMIN_DEPTH;
    if (has_room) {
        command->next = commands->first;
        commands->first = command;
        commands->count++;
    }
    pthread_mutex_unlock(&commands->lock);
    if (!has_room) {
        free(command);
        return NULL;
    }
    return command;
}

/* Takes a command out of the list; with the lock held. */
static void take_out(struct n4j_spdk_admin_command *command) {
    struct n4j_spdk_admin_command **link = &command->commands->first;
    while (*link != command) {
        link = &(*link)->next;
    }
    *link = command->next;
    command->commands->count--;
}

static int submit(struct n4j_spdk_ctrlr *ctrlr, const n4j_submission *submission) {
    struct n4j_spdk_admin_command *command = add(&ctrlr->commands, submission->tag);
    if (command == NULL) {
        return -EBUSY;
    }
    const bool has_data = submission->data_form == N4J_DATA_CONTIGUOUS;
    struct spdk_nvme_cmd sqe;
    memcpy(&sqe, submission, sizeof(sqe));
    const int code = spdk_nvme_ctrlr_cmd_admin_raw(
        ctrlr->spdk, &sqe, has_data ? (void *)(uintptr_t)submission->data : NULL,
        has_data ? submission->data_length : 0, on_completion, command);
    if (code != 0) { /* SPDK does not call back then */
        pthread_mutex_lock(&ctrlr->commands.lock);
        take_out(command);
        pthread_mutex_unlock(&ctrlr->commands.lock);
        free(command);
    }
    return code == -ENOMEM ? -EBUSY : code; /* Aborts have taken what SPDK has for requests */
}

int n4j_spdk_admin_submit(struct n4j_ctrlr *base, const n4j_submission *submission) {
    struct n4j_spdk_ctrlr *ctrlr = (struct n4j_spdk_ctrlr *)base;
    int code = check(ctrlr, submission);
    if (code != 0) {
        return code;
    }
    if (pthread_mutex_trylock(&ctrlr->admin) != 0) {
        return -EBUSY; /* for a moment, or until a reset is over */
    }
    code = atomic_load(&ctrlr->failed) ? -ENXIO : submit(ctrlr, submission);
    pthread_mutex_unlock(&ctrlr->admin);
    return code;
}

/* Hands over what has completed, or of a controller that has failed, everything. */
static uint32_t hand_over(struct n4j_spdk_admin *commands, bool has_failed,
                          n4j_completion *completions, uint32_t max) {
    uint32_t count = 0;
    struct n4j_spdk_admin_command *command = commands->first;
    while (command != NULL && count < max) {
        struct n4j_spdk_admin_command *next = command->next;
        if (command->done || has_failed) {
            const bool is_answered = command->done && is_answer(&command->cpl);
            completions[count++] = (n4j_completion){
                .tag = command->tag,
                .cdw0 = is_answered ? command->cpl.cdw0 : 0,
                .status = is_answered ? n4j_spdk_status(&command->cpl) : 0,
                .error = is_answered ? 0 : ENXIO,
            };
            take_out(command);
            command->handed_over = true;
            if (command->done) {
                free(command);
            }
        }
        command = next;
    }
    return count;
}

static uint32_t take_events(struct n4j_spdk_admin *commands, n4j_completion *completions,
                            uint32_t max) {
    const uint32_t count = commands->event_count < max ? commands->event_count : max;
    for (uint32_t i = 0; i < count; i++) {
        completions[i] =
            (n4j_completion){.tag = (uint64_t)N4J_ADMIN_EVENT, .cdw0 = commands->events[i]};
    }
    commands->event_count -= count;
    memmove(commands->events, commands->events + count,
            commands->event_count * sizeof(commands->events[0]));
    return count;
}

/*
 * While `admin` is held no failure is half way: what SPDK hands back with the queue, it does before the
 * controller has been disabled.
 */
int n4j_spdk_admin_process(struct n4j_ctrlr *base, n4j_completion *completions, uint32_t max) {
    struct n4j_spdk_ctrlr *ctrlr = (struct n4j_spdk_ctrlr *)base;
    n4j_spdk_poll(ctrlr);
    if (pthread_mutex_trylock(&ctrlr->admin) != 0) {
        return 0;
    }
    struct n4j_spdk_admin *commands = &ctrlr->commands;
    pthread_mutex_lock(&commands->lock);
    uint32_t count = hand_over(commands, atomic_load(&ctrlr->failed), completions, max);
    count += take_events(commands, completions + count, max - count);
    pthread_mutex_unlock(&commands->lock);
    pthread_mutex_unlock(&ctrlr->admin);
    return (int)count;
}

static struct n4j_spdk_admin_command *find(struct n4j_spdk_admin *commands, uint64_t tag) {
    pthread_mutex_lock(&commands->lock);
    struct n4j_spdk_admin_command *command = commands->first;
    while (command != NULL && (command->tag != tag || command->done)) {
        command = command->next;
    }
    pthread_mutex_unlock(&commands->lock);
    return command;
}

/* The command is not freed meanwhile: nobody hands it over while `admin` is held. */
static int send_abort(struct n4j_spdk_ctrlr *ctrlr, uint64_t tag) {
    struct n4j_spdk_admin_command *command = find(&ctrlr->commands, tag);
    if (command == NULL || atomic_load(&ctrlr->failed)) {
        return -ENOENT;
    }
    if (!n4j_spdk_abort_reserve(ctrlr)) {
        return -EBUSY;
    }
    const int code =
        spdk_nvme_ctrlr_cmd_abort_ext(ctrlr->spdk, NULL, command, n4j_spdk_abort_answered, ctrlr);
    if (code != 0) {
        atomic_fetch_sub(&ctrlr->aborts, 1);
    }
    return code;
}

int n4j_spdk_admin_abort(struct n4j_ctrlr *base, uint64_t tag) {
    struct n4j_spdk_ctrlr *ctrlr = (struct n4j_spdk_ctrlr *)base;
    if (ctrlr->trid.trtype == SPDK_NVME_TRANSPORT_VFIOUSER) {
        return -ENOTSUP; /* SPDK's transport has no way to look for a command, and would crash */
    }
    if (pthread_mutex_trylock(&ctrlr->admin) != 0) {
        return -EBUSY;
    }
    const int code = send_abort(ctrlr, tag);
    pthread_mutex_unlock(&ctrlr->admin);
    return code;
}

void n4j_spdk_admin_close(struct n4j_spdk_ctrlr *ctrlr) {
    struct n4j_spdk_admin *commands = &ctrlr->commands;
    while (commands->first != NULL) {
        struct n4j_spdk_admin_command *command = commands->first;
        commands->first = command->next;
        free(command);
    }
}
