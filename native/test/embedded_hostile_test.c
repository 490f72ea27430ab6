/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Devices that tell anything of themselves: embedded_hostile_test [DEVICES [FIRST_SEED]]. Each can be
 * attached to and works, or is refused with a sentence; nothing crashes, nothing takes long, and nothing
 * is allocated by what a field says.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "admin.h"
#include "check.h"
#include "clock.h"
#include "fixture.h"

#define DEVICES 2000
#define DEPTH 4
#define LIMIT_MS 20000
#define IO_LIMIT_MS 50

static char text[512];
static unsigned devices = DEVICES;
static unsigned first_seed = 1;

static n4j_ctrlr *attach(const char *keys, int *code) {
    char id[300];
    n4j_ctrlr *ctrlr = NULL;
    text[0] = '\0';
    snprintf(id, sizeof(id), "trtype:EMBEDDED traddr:null %s", keys);
    *code = n4j_ctrlr_attach(id, NULL, &ctrlr, text, sizeof(text));
    return ctrlr;
}

/* All that is told, whatever it is. */
static void ask(struct disk *disk, const struct buffer *data) {
    static const struct {
        uint8_t opcode;
        uint32_t cdw10;
    } questions[] = {{NVME_IDENTIFY, NVME_CNS_NAMESPACE},
                     {NVME_IDENTIFY, NVME_CNS_CONTROLLER},
                     {NVME_IDENTIFY, NVME_CNS_ACTIVE_NAMESPACES},
                     {NVME_IDENTIFY, NVME_CNS_NAMESPACE_DESCRIPTORS},
                     {NVME_GET_LOG_PAGE, NVME_LOG_ERROR_INFORMATION | 1023u << 16},
                     {NVME_GET_LOG_PAGE, NVME_LOG_SMART_HEALTH | 127u << 16},
                     {NVME_GET_FEATURES, NVME_FID_NUMBER_OF_QUEUES},
                     {NVME_GET_FEATURES, NVME_FID_TEMPERATURE_THRESHOLD}};
    for (unsigned i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
        const n4j_submission question = {.opc = questions[i].opcode,
                                         .nsid = questions[i].opcode == NVME_IDENTIFY ? 1 : 0,
                                         .prp1 = data->iovas[0],
                                         .cdw10 = questions[i].cdw10,
                                         .data_form = N4J_DATA_PRP};
        disk_admin(disk, &question, NULL);
    }
}

/* Whether it completes, which it never does where doorbells are not where CAP.DSTRD says. */
static bool run(const struct disk *disk, const n4j_submission *command) {
    const uint64_t deadline_ms = n4j_now_ms() + IO_LIMIT_MS;
    n4j_completion completion = {.tag = 1};
    int count = n4j_qpair_process(disk->qpair, command, 1, &completion, 1);
    while (count == 0 && n4j_now_ms() < deadline_ms) {
        sched_yield();
        count = n4j_qpair_process(disk->qpair, NULL, 0, &completion, 1);
    }
    CHECK(count <= 0 || (completion.error == 0 && completion.status == NVME_SUCCESS));
    return count == 1;
}

/* A few I/Os, and again after a reset. */
static void use(struct disk *disk) {
    struct buffer data = buffer_alloc(disk, PAGE);
    ask(disk, &data);
    for (unsigned round = 0; round < 2; round++) {
        const uint64_t depth_max = n4j_ctrlr_property(disk->ctrlr, N4J_PROPERTY_MAX_DEPTH);
        CHECK(depth_max > 0 && n4j_ctrlr_property(disk->ctrlr, N4J_PROPERTY_MAX_QPAIRS) > 0);
        const uint32_t depth = depth_max < DEPTH ? (uint32_t)depth_max : DEPTH;
        if (n4j_qpair_create(disk->ctrlr, depth, 0, &disk->qpair, text, sizeof(text)) != 0) {
            CHECK(strlen(text) > 10);
            break;
        }
        bool works = true;
        for (uint32_t i = 0; i < 2 * depth && works; i++) {
            n4j_submission command = io_command(i % 2 == 0 ? NVME_WRITE : NVME_READ, i, 1);
            command.prp1 = data.iovas[0];
            works = run(disk, &command);
        }
        CHECK_EQUAL(0, n4j_qpair_destroy(disk->qpair));
        if (round == 0 && n4j_ctrlr_reset(disk->ctrlr, 1000, text, sizeof(text)) != 0) {
            CHECK(strlen(text) > 10);
            break;
        }
    }
    buffer_free(&data);
}

