/* SPDX-License-Identifier: Apache-2.0 */

/* Power of drives that is cut and comes back: what a host meets, and what is left of its data. */
#include <errno.h>
#include <sched.h>
#include <unistd.h>

#include "check.h"
#include "clock.h"
#include "fixture.h"

#define BLOCK 512

static char text[512];
static char keys[400];

static n4j_drive *open_drive(const char *more) {
    char id[512];
    n4j_drive *drive = NULL;
    snprintf(keys, sizeof(keys), "drive:one size:1M %s", more);
    snprintf(id, sizeof(id), "trtype:EMBEDDED %s", keys);
    if (n4j_drive_open(id, &drive, text, sizeof(text)) != 0) {
        check_failed(keys, 0, text);
    }
    return drive;
}

static void close_drive(n4j_drive *drive) {
    CHECK_EQUAL(0, n4j_drive_close(drive, text, sizeof(text)));
}

static void power_on(n4j_drive *drive) {
    CHECK_EQUAL(0, n4j_drive_power_on(drive, text, sizeof(text)));
}

static void write_block(struct disk *disk, struct buffer *data, uint64_t lba, uint8_t byte) {
    memset(data->data, byte, BLOCK);
    disk_move(disk, NVME_WRITE, lba, 1, BLOCK, data, 0);
}

static uint8_t read_block(struct disk *disk, struct buffer *data, uint64_t lba) {
    disk_move(disk, NVME_READ, lba, 1, BLOCK, data, 0);
    CHECK(is_filled(data->data, BLOCK, data->data[0]));
    return data->data[0];
}

static void flush(struct disk *disk) {
    const n4j_submission command = {.opc = NVME_FLUSH, .nsid = 1};
    CHECK_EQUAL(NVME_SUCCESS, disk_run(disk, &command));
}

/* Until the controller is known to have failed. */
static void await_failure(struct disk *disk) {
    n4j_completion completions[4];
    const uint64_t deadline_ms = n4j_now_ms() + 20000;
    while (n4j_qpair_process(disk->qpair, NULL, 0, completions, 4) != -ENXIO) {
        CHECK(n4j_now_ms() < deadline_ms);
        sched_yield();
    }
}

/* Of 64 rounds of a write, maybe a Flush, and a cut: how often the write is there. */
static unsigned survivals(const char *more, bool is_flushed, bool is_shut_down) {
    n4j_drive *drive = open_drive(more);
    unsigned survived = 0;
    uint8_t before = 0;
    for (uint8_t round = 1; round <= 64; round++) {
        struct disk disk = disk_open(keys, 4);
        struct buffer data = buffer_alloc(&disk, PAGE);
        write_block(&disk, &data, 7, round);
        if (is_flushed) {
            flush(&disk);
        }
        if (!is_shut_down) {
            n4j_drive_cut_power(drive);
        }
        buffer_free(&data);
        disk_close(&disk);
        if (is_shut_down) {
            n4j_drive_cut_power(drive);
        }
        CHECK_CONTAINS("has no power", attach_error(keys, -ENODEV));
        power_on(drive);
        disk = disk_open(keys, 4);
        data = buffer_alloc(&disk, PAGE);
        const uint8_t left = read_block(&disk, &data, 7);
        CHECK(left == round || left == before);
        survived += left == round;
        before = left;
        buffer_free(&data);
        disk_close(&disk);
    }
    close_drive(drive);
    return survived;
}

static void a_cut_loses_what_is_in_the_cache_alone(void) {
    static const char *const modes[] = {"", "mode:threaded iova:scrambled", "namespaces:2 seed:9"};
    for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        char more[100];
        snprintf(more, sizeof(more), "vwc:1 %s", modes[i]);
        const unsigned unflushed = survivals(more, false, false);
        printf("    %s: %u of 64 unflushed writes were left\n", more, unflushed);
        CHECK(unflushed > 8 && unflushed < 56);
        CHECK_EQUAL(64, survivals(more, true, false));
        CHECK_EQUAL(64, survivals(more, false, true));
        snprintf(more, sizeof(more), "vwc:0 %s", modes[i]);
        CHECK_EQUAL(64, survivals(more, false, false));
        CHECK_EQUAL(64, survivals(modes[i], false, false));
    }
}

