/* SPDX-License-Identifier: Apache-2.0 */

/*
 * spdk_speed [TRTYPE [SIZE]]: nanoseconds that a random read of SIZE bytes takes from a null namespace
 * of a target that it starts, by form of data and depth. Forms take turns; the best of five runs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "spdk_rig.h"

#define PAGE 4096u
#define DEPTH_MAX 128u
#define SECONDS 0.6
#define ROUNDS 5
#define SUBMISSIONS 2000

enum form { CONTIGUOUS, PRP, FRAGMENTS, FORMS };
static const char *const names[] = {"contiguous", "PRP", "fragments"};

struct load {
    struct rig rig;
    uint32_t depth;
    n4j_submission commands[DEPTH_MAX]; /* by slot */
    n4j_fragment fragments[DEPTH_MAX];
    uint64_t lists[DEPTH_MAX]; /* IOVAs of their lists */
};

/* Data of a slot, then its page list, made once: a mapped buffer costs no more. */
static void prepare(struct load *load, enum form form, uint32_t size) {
    for (uint32_t slot = 0; slot < load->depth; slot++) {
        uint8_t *data = load->rig.memory + (size_t)slot * (size + PAGE);
        uint64_t *list = (uint64_t *)(void *)(data + size);
        n4j_submission *command = &load->commands[slot];
        *command = io(READ, NULL_NSID, 0, size / BLOCK, data);
        command->tag = slot;
        if (form == FRAGMENTS) {
            load->fragments[slot] = (n4j_fragment){(uintptr_t)data, size};
            command->data = (uintptr_t)&load->fragments[slot];
            command->fragment_count = 1;
            command->data_form = N4J_DATA_FRAGMENTS;
        } else if (form == PRP) {
            command->data = 0;
            command->data_form = N4J_DATA_PRP;
            n4j_mem_translate(load->rig.ctrlr, data, 1, PAGE, &command->prp1, 1);
            for (uint32_t page = 1; page < size / PAGE; page++) {
                n4j_mem_translate(load->rig.ctrlr, data + (size_t)page * PAGE, 1, PAGE,
                                  &list[page - 1], 1);
            }
            if (size == 2 * PAGE) {
                command->prp2 = list[0];
            } else if (size > 2 * PAGE) {
                n4j_mem_translate(load->rig.ctrlr, list, 8, PAGE, &command->prp2, 1);
            }
        }
    }
}

static double run(struct load *load) {
    static n4j_submission batch[DEPTH_MAX];
    n4j_completion completions[DEPTH_MAX];
    uint64_t completed = 0;
    uint64_t random = 88172645463325252u;
    uint32_t count = load->depth;
    memcpy(batch, load->commands, count * sizeof(batch[0]));
    const double started = seconds();
    double now = started;
    while (now < started + SECONDS) {
        for (int i = 0; i < 256; i++) {
            const int done =
                n4j_qpair_process(load->rig.qpair, batch, count, completions, load->depth);
            CHECK(done >= 0);
            count = (uint32_t)done;
            for (uint32_t j = 0; j < count; j++) {
                CHECK(completions[j].status == 0 && completions[j].error == 0);
                random = random * 6364136223846793005u + 1442695040888963407u;
                batch[j] = load->commands[completions[j].tag];
                batch[j].cdw10 = (uint32_t)(random >> 40) % (BLOCKS - 256);
            }
            completed += count;
        }
        now = seconds();
    }
    for (uint32_t left = load->depth - count; left > 0;) {
        left -= (uint32_t)n4j_qpair_process(load->rig.qpair, NULL, 0, completions, load->depth);
    }
    return 1e9 * (now - started) / (double)completed;
}

/* What the call that submits a whole queue takes, a command; the target works meanwhile. */
static double submit(struct load *load) {
    n4j_completion completions[DEPTH_MAX];
    double best = 1e9;
    for (int i = 0; i < SUBMISSIONS; i++) {
        const double started = seconds();
        CHECK(n4j_qpair_process(load->rig.qpair, load->commands, load->depth, NULL, 0) == 0);
        const double ns = 1e9 * (seconds() - started) / load->depth;
        best = ns < best ? ns : best;
        for (uint32_t left = load->depth; left > 0;) {
            left -= (uint32_t)n4j_qpair_process(load->rig.qpair, NULL, 0, completions, load->depth);
        }
    }
    return best;
}

struct result {
    double whole;
    double submission;
};

static double least(double left, double right) {
    return left < right ? left : right;
}

static void measure(const char *trtype, uint32_t depth, uint32_t size) {
    static struct load load;
    struct result best[FORMS];
    load.depth = depth;
    load.rig = open_rig(trtype, depth, size + PAGE);
    const uint64_t taken = n4j_ctrlr_property(load.rig.ctrlr, N4J_PROPERTY_DATA_FORMS);
    const bool has_prps = (taken >> N4J_DATA_PRP & 1) != 0;
    for (enum form form = CONTIGUOUS; form < FORMS; form++) {
        best[form] = (struct result){1e9, 1e9};
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (enum form form = CONTIGUOUS; form < FORMS; form++) {
            if (form != PRP || has_prps) {
                prepare(&load, form, size);
                best[form].whole = least(best[form].whole, run(&load));
                best[form].submission = least(best[form].submission, submit(&load));
            }
        }
    }
    for (enum form form = CONTIGUOUS; form < FORMS; form++) {
        if (form != PRP || has_prps) {
            printf("%s, %u bytes, depth %3u, %-10s  %5.0f ns, of which submitting %4.0f ns\n",
                   trtype, size, depth, names[form], best[form].whole, best[form].submission);
        }
    }
    close_rig(&load.rig);
}

int main(int count, char **arguments) {
    const char *trtype = count > 1 ? arguments[1] : "VFIOUSER";
    const uint32_t size = count > 2 ? (uint32_t)strtoul(arguments[2], NULL, 10) : PAGE;
    begin();
    measure(trtype, 1, size);
    measure(trtype, DEPTH_MAX, size);
    finish(0);
}
