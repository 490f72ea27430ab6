/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What goes wrong with a controller as a whole, as the rules of a drive say: it fails, is never ready, is
 * removed and comes back, takes no writes, runs out of spare, is too hot.
 */
#include <errno.h>
#include <sched.h>

#include "admin.h"
#include "bare_device.h"
#include "check.h"
#include "clock.h"
#include "device/health.h"
#include "fixture.h"

#define DEPTH 8
#define MS 1000000
#define PATIENCE_MS 10000

static char text[512];
static const char *const modes[] = {"inline", "threaded"};

struct rig {
    n4j_drive *drive;
    char keys[300];
    struct disk disk;
    struct buffer data;
};

static void drive_of(struct rig *rig, const char *mode, const char *faults) {
    char id[512];
    snprintf(rig->keys, sizeof(rig->keys), "drive:one size:1M mode:%s faults:%s", mode, faults);
    snprintf(id, sizeof(id), "trtype:EMBEDDED %s", rig->keys);
    CHECK_EQUAL(0, n4j_drive_open(id, &rig->drive, text, sizeof(text)));
}

static void attach(struct rig *rig) {
    rig->disk = disk_open(rig->keys, DEPTH);
    rig->data = buffer_alloc(&rig->disk, PAGE);
}

static void rig_open(struct rig *rig, const char *mode, const char *faults) {
    drive_of(rig, mode, faults);
    attach(rig);
}

static void detach(struct rig *rig) {
    buffer_free(&rig->data);
    disk_close(&rig->disk);
}

static void rig_close(struct rig *rig) {
    detach(rig);
    CHECK_EQUAL(0, n4j_drive_close(rig->drive, text, sizeof(text)));
}

static n4j_submission command(const struct rig *rig, uint8_t opcode, uint64_t tag) {
    n4j_submission submission = io_command(opcode, tag, 1);
    submission.prp1 = rig->data.iovas[0];
    submission.tag = tag;
    return submission;
}

static uint16_t run(struct rig *rig, uint8_t opcode) {
    const n4j_submission submission = command(rig, opcode, 1);
    return disk_run(&rig->disk, &submission);
}

/* Submits commands until the queue pair has failed: each is told of once, some as given up. */
static void run_into_failure(struct rig *rig) {
    n4j_completion completions[DEPTH];
    unsigned told[DEPTH] = {0};
    unsigned given_up = 0;
    int count = 0;
    for (uint64_t tag = 0; tag < DEPTH; tag++) {
        const n4j_submission read = command(rig, NVME_READ, tag);
        CHECK_EQUAL(0, n4j_qpair_process(rig->disk.qpair, &read, 1, NULL, 0));
    }
    const uint64_t deadline_ms = n4j_now_ms() + PATIENCE_MS;
    while ((count = n4j_qpair_process(rig->disk.qpair, NULL, 0, completions, DEPTH)) >= 0) {
        CHECK(n4j_now_ms() < deadline_ms);
        for (int i = 0; i < count; i++) {
            told[completions[i].tag]++;
            given_up += completions[i].error == ENXIO;
        }
    }
    CHECK_EQUAL(-ENXIO, count);
    for (unsigned tag = 0; tag < DEPTH; tag++) {
        CHECK_EQUAL(1, told[tag]);
    }
    CHECK(given_up > 0);
}

static void make_qpair_anew(struct rig *rig) {
    CHECK_EQUAL(0, n4j_qpair_destroy(rig->disk.qpair));
    CHECK_EQUAL(0,
                n4j_qpair_create(rig->disk.ctrlr, DEPTH, 0, &rig->disk.qpair, text, sizeof(text)));
}

static void a_reset_brings_back_what_has_failed(void) {
    for (unsigned mode = 0; mode < 2; mode++) {
        struct rig rig;
        rig_open(&rig, modes[mode], "any,command=4,fatal");
        run_into_failure(&rig);
        CHECK_EQUAL(0, n4j_ctrlr_reset(rig.disk.ctrlr, 1000, text, sizeof(text)));
        make_qpair_anew(&rig);
        CHECK_EQUAL(NVME_SUCCESS, run(&rig, NVME_WRITE));
        n4j_injected injected;
        CHECK_EQUAL(1, n4j_drive_history(rig.drive, 0, &injected, 1));
        CHECK_EQUAL(4, injected.command);
        rig_close(&rig);
    }
}

