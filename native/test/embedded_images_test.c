/* SPDX-License-Identifier: Apache-2.0 */

/*
 * All that a power cut may leave, it leaves some time: images of blocks are counted, over cuts at random
 * moments of a fixed run, and compared with how many there are by hand.
 */
#include "check.h"
#include "cut_rig.h"
#include "fixture.h"

#define IMAGES_MAX 4096

static const struct model_rules one_block = {.unit = 1};

/* Distinct ones, as which write of the run each block has, 4 bits a block. */
struct images {
    uint64_t known[IMAGES_MAX];
    unsigned count;
};

static void note(struct images *images, uint64_t image) {
    unsigned i = 0;
    while (i < images->count && images->known[i] != image) {
        i++;
    }
    if (i == images->count) {
        CHECK(images->count < IMAGES_MAX);
        images->known[images->count++] = image;
    }
}

/* A run: does step number `step`, 0, 1, ...; false: that was the last one. */
typedef bool (*step_fn)(struct cut_rig *rig, unsigned step);

static void cut_at(struct cut_rig *rig, step_fn run, unsigned steps, struct images *images) {
    model_image image;
    const uint64_t first_id = rig->next_id;
    for (unsigned i = 0; i < steps && run(rig, i); i++) {
    }
    cut_rig_cut(rig, image);
    const char *wrong = model_check(&rig->model, image);
    if (wrong != NULL) {
        check_failed(__FILE__, __LINE__, wrong);
    }
    uint64_t seen = 0;
    for (unsigned lba = 0; lba < MODEL_BLOCKS; lba++) {
        const uint64_t id = image[0][lba] >> 8;
        seen = seen << 4 | (id >= first_id ? id - first_id + 1 : 0);
    }
    note(images, seen);
    model_restart(&rig->model, image);
}

/* How many images there are. */
static unsigned images_of(const char *keys, const struct model_rules *rules, step_fn run,
                          unsigned cuts) {
    static struct images images;
    struct cut_rig rig;
    uint64_t random = 1;
    images.count = 0;
    cut_rig_open(&rig, keys, rules);
    for (unsigned i = 0; i < cuts; i++) {
        cut_at(&rig, run, 1 + (unsigned)(next_random(&random) >> 20) % 40, &images);
    }
    cut_rig_close(&rig);
    printf("    %u images in %u cuts\n", images.count, cuts);
    return images.count;
}

static void complete(struct cut_rig *rig) {
    cut_rig_submit(rig, 0);
    cut_rig_look(rig, 0);
    cut_rig_consume(rig, 0, CUT_ENTRIES);
}

/* Ten writes of a block, at depth 1, with a Flush after the fifth and the tenth. */
static bool write_and_flush(struct cut_rig *rig, unsigned step, bool to_one_block) {
    if (step == 5 || step == 11) {
        CHECK(cut_rig_flush(rig, 0, 0));
    } else {
        const unsigned number = step < 5 ? step : step - 1;
        CHECK(cut_rig_write(rig, 0, 0, to_one_block ? 0 : number, 1, false));
    }
    complete(rig);
    return step < 11;
}

static bool ten_blocks(struct cut_rig *rig, unsigned step) {
    return write_and_flush(rig, step, false);
}

static bool one_block_ten_times(struct cut_rig *rig, unsigned step) {
    return write_and_flush(rig, step, true);
}

/* The same, but the fifth write's completion is consumed after the first Flush was submitted. */
static bool ten_blocks_with_an_early_flush(struct cut_rig *rig, unsigned step) {
    if (step == 4) {
        CHECK(cut_rig_write(rig, 0, 0, 4, 1, false));
        cut_rig_submit(rig, 0);
        return true;
    }
    return write_and_flush(rig, step, false);
}

static void ten_writes_and_two_flushes_leave_63_11_and_94_images(void) {
    CHECK_EQUAL(63, images_of("vwc:1", &one_block, ten_blocks, 30000));
    CHECK_EQUAL(11, images_of("vwc:1", &one_block, one_block_ten_times, 5000));
    CHECK_EQUAL(94, images_of("vwc:1", &one_block, ten_blocks_with_an_early_flush, 30000));
}

/* Nothing, one, the other, and both, of which either is the last. */
static bool two_that_overlap(struct cut_rig *rig, unsigned step) {
    (void)step;
    CHECK(cut_rig_write(rig, 0, 0, 0, 2, false));
    CHECK(cut_rig_write(rig, 1, 0, 1, 2, false));
    cut_rig_submit(rig, 0);
    cut_rig_submit(rig, 1);
    return false;
}

/* One after the other: if the second is there, it is the last. */
static bool one_after_the_other(struct cut_rig *rig, unsigned step) {
    CHECK(cut_rig_write(rig, step, 0, step, 2, false));
    cut_rig_submit(rig, step);
    cut_rig_look(rig, step);
    if (step == 0) {
        cut_rig_consume(rig, 0, 1);
    }
    return step == 0;
}