/* It has failed for its host, is reset without power in vain, and with it works. */
static void a_controller_is_there_again_after_a_reset(const char *more) {
    n4j_drive *drive = open_drive(more);
    struct disk disk = disk_open(keys, 4);
    struct buffer data = buffer_alloc(&disk, PAGE);
    write_block(&disk, &data, 3, 0x33);
    flush(&disk);
    n4j_drive_cut_power(drive);
    n4j_drive_cut_power(drive);
    n4j_submission read = io_command(NVME_READ, 0, 1);
    read.prp1 = data.iovas[0];
    n4j_completion completion;
    CHECK_EQUAL(1, n4j_qpair_process(disk.qpair, &read, 1, &completion, 1));
    CHECK_EQUAL(ENXIO, completion.error);
    await_failure(&disk);
    CHECK_EQUAL(0, n4j_qpair_destroy(disk.qpair));
    const uint64_t begin = n4j_now_ms();
    CHECK_EQUAL(-EIO, n4j_ctrlr_reset(disk.ctrlr, 1000, text, sizeof(text)));
    CHECK(n4j_now_ms() - begin < 5000);
    power_on(drive);
    power_on(drive);
    CHECK_EQUAL(0, n4j_ctrlr_reset(disk.ctrlr, 1000, text, sizeof(text)));
    CHECK_EQUAL(0, n4j_qpair_create(disk.ctrlr, 4, 0, &disk.qpair, text, sizeof(text)));
    CHECK_EQUAL(0x33, read_block(&disk, &data, 3));
    buffer_free(&data);
    disk_close(&disk);
    close_drive(drive);
}

static void a_controller_is_there_again_in_every_mode(void) {
    a_controller_is_there_again_after_a_reset("");
    a_controller_is_there_again_after_a_reset("vwc:1");
    a_controller_is_there_again_after_a_reset("mode:threaded");
    a_controller_is_there_again_after_a_reset("mode:threaded vwc:1 latency:100us");
}

/* The write that meets the fault has no completion; nor has what comes behind it. */
static void power_is_cut_after_so_many_writes(void) {
    n4j_drive *drive = open_drive("vwc:1 faults:write,after=5,cuts-power");
    struct disk disk = disk_open(keys, 4);
    struct buffer data = buffer_alloc(&disk, PAGE);
    for (uint8_t i = 0; i < 5; i++) {
        write_block(&disk, &data, i, i);
        CHECK_EQUAL(i, read_block(&disk, &data, i));
    }
    n4j_submission write = io_command(NVME_WRITE, 5, 1);
    n4j_completion completion;
    write.prp1 = data.iovas[0];
    CHECK_EQUAL(0, n4j_qpair_process(disk.qpair, &write, 1, NULL, 0));
    disk_reap(&disk, &completion, 1);
    CHECK_EQUAL(ENXIO, completion.error);
    n4j_injected injected;
    CHECK_EQUAL(1, n4j_drive_history(drive, 0, &injected, 1));
    CHECK_EQUAL(11, injected.command);
    buffer_free(&data);
    disk_close(&disk);
    power_on(drive);
    disk = disk_open(keys, 4);
    data = buffer_alloc(&disk, PAGE);
    for (uint8_t i = 0; i < 10; i++) {
        write_block(&disk, &data, i, i); /* it was cut for good */
    }
    buffer_free(&data);
    disk_close(&disk);
    close_drive(drive);
}