static void it_may_fail_when_it_is_enabled(void) {
    struct rig rig;
    drive_of(&rig, "inline", "enable,command=1,fatal;enable,command=3,fatal");
    CHECK_CONTAINS("it has failed (CSTS.CFS)", attach_error(rig.keys, -EIO));
    attach(&rig);
    CHECK_EQUAL(-EIO, n4j_ctrlr_reset(rig.disk.ctrlr, 1000, text, sizeof(text)));
    CHECK_CONTAINS("it has failed (CSTS.CFS)", text);
    CHECK_EQUAL(0, n4j_ctrlr_reset(rig.disk.ctrlr, 1000, text, sizeof(text)));
    make_qpair_anew(&rig);
    CHECK_EQUAL(NVME_SUCCESS, run(&rig, NVME_READ));
    n4j_injected injected;
    CHECK_EQUAL(2, n4j_drive_history(rig.drive, 1, &injected, 1));
    CHECK_EQUAL(3, injected.command);
    CHECK_EQUAL(0, injected.queue);
    rig_close(&rig);
}

static void it_may_take_its_time_to_be_ready(void) {
    for (unsigned mode = 0; mode < 2; mode++) {
        struct rig rig;
        drive_of(&rig, modes[mode], "enable,slow=30ms");
        const uint64_t begin = n4j_now_ns();
        attach(&rig);
        CHECK(n4j_now_ns() - begin >= 30 * MS);
        CHECK_EQUAL(NVME_SUCCESS, run(&rig, NVME_READ));
        rig_close(&rig);
    }
}

static void a_controller_that_is_never_ready_takes_no_command(void) {
    struct bare_device bare = bare_open("faults:enable,command=1,stuck", false);
    const uint32_t aqa = 7 | 7 << NVME_AQA_ACQS_SHIFT;
    CHECK_EQUAL(0, bare_enable(&bare, aqa));
    const struct nvme_sqe identify = {.opc = NVME_IDENTIFY, .prp1 = bare.page_iova, .cdw10 = 1};
    struct bare_completion completion;
    bare_submit(&bare, &bare.admin, 0, &identify);
    for (unsigned i = 0; i < 100; i++) {
        bare_run(&bare, 0);
        CHECK(!bare_reap(&bare, &bare.admin, 0, &completion));
        CHECK_EQUAL(0, atomic_load(&bare.registers->csts));
    }
    CHECK_EQUAL(0, bare_set_cc(&bare, 0));
    CHECK_EQUAL(NVME_CSTS_RDY, bare_enable(&bare, aqa));
    bare_close(&bare);
}

static void what_was_removed_is_gone_until_it_is_attached_to(void) {
    for (unsigned mode = 0; mode < 2; mode++) {
        struct rig rig;
        rig_open(&rig, modes[mode], "any,command=4,removed");
        const uint64_t begin_ms = n4j_now_ms();
        run_into_failure(&rig);
        for (unsigned i = 0; i < 3; i++) {
            CHECK_EQUAL(-ENXIO, n4j_ctrlr_reset(rig.disk.ctrlr, 1000, text, sizeof(text)));
            CHECK_CONTAINS("it is gone, its registers read all ones", text);
        }
        n4j_qpair *qpair;
        CHECK_EQUAL(-ENXIO, n4j_qpair_create(rig.disk.ctrlr, 1, 0, &qpair, text, sizeof(text)));
        detach(&rig);
        CHECK(n4j_now_ms() - begin_ms < PATIENCE_MS);
        attach(&rig);
        CHECK_EQUAL(NVME_SUCCESS, run(&rig, NVME_READ));
        rig_close(&rig);
    }
}

static void what_was_removed_for_a_time_is_found_by_a_reset(void) {
    for (unsigned mode = 0; mode < 2; mode++) {
        struct rig rig;
        rig_open(&rig, modes[mode], "any,command=4,removed=20ms");
        run_into_failure(&rig);
        const uint64_t deadline_ms = n4j_now_ms() + PATIENCE_MS;
        int code;
        while ((code = n4j_ctrlr_reset(rig.disk.ctrlr, 1000, text, sizeof(text))) != 0) {
            CHECK_EQUAL(-ENXIO, code);
            CHECK(n4j_now_ms() < deadline_ms);
            sched_yield();
        }
        make_qpair_anew(&rig);
        CHECK_EQUAL(NVME_SUCCESS, run(&rig, NVME_WRITE));
        rig_close(&rig);
    }
}

