/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Random work of several queues, a power cut at a random moment, and what the drive has then, judged by a
 * model (cut_model.h). NVME4J_CUTS is how many cuts of each kind of drive there are, NVME4J_CUTS_SEED the
 * first of their seeds.
 */
#include "check.h"
#include "cut_rig.h"
#include "fixture.h"

#define CUTS_DEFAULT 1000
#define CUTS_PER_DRIVE 1000

static uint64_t number_of(const char *name, uint64_t otherwise) {
    const char *value = getenv(name);
    return value == NULL ? otherwise : strtoull(value, NULL, 10);
}

static unsigned below(uint64_t *random, unsigned limit) {
    return (unsigned)(next_random(random) >> 20) % limit;
}

/* Blocks near each other, so that writes overlap. */
static void add_command(struct cut_rig *rig, uint64_t *random) {
    const unsigned queue = below(random, CUT_QUEUES);
    const uint32_t ns = below(random, MODEL_NAMESPACES);
    const uint32_t blocks = 1 + below(random, below(random, 3) == 0 ? 8 : 2);
    const uint32_t lba = below(random, MODEL_BLOCKS / 2 - (blocks > 4 ? 4 : 0));
    switch (below(random, 16)) {
    case 0:
        cut_rig_zero(rig, queue, ns, lba, blocks, false);
        break;
    case 1:
        cut_rig_zero(rig, queue, ns, lba, blocks, true);
        break;
    case 2:
    case 3:
        cut_rig_flush(rig, queue, ns);
        break;
    case 4:
        cut_rig_flush(rig, queue, MODEL_ALL_NAMESPACES);
        break;
    case 5:
        cut_rig_read(rig, queue, ns, lba, blocks);
        break;
    case 6:
        cut_rig_compare(rig, queue, ns, lba);
        break;
    default:
        cut_rig_write(rig, queue, ns, lba, blocks, below(random, 6) == 0);
    }
}

static void step(struct cut_rig *rig, uint64_t *random) {
    const unsigned queue = below(random, CUT_QUEUES);
    switch (below(random, 8)) {
    case 0:
    case 1:
    case 2:
        add_command(rig, random);
        break;
    case 3:
    case 4:
        cut_rig_submit(rig, queue);
        break;
    case 5:
        bare_run(&rig->bare, queue + 1);
        break;
    default:
        cut_rig_look(rig, queue);
        cut_rig_consume(rig, queue, 1 + below(random, CUT_ENTRIES));
    }
    const unsigned rare = below(random, 400);
    if (rare < 4) {
        cut_rig_set_cache(rig, rare < 2);
    } else if (rare == 4) {
        cut_rig_reset(rig);
    }
}

struct statistics {
    uint64_t changed; /* cuts that left something else than what was there before */
    uint64_t garbage; /* blocks that hold anything */
    uint64_t failed;  /* blocks that hold what a write has written that failed */
};

static uint64_t blocks_of_failed_writes(const struct model *model, model_image image) {
    uint64_t count = 0;
    for (unsigned i = 0; i < model->count; i++) {
        const struct model_op *op = &model->ops[i];
        const bool has_failed =
            op->kind == MODEL_WRITE && op->consumed != UINT64_MAX && !op->has_succeeded;
        for (uint32_t lba = op->lba; has_failed && op->id != 0 && lba < op->lba + op->blocks;
             lba++) {
            count += image[op->ns][lba] == model_content(op, lba);
        }
    }
    return count;
}

static void cut_once(struct cut_rig *rig, uint64_t seed, struct statistics *statistics) {
    uint64_t random = seed * 0x9e3779b97f4a7c15 | 1;
    const unsigned steps = 1 + below(&random, 80);
    model_image image;
    for (unsigned i = 0; i < steps; i++) {
        step(rig, &random);
    }
    if (below(&random, 20) == 0) {
        cut_rig_shut_down(rig);
    }
    cut_rig_cut(rig, image);
    const char *wrong = model_check(&rig->model, image);
    if (wrong != NULL) {
        model_print(&rig->model);
        fprintf(stderr, "seed %llu: %s\n", (unsigned long long)seed, wrong);
        abort();
    }
    statistics->changed += memcmp(image, rig->model.before, sizeof(image)) != 0;
    statistics->failed += blocks_of_failed_writes(&rig->model, image);
    for (unsigned i = 0; i < MODEL_NAMESPACES * MODEL_BLOCKS; i++) {
        statistics->garbage += image[i / MODEL_BLOCKS][i % MODEL_BLOCKS] == MODEL_GARBAGE;
    }
    model_restart(&rig->model, image);
}

static void cut(const char *keys, struct model_rules rules, uint64_t divisor) {
    const uint64_t cuts = number_of("NVME4J_CUTS", CUTS_DEFAULT) / divisor;
    const uint64_t first = number_of("NVME4J_CUTS_SEED", 1);
    struct statistics statistics = {0};
    for (uint64_t done = 0; done < cuts;) {
        static struct cut_rig rig;
        char seeded[160];
        snprintf(seeded, sizeof(seeded), "seed:%llu %s", (unsigned long long)(first + done), keys);
        cut_rig_open(&rig, seeded, &rules);
        for (unsigned i = 0; i < CUTS_PER_DRIVE && done < cuts; i++) {
            cut_once(&rig, first + done++, &statistics);
        }
        cut_rig_close(&rig);
    }
    printf(
        "    %s: %llu cuts, %llu left something new, %llu blocks hold anything, %llu what failed\n",
        keys, (unsigned long long)cuts, (unsigned long long)statistics.changed,
        (unsigned long long)statistics.garbage, (unsigned long long)statistics.failed);
    CHECK((statistics.failed > 0) == (strstr(keys, "fails=") != NULL));
    CHECK((statistics.garbage > 0) == rules.torn_is_anything);
    CHECK(statistics.changed > cuts / 4);
}

static void a_cut_leaves_what_the_model_allows(void) {
    cut("vwc:1", (struct model_rules){.unit = 1}, 1);
    cut("vwc:1 nawupf:3", (struct model_rules){.unit = 4}, 1);
    cut("vwc:1 awupf:3 nabspf:3 nabo:1", (struct model_rules){.unit = 4, .stretch = 4, .first = 1},
        1);
    cut("vwc:1 awupf:1 nawupf:2 torn:anything",
        (struct model_rules){.unit = 3, .torn_is_anything = true}, 1);
    cut("vwc:0 nawupf:3", (struct model_rules){.unit = 4}, 1);
    cut("vwc:1 nawupf:3 faults:write,one-in=5,fails=280;flush,one-in=5,fails=6",
        (struct model_rules){.unit = 4}, 1);
    cut("vwc:1 nawupf:3 faults:write,one-in=20,times=1000000,cuts-power",
        (struct model_rules){.unit = 4}, 1);
    cut("vwc:1 nawupf:3 latency:50ns slow:40% slow_latency:500ns", (struct model_rules){.unit = 4},
        1);
    cut("vwc:1 nawupf:3 mode:threaded", (struct model_rules){.unit = 4}, 4);
}

int main(void) {
    RUN(a_cut_leaves_what_the_model_allows);
    return 0;
}
