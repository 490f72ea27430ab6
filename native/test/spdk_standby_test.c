/* SPDX-License-Identifier: Apache-2.0 */

/* Commands on standby over SPDK: submitted from within its callbacks. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "spdk_rig.h"

/* A rig whose queue pair has commands on standby. */
static struct rig open_standby_rig(const char *trtype, uint32_t depth, uint32_t standby) {
    struct rig rig = open_rig(trtype, depth, (1 + standby) * BLOCK);
    CHECK(n4j_qpair_destroy(rig.qpair) == 0);
    CHECK(n4j_qpair_create(rig.ctrlr, depth, standby, &rig.qpair, text, sizeof(text)) == 0);
    return rig;
}

/* Each block is read to a place of its own; the next read of that place waits for it. */
static void all_data_arrive(const char *trtype, uint32_t depth, uint32_t standby) {
    enum { AREA = 256, READS = 20000 };
    struct rig rig = open_standby_rig(trtype, depth, standby);
    const uint32_t room = depth + standby;
    uint8_t expected[BLOCK];
    for (uint32_t lba = 0; lba < AREA; lba++) {
        fill(rig.memory, BLOCK, lba, 3);
        CHECK_STATUS(one(rig.qpair, io(WRITE, DATA_NSID, lba, 1, rig.memory)), 0);
    }
    n4j_submission *batch = calloc(room, sizeof(*batch));
    n4j_completion *completions = calloc(room, sizeof(*completions));
    uint32_t *lbas = calloc(room, sizeof(*lbas));
    uint32_t *places = calloc(room, sizeof(*places)); /* those that are free, a stack */
    uint32_t free_places = 0;
    while (free_places < room) {
        places[free_places] = free_places;
        free_places++;
    }
    uint32_t issued = 0;
    uint32_t completed = 0;
    double deadline = seconds() + 60;
    while (completed < READS) {
        uint32_t count = 0;
        uint32_t wanted = (uint32_t)rand() % (room + 1);
        while (count < wanted && free_places > 0 && issued < READS) {
            uint32_t place = places[--free_places];
            lbas[place] = (uint32_t)rand() % AREA;
            batch[count] = io(READ, DATA_NSID, lbas[place], 1, rig.memory + place * BLOCK);
            batch[count++].tag = place;
            issued++;
        }
        int reaped = n4j_qpair_process(rig.qpair, batch, count, completions, room);
        CHECK(reaped >= 0 && seconds() < deadline);
        for (int i = 0; i < reaped; i++) {
            uint32_t place = (uint32_t)completions[i].tag;
            CHECK_STATUS(completions[i], 0);
            fill(expected, BLOCK, lbas[place], 3);
            CHECK(memcmp(expected, rig.memory + place * BLOCK, BLOCK) == 0);
            memset(rig.memory + place * BLOCK, 0, BLOCK);
            places[free_places++] = place;
        }
        completed += (uint32_t)reaped;
    }
    CHECK(free_places == room);
    free(batch);
    free(completions);
    free(lbas);
    free(places);
    close_rig(&rig);
}

/* SPDK calls back for some within the submission; others it refuses, or the shim does. */
static void what_can_not_be_submitted_makes_way(const char *trtype) {
    enum { STANDBY = 600, COUNT = 1 + STANDBY };
    struct rig rig = open_standby_rig(trtype, 1, STANDBY);
    static n4j_submission batch[COUNT];
    static n4j_completion completions[COUNT];
    static uint8_t not_for_dma[BLOCK];
    static uint8_t seen[COUNT];
    memset(seen, 0, sizeof(seen));
    for (uint32_t i = 0; i < COUNT; i++) {
        batch[i] = io(READ, DATA_NSID, i, 1, rig.memory + i * BLOCK);
        batch[i].tag = i;
        if (i % 3 == 1) {
            batch[i].data_form = N4J_DATA_SGL;
        } else if (i % 3 == 2 && strcmp(trtype, "TCP") != 0) {
            batch[i].data = (uintptr_t)not_for_dma;
        }
    }
    uint32_t done = (uint32_t)n4j_qpair_process(rig.qpair, batch, COUNT, completions, COUNT);
    double deadline = seconds() + 10;
    while (done < COUNT) {
        int more = n4j_qpair_process(rig.qpair, NULL, 0, completions + done, COUNT - done);
        CHECK(more >= 0 && seconds() < deadline);
        done += (uint32_t)more;
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        uint64_t tag = completions[i].tag;
        bool is_good = tag % 3 == 0 || (tag % 3 == 2 && strcmp(trtype, "TCP") == 0);
        CHECK(seen[tag]++ == 0);
        CHECK(is_good == (completions[i].error == 0 && completions[i].status == 0));
    }
    CHECK_STATUS(one(rig.qpair, io(READ, DATA_NSID, 0, 1, rig.memory)), 0);
    close_rig(&rig);
}

static void a_killed_target_gives_them_back(const char *trtype) {
    enum { DEPTH = 4, STANDBY = 12, COUNT = DEPTH + STANDBY };
    struct rig rig = open_standby_rig(trtype, DEPTH, STANDBY);
    n4j_completion completion;
    uint32_t seen = 0;
    for (uint64_t tag = 0; tag < COUNT; tag++) {
        n4j_submission read = io(READ, SLOW_NSID, tag, 1, rig.memory + tag * BLOCK);
        read.tag = tag;
        CHECK(n4j_qpair_process(rig.qpair, &read, 1, &completion, 1) == 0);
    }
    CHECK(n4j_qpair_abort(rig.qpair, COUNT - 1) == -ENOENT);
    stop_target();
    double deadline = seconds() + 30;
    int count = 0;
    while ((count = n4j_qpair_process(rig.qpair, NULL, 0, &completion, 1)) >= 0) {
        CHECK(seconds() < deadline);
        if (count == 1) {
            CHECK(completion.error == ENXIO && (seen >> completion.tag & 1) == 0);
            seen |= 1u << completion.tag;
        }
    }
    CHECK(count == -ENXIO && seen == (1u << COUNT) - 1);
    close_rig(&rig);
    start_target();
}

static void a_queue_pair_is_destroyed_with_them(const char *trtype) {
    enum { DEPTH = 2, STANDBY = 6 };
    struct rig rig = open_standby_rig(trtype, DEPTH, STANDBY);
    n4j_submission batch[DEPTH + STANDBY];
    for (uint64_t i = 0; i < DEPTH + STANDBY; i++) {
        batch[i] = io(READ, NULL_NSID, i, 1, rig.memory + i * BLOCK);
    }
    CHECK(n4j_qpair_process(rig.qpair, batch, DEPTH + STANDBY, NULL, 0) == 0);
    close_rig(&rig);
}

int main(void) {
    static const char *const trtypes[] = {"VFIOUSER", "TCP"};
    static const uint32_t shapes[][2] = {{1, 1}, {1, 16}, {2, 1}, {32, 32}, {64, 200}};
    has_slow_namespace = true;
    begin();
    for (int i = 0; i < 2; i++) {
        for (unsigned j = 0; j < sizeof(shapes) / sizeof(shapes[0]); j++) {
            all_data_arrive(trtypes[i], shapes[j][0], shapes[j][1]);
        }
        what_can_not_be_submitted_makes_way(trtypes[i]);
        a_queue_pair_is_destroyed_with_them(trtypes[i]);
        a_killed_target_gives_them_back(trtypes[i]);
    }
    puts("ok");
    finish(0);
}