static void what_is_removed_when_it_is_enabled_can_not_be_attached_to(void) {
    struct rig rig;
    drive_of(&rig, "inline", "enable,command=1,removed");
    CHECK_CONTAINS("it is gone", attach_error(rig.keys, -ENXIO));
    attach(&rig);
    CHECK_EQUAL(NVME_SUCCESS, run(&rig, NVME_READ));
    rig_close(&rig);
}

static void all_registers_of_what_is_removed_read_ones_whatever_is_written(void) {
    struct bare_device bare = bare_open("faults:enable,command=2,removed", true);
    const _Atomic uint32_t *words = (const _Atomic uint32_t *)(const void *)bare.registers;
    bare_set_cc(&bare, 0);
    bare_enable(&bare, 7 | 7 << NVME_AQA_ACQS_SHIFT);
    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 1024; i++) {
            CHECK_EQUAL(UINT32_MAX, atomic_load(&words[i]));
        }
        atomic_store(&bare.registers->aqa, 7);
        atomic_store(bare_doorbell(&bare, 0, false), 1);
        bare_set_cc(&bare, round);
    }
    bare_close(&bare);
}

/* ---- health ---- */

static uint32_t await_event(struct rig *rig) {
    const uint64_t deadline_ms = n4j_now_ms() + PATIENCE_MS;
    n4j_completion completion;
    while (n4j_ctrlr_admin_process(rig->disk.ctrlr, &completion, 1) != 1) {
        CHECK(n4j_now_ms() < deadline_ms);
        sched_yield();
    }
    CHECK_EQUAL((uint64_t)N4J_ADMIN_EVENT, completion.tag);
    return completion.cdw0;
}

static const struct nvme_smart_log *smart(struct rig *rig) {
    const n4j_submission get = {.opc = NVME_GET_LOG_PAGE,
                                .nsid = NVME_NSID_ALL,
                                .prp1 = rig->data.iovas[0],
                                .cdw10 = NVME_LOG_SMART_HEALTH | 127u << 16,
                                .data_form = N4J_DATA_PRP};
    CHECK_EQUAL(NVME_SUCCESS, disk_admin(&rig->disk, &get, NULL));
    return (const struct nvme_smart_log *)(const void *)rig->data.data;
}

static uint32_t smart_event(uint32_t information) {
    return NVME_EVENT(NVME_EVENT_SMART_HEALTH, information, NVME_LOG_SMART_HEALTH);
}

static void read_only_media_take_no_writes(void) {
    struct rig rig;
    rig_open(&rig, "threaded", "any,command=3,read-only;any,command=9,mended");
    CHECK_EQUAL(NVME_SUCCESS, run(&rig, NVME_WRITE));
    CHECK_EQUAL(0, smart(&rig)->critical_warning);
    CHECK_EQUAL(NVME_SUCCESS, run(&rig, NVME_READ));
    CHECK_EQUAL(NVME_SUCCESS, run(&rig, NVME_READ));
    CHECK_EQUAL(smart_event(NVME_EVENT_RELIABILITY), await_event(&rig));
    CHECK_EQUAL(NVME_SMART_READ_ONLY, smart(&rig)->critical_warning);
    CHECK_EQUAL(0x182, run(&rig, NVME_WRITE));
    CHECK_EQUAL(0x182, run(&rig, NVME_WRITE_ZEROES));
    CHECK_EQUAL(0x182, run(&rig, NVME_DATASET_MANAGEMENT));
    CHECK_EQUAL(NVME_SUCCESS, run(&rig, NVME_READ));
    detach(&rig); /* it is the drive that is so */
    attach(&rig);
    CHECK_EQUAL(NVME_SMART_READ_ONLY, smart(&rig)->critical_warning);
    CHECK_EQUAL(0x182, run(&rig, NVME_WRITE));
    CHECK_EQUAL(NVME_SUCCESS, run(&rig, NVME_READ));
    CHECK_EQUAL(NVME_SUCCESS, run(&rig, NVME_WRITE));
    CHECK_EQUAL(0, smart(&rig)->critical_warning);
    rig_close(&rig);
}