/* Returns whether it could be attached to. */
static bool meet(unsigned seed) {
    char keys[100];
    int code;
    snprintf(keys, sizeof(keys), "seed:%u overrides:random%s", seed,
             seed % 16 == 0 ? " mode:threaded" : "");
    const uint64_t begin_ms = n4j_now_ms();
    struct disk disk = {.ctrlr = attach(keys, &code)};
    if (code == 0) {
        use(&disk);
        CHECK_EQUAL(0, n4j_ctrlr_detach(disk.ctrlr, text, sizeof(text)));
    } else if (strlen(text) < 20) {
        check_failed(keys, 0, "is refused without a sentence");
    }
    if (n4j_now_ms() - begin_ms > LIMIT_MS) {
        check_failed(keys, 0, "takes too long");
    }
    return code == 0;
}

static void a_device_that_tells_anything_works_or_is_refused(void) {
    unsigned attached = 0;
    for (unsigned i = 0; i < devices; i++) {
        attached += meet(first_seed + i);
    }
    printf("    seeds %u to %u: %u of %u attached to\n", first_seed, first_seed + devices - 1,
           attached, devices);
    CHECK(attached > devices / 4 && attached < devices);
}

static void check_refused(const char *keys, const char *says) {
    int code;
    CHECK(attach(keys, &code) == NULL);
    CHECK_EQUAL(-EIO, code);
    CHECK_CONTAINS(says, text);
}

static void what_the_driver_cannot_use_is_refused_with_a_sentence(void) {
    check_refused("overrides:cap=2478010000", "room for nothing (CAP.MQES)");
    check_refused("overrides:cap=0478010fff", "no NVM Command Set (CAP.CSS)");
    check_refused("overrides:cap=1002478010fff", "memory pages of 8 KiB or more");
    check_refused("overrides:cap=f002478010fff", "memory pages of 131072 KiB or more");
    check_refused("overrides:cap=2f78010fff", "doorbells lie outside");
}

/* The admin queue and one more are all whose doorbells are in its memory. */
static void there_are_no_more_queue_pairs_than_have_doorbells(void) {
    int code;
    n4j_ctrlr *ctrlr = attach("overrides:feature-7=ffffffff", &code);
    CHECK_EQUAL(0, code);
    CHECK_EQUAL(64, n4j_ctrlr_property(ctrlr, N4J_PROPERTY_MAX_QPAIRS));
    CHECK_EQUAL(0, n4j_ctrlr_detach(ctrlr, text, sizeof(text)));
    ctrlr = attach("overrides:feature-7=0", &code);
    CHECK_EQUAL(1, n4j_ctrlr_property(ctrlr, N4J_PROPERTY_MAX_QPAIRS));
    CHECK_EQUAL(0, n4j_ctrlr_detach(ctrlr, text, sizeof(text)));
}

static void never_ready_is_told_after_the_time_that_it_may_take(void) {
    int code;
    const uint64_t begin_ms = n4j_now_ms();
    CHECK(attach("overrides:cap=2401010fff faults:enable,stuck", &code) == NULL);
    CHECK_EQUAL(-ETIMEDOUT, code);
    CHECK_CONTAINS("longer than it says (CAP.TO)", text);
    CHECK(n4j_now_ms() - begin_ms >= 500 && n4j_now_ms() - begin_ms < LIMIT_MS);
}