static void writes_that_overlap_in_flight_come_in_either_order(void) {
    const struct model_rules whole = {.unit = 2};
    /* 000, 110, 022, 122, 112 */
    CHECK_EQUAL(5, images_of("vwc:1 nawupf:1", &whole, two_that_overlap, 2000));
    /* Both have completed, and are durable. */
    CHECK_EQUAL(2, images_of("vwc:0 nawupf:1", &whole, two_that_overlap, 2000));
    /* Two, three and two outcomes of the three blocks. */
    CHECK_EQUAL(12, images_of("vwc:1", &one_block, two_that_overlap, 5000));
    /* The first is lost block by block, as it was completed. */
    CHECK_EQUAL(6, images_of("vwc:1 nawupf:1", &whole, one_after_the_other, 2000));
}

static bool four_blocks(struct cut_rig *rig, unsigned step) {
    (void)step;
    CHECK(cut_rig_write(rig, 0, 0, 2, 4, false));
    cut_rig_submit(rig, 0);
    return false;
}

static bool four_blocks_and_their_completion(struct cut_rig *rig, unsigned step) {
    four_blocks(rig, step);
    cut_rig_look(rig, 0);
    cut_rig_consume(rig, 0, 1);
    return false;
}

static void a_write_is_torn_beyond_the_unit_and_across_boundaries(void) {
    const struct model_rules whole = {.unit = 4};
    const struct model_rules crossing = {.unit = 4, .stretch = 4, .first = 0};
    const struct model_rules within = {.unit = 4, .stretch = 4, .first = 2};
    CHECK_EQUAL(2, images_of("vwc:1 nawupf:3", &whole, four_blocks, 1000));
    CHECK_EQUAL(2, images_of("vwc:1 awupf:3", &whole, four_blocks, 1000));
    CHECK_EQUAL(16, images_of("vwc:1 nawupf:2", &one_block, four_blocks, 5000));
    CHECK_EQUAL(16, images_of("vwc:1 nawupf:3 nabspf:3", &crossing, four_blocks, 5000));
    CHECK_EQUAL(2, images_of("vwc:1 nawupf:3 nabspf:3 nabo:2", &within, four_blocks, 1000));
    CHECK_EQUAL(16, images_of("vwc:1 nawupf:3", &whole, four_blocks_and_their_completion, 5000));
}

/* A Read with FUA decides the block that it reads, and that one alone. */
static bool a_read_of_one_of_two(struct cut_rig *rig, unsigned step) {
    (void)step;
    CHECK(cut_rig_write(rig, 0, 0, 0, 1, false));
    CHECK(cut_rig_write(rig, 0, 0, 1, 1, false));
    complete(rig);
    CHECK(cut_rig_read(rig, 0, 0, 0, 1));
    complete(rig);
    return false;
}

static bool a_durable_write_behind_another(struct cut_rig *rig, unsigned step) {
    (void)step;
    CHECK(cut_rig_write(rig, 0, 0, 0, 1, false));
    CHECK(cut_rig_write(rig, 0, 0, 1, 1, true));
    complete(rig);
    return false;
}

static void what_is_durable_decides_no_other_block(void) {
    CHECK_EQUAL(2, images_of("vwc:1", &one_block, a_read_of_one_of_two, 1000));
    CHECK_EQUAL(2, images_of("vwc:1", &one_block, a_durable_write_behind_another, 1000));
}

static bool a_flush_of_another_namespace(struct cut_rig *rig, unsigned step) {
    (void)step;
    CHECK(cut_rig_write(rig, 0, 0, 0, 1, false));
    complete(rig);
    CHECK(cut_rig_flush(rig, 0, 1));
    complete(rig);
    return false;
}

/* It is executed long after the completion was consumed. */
static bool a_flush_that_takes_its_time(struct cut_rig *rig, unsigned step) {
    (void)step;
    CHECK(cut_rig_write(rig, 0, 0, 0, 1, false));
    cut_rig_submit(rig, 0);
    while (rig->queues[0].seen == rig->queues[0].rings.head) {
        bare_run(&rig->bare, 1);
        cut_rig_look(rig, 0);
    }
    CHECK(cut_rig_flush(rig, 1, 0));
    cut_rig_submit(rig, 1);
    cut_rig_consume(rig, 0, 1);
    while (rig->queues[1].seen == rig->queues[1].rings.head) {
        bare_run(&rig->bare, 2);
        cut_rig_look(rig, 1);
    }
    return false;
}

static void a_flush_that_does_not_cover_decides_nothing(void) {
    CHECK_EQUAL(2, images_of("vwc:1", &one_block, a_flush_of_another_namespace, 500));
    CHECK_EQUAL(2, images_of("vwc:1 latency:200us", &one_block, a_flush_that_takes_its_time, 500));
}

int main(void) {
    RUN(ten_writes_and_two_flushes_leave_63_11_and_94_images);
    RUN(writes_that_overlap_in_flight_come_in_either_order);
    RUN(a_write_is_torn_beyond_the_unit_and_across_boundaries);
    RUN(what_is_durable_decides_no_other_block);
    RUN(a_flush_that_does_not_cover_decides_nothing);
    return 0;
}