static void a_fused_pair_that_would_write_read_only_media_fails(void) {
    struct rig rig;
    rig_open(&rig, "inline", "enable,read-only");
    n4j_submission pair[2] = {command(&rig, NVME_COMPARE, 0), command(&rig, NVME_WRITE, 0)};
    n4j_completion completions[2];
    pair[0].flags = NVME_FUSE_FIRST;
    pair[1].flags = NVME_FUSE_SECOND;
    CHECK_EQUAL(0, n4j_qpair_process(rig.disk.qpair, pair, 2, NULL, 0));
    disk_reap(&rig.disk, completions, 2);
    CHECK_EQUAL(NVME_ABORTED_FAILED_FUSED, NVME_STATUS_CODE(completions[0].status));
    CHECK_EQUAL(NVME_READ_ONLY_RANGE, NVME_STATUS_CODE(completions[1].status));
    rig_close(&rig);
}

static void little_spare_is_told_of(void) {
    struct rig rig;
    rig_open(&rig, "inline", "any,command=1,spare=10;any,command=2,spare=9");
    CHECK_EQUAL(NVME_SUCCESS, run(&rig, NVME_READ));
    CHECK_EQUAL(10, smart(&rig)->available_spare);
    CHECK_EQUAL(0, smart(&rig)->critical_warning);
    CHECK_EQUAL(NVME_SUCCESS, run(&rig, NVME_READ));
    CHECK_EQUAL(smart_event(NVME_EVENT_SPARE_BELOW_THRESHOLD), await_event(&rig));
    CHECK_EQUAL(9, smart(&rig)->available_spare);
    CHECK_EQUAL(NVME_SMART_SPARE, smart(&rig)->critical_warning);
    rig_close(&rig);
}

static void a_hot_controller_is_slow(void) {
    struct rig rig;
    rig_open(&rig, "inline", "any,command=2,throttled=20ms;any,command=3,mended");
    CHECK_EQUAL(NVME_SUCCESS, run(&rig, NVME_READ));
    const uint64_t begin = n4j_now_ns();
    CHECK_EQUAL(NVME_SUCCESS, run(&rig, NVME_READ));
    CHECK(n4j_now_ns() - begin >= 20 * MS);
    CHECK_EQUAL(smart_event(NVME_EVENT_TEMPERATURE_THRESHOLD), await_event(&rig));
    const struct nvme_smart_log *log = smart(&rig);
    CHECK_EQUAL(NVME_SMART_TEMPERATURE, log->critical_warning);
    CHECK_EQUAL(HEALTH_HOT_KELVIN,
                log->composite_temperature[0] | log->composite_temperature[1] << 8);
    CHECK_EQUAL(NVME_SUCCESS, run(&rig, NVME_READ));
    CHECK_EQUAL(0, smart(&rig)->critical_warning);
    rig_close(&rig);
}

static void what_is_no_rule_says_why(void) {
    static const char *const cases[][2] = {
        {"faults:enable,lba=0+1,stuck", "without lba"},
        {"faults:enable,fails=6", "without lba"},
        {"faults:enable,dropped", "without lba"},
        {"faults:enable", "wants one effect"},
        {"faults:any,removed=0ms", "takes a time"},
        {"faults:any,spare=101", "takes a percentage"},
        {"faults:any,spare", "is unknown"},
        {"faults:any,throttled=2h", "takes a time"},
        {"faults:any,fatal=1", "is unknown"},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK_CONTAINS(cases[i][1], attach_error(cases[i][0], -EINVAL));
    }
}

int main(void) {
    RUN(a_reset_brings_back_what_has_failed);
    RUN(it_may_fail_when_it_is_enabled);
    RUN(it_may_take_its_time_to_be_ready);
    RUN(a_controller_that_is_never_ready_takes_no_command);
    RUN(what_was_removed_is_gone_until_it_is_attached_to);
    RUN(what_was_removed_for_a_time_is_found_by_a_reset);
    RUN(what_is_removed_when_it_is_enabled_can_not_be_attached_to);
    RUN(all_registers_of_what_is_removed_read_ones_whatever_is_written);
    RUN(read_only_media_take_no_writes);
    RUN(a_fused_pair_that_would_write_read_only_media_fails);
    RUN(little_spare_is_told_of);
    RUN(a_hot_controller_is_slow);
    RUN(what_is_no_rule_says_why);
    return 0;
}