static void identify(struct disk *disk, struct buffer *data, uint32_t cns) {
    n4j_submission command = {.opc = NVME_IDENTIFY,
                              .nsid = cns == NVME_CNS_NAMESPACE ? 1 : 0,
                              .cdw10 = cns,
                              .prp1 = data->iovas[0],
                              .data_form = N4J_DATA_PRP};
    CHECK_EQUAL(NVME_SUCCESS, disk_admin(disk, &command, NULL));
}

static void identify_says_what_the_keys_do(void) {
    struct disk disk = disk_open("size:1M vwc:1 awupf:3 nawupf:7 nabspf:15 nabo:4", 1);
    struct buffer data = buffer_alloc(&disk, PAGE);
    identify(&disk, &data, NVME_CNS_CONTROLLER);
    const struct nvme_identify_controller *controller = (void *)data.data;
    CHECK_EQUAL(3, controller->awun);
    CHECK_EQUAL(3, controller->awupf);
    CHECK((controller->vwc & NVME_VWC_PRESENT) != 0);
    identify(&disk, &data, NVME_CNS_NAMESPACE);
    const struct nvme_identify_namespace *ns = (void *)data.data;
    CHECK((ns->nsfeat & NVME_NSFEAT_NSABP) != 0);
    CHECK_EQUAL(7, ns->nawun);
    CHECK_EQUAL(7, ns->nawupf);
    CHECK_EQUAL(15, ns->nabspf);
    CHECK_EQUAL(4, ns->nabo);
    buffer_free(&data);
    disk_close(&disk);
}

static void what_a_drive_can_not_promise_says_why(void) {
    static const char *const cases[][2] = {
        {"vwc:2", "0 or 1"},
        {"torn:bytes", "blocks or anything"},
        {"awupf:65536", "0 to 65535"},
        {"nawupf:-1", "0 to 65535"},
        {"awupf:8 nawupf:7", "nawupf:7 is less than awupf:8"},
        {"nawupf:8 nabspf:7", "nabspf:7 is less than the 8"},
        {"nabspf:7 nabo:8", "nabo:8 is beyond nabspf:7"},
        {"faults:write,after=0,cuts-power", "a number from 1"},
        {"faults:write,stuck,cuts-power", "wants one effect"},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK_CONTAINS(cases[i][1], attach_error(cases[i][0], -EINVAL));
    }
}

/* A drive in a file that is cut and closed without power has in its file what the cut has left. */
static void a_file_has_what_a_cut_has_left(void) {
    char path[] = "/tmp/nvme4j-power-XXXXXX";
    const int file = mkstemp(path);
    CHECK(file >= 0 && close(file) == 0 && unlink(path) == 0);
    unsigned lost = 0;
    for (unsigned seed = 0; seed < 16; seed++) {
        char more[200];
        snprintf(more, sizeof(more), "traddr:%s vwc:1 seed:%u", path, seed);
        n4j_drive *drive = open_drive(more);
        struct disk disk = disk_open(keys, 4);
        struct buffer data = buffer_alloc(&disk, PAGE);
        write_block(&disk, &data, 0, (uint8_t)seed);
        flush(&disk);
        write_block(&disk, &data, 0, 0xFF);
        n4j_drive_cut_power(drive);
        buffer_free(&data);
        disk_close(&disk);
        close_drive(drive);
        snprintf(more, sizeof(more), "traddr:%s", path);
        disk = disk_open(more, 4);
        data = buffer_alloc(&disk, PAGE);
        const uint8_t left = read_block(&disk, &data, 0);
        CHECK(left == 0xFF || left == seed);
        lost += left != 0xFF;
        buffer_free(&data);
        disk_close(&disk);
    }
    CHECK(lost > 0 && lost < 16);
    unlink(path);
}

int main(void) {
    RUN(a_cut_loses_what_is_in_the_cache_alone);
    RUN(a_controller_is_there_again_in_every_mode);
    RUN(power_is_cut_after_so_many_writes);
    RUN(identify_says_what_the_keys_do);
    RUN(what_a_drive_can_not_promise_says_why);
    RUN(a_file_has_what_a_cut_has_left);
    return 0;
}