/* What is told, byte by byte. */
static void what_is_overridden_is_told_so_and_nothing_else(void) {
    struct disk disk = disk_open("overrides:identify-1@77=ff;log-2@0=08;log-2@510=0102;"
                                 "feature-4=12345;vs=10400",
                                 1);
    struct disk plain = disk_open("", 1);
    struct buffer data = buffer_alloc(&disk, PAGE);
    struct buffer other = buffer_alloc(&plain, PAGE);
    n4j_submission identify = {.opc = NVME_IDENTIFY,
                               .prp1 = data.iovas[0],
                               .cdw10 = NVME_CNS_CONTROLLER,
                               .data_form = N4J_DATA_PRP};
    CHECK_EQUAL(NVME_SUCCESS, disk_admin(&disk, &identify, NULL));
    identify.prp1 = other.iovas[0];
    CHECK_EQUAL(NVME_SUCCESS, disk_admin(&plain, &identify, NULL));
    CHECK_EQUAL(0xff, data.data[77]);
    CHECK_EQUAL(8, other.data[77]);
    CHECK(memcmp(data.data + 80, other.data + 80, 688) == 0); /* CNTLID is before, SUBNQN after */
    const n4j_submission get_log = {.opc = NVME_GET_LOG_PAGE,
                                    .prp1 = data.iovas[0],
                                    .cdw10 = NVME_LOG_SMART_HEALTH | 127u << 16,
                                    .data_form = N4J_DATA_PRP};
    CHECK_EQUAL(NVME_SUCCESS, disk_admin(&disk, &get_log, NULL));
    CHECK_EQUAL(8, data.data[0]);
    CHECK_EQUAL(100, data.data[3]);
    CHECK_EQUAL(1, data.data[510]);
    CHECK_EQUAL(2, data.data[511]);
    uint32_t value;
    const n4j_submission get = {.opc = NVME_GET_FEATURES, .cdw10 = 4};
    CHECK_EQUAL(NVME_SUCCESS, disk_admin(&disk, &get, &value));
    CHECK_EQUAL(0x12345, value);
    CHECK_EQUAL(0x10400, n4j_ctrlr_property(disk.ctrlr, N4J_PROPERTY_VS));
    buffer_free(&data);
    buffer_free(&other);
    disk_close(&disk);
    disk_close(&plain);
}

static void what_is_no_override_says_why(void) {
    static const char *const cases[][2] = {
        {"overrides:nonsense", "is none of identify-CNS@OFFSET=BYTES"},
        {"overrides:identify-1", "is not like identify-1@77=ff"},
        {"overrides:identify-100@0=00", "is not like identify-1@77=ff"},
        {"overrides:identify-1@4096=00", "is not like identify-1@77=ff"},
        {"overrides:identify-1@4095=0000", "has no bytes"},
        {"overrides:identify-1@0=", "has no bytes"},
        {"overrides:identify-1@0=f", "has no bytes"},
        {"overrides:identify-1@0=fg", "has no bytes"},
        {"overrides:log-2@0=0011223344556677889900112233445566", "has no bytes"},
        {"overrides:feature-7", "is not like feature-7"},
        {"overrides:feature-7=100000000", "has no value"},
        {"overrides:cap=-1", "has no value"},
        {"overrides:vs=100000000", "has no value"},
        {"overrides:cap=", "has no value"},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK_CONTAINS(cases[i][1], attach_error(cases[i][0], -EINVAL));
    }
}

int main(int argc, char **argv) {
    devices = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : DEVICES;
    first_seed = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;
    RUN(what_is_overridden_is_told_so_and_nothing_else);
    RUN(what_is_no_override_says_why);
    RUN(what_the_driver_cannot_use_is_refused_with_a_sentence);
    RUN(there_are_no_more_queue_pairs_than_have_doorbells);
    RUN(never_ready_is_told_after_the_time_that_it_may_take);
    RUN(a_device_that_tells_anything_works_or_is_refused);
    return 0;
}
