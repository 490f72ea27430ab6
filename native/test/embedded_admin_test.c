/* SPDX-License-Identifier: Apache-2.0 */

/* Admin commands, by n4j_ctrlr_admin_submit and n4j_ctrlr_admin_process. */
#include <errno.h>

#include "admin.h"
#include "check.h"
#include "fixture.h"
#include "record_rules.h"

static n4j_submission admin_command(uint8_t opcode, const struct buffer *data) {
    return (n4j_submission){
        .opc = opcode,
        .prp1 = data == NULL ? 0 : buffer_iova(data, 0),
        .data_form = data == NULL ? N4J_DATA_NONE : N4J_DATA_PRP,
        .tag = 42,
    };
}

static uint16_t identify(struct disk *disk, struct buffer *data, uint32_t cns, uint32_t nsid) {
    n4j_submission command = admin_command(NVME_IDENTIFY, data);
    command.nsid = nsid;
    command.cdw10 = cns;
    return disk_admin(disk, &command, NULL);
}

static void identify_controller_tells_what_is_configured(void) {
    const struct {
        const char *keys;
        uint32_t sgls;
        uint8_t mdts;
    } cases[] = {
        {"size:1M", NVME_SGLS_BYTE | NVME_SGLS_BIT_BUCKET | NVME_SGLS_METADATA_BYTE, 8},
        {"size:1M sgl:dword mdts:5", NVME_SGLS_DWORD | NVME_SGLS_BIT_BUCKET, 5},
        {"size:1M sgl:none mdts:0 mode:threaded", 0, 0},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct disk disk = disk_open(cases[i].keys, 4);
        struct buffer data = buffer_alloc(&disk, PAGE);
        CHECK_EQUAL(NVME_SUCCESS, identify(&disk, &data, NVME_CNS_CONTROLLER, 0));
        const struct nvme_identify_controller *controller = (const void *)data.data;
        CHECK_EQUAL(0, memcmp(controller->mn, "nvme4j embedded controller  ", 28));
        CHECK_EQUAL(cases[i].mdts, controller->mdts);
        CHECK_EQUAL(cases[i].sgls, controller->sgls);
        CHECK_EQUAL(0x66, controller->sqes);
        CHECK_EQUAL(0x44, controller->cqes);
        CHECK_EQUAL(1, controller->nn);
        CHECK_EQUAL(0, controller->vwc & NVME_VWC_PRESENT);
        CHECK_EQUAL(0, strncmp(controller->subnqn, "nqn.", 4));
        buffer_free(&data);
        disk_close(&disk);
    }
}

static void identify_data_may_begin_inside_a_page(void) {
    struct disk disk = disk_open("size:1M iova:scrambled", 4);
    struct buffer data = buffer_alloc(&disk, 3 * (uint64_t)PAGE);
    memset(data.data, 0xee, data.length);
    n4j_submission command = admin_command(NVME_IDENTIFY, &data);
    command.cdw10 = NVME_CNS_CONTROLLER;
    command.prp1 = buffer_iova(&data, 100);
    command.prp2 = buffer_iova(&data, PAGE);
    CHECK_EQUAL(NVME_SUCCESS, disk_admin(&disk, &command, NULL));
    CHECK(is_filled(data.data, 100, 0xee));
    CHECK_EQUAL('N', data.data[104]);
    CHECK(is_filled(data.data + PAGE + 100, 2 * PAGE - 100, 0xee));
    buffer_free(&data);
    disk_close(&disk);
}

static void identify_namespace_and_lists(void) {
    struct disk disk = disk_open("size:8M block:4096 namespaces:3", 4);
    struct buffer data = buffer_alloc(&disk, PAGE);
    for (uint32_t nsid = 1; nsid <= 3; nsid++) {
        CHECK_EQUAL(NVME_SUCCESS, identify(&disk, &data, NVME_CNS_NAMESPACE, nsid));
        const struct nvme_identify_namespace *ns = (const void *)data.data;
        CHECK_EQUAL(2048, ns->nsze);
        CHECK_EQUAL(2048, ns->ncap);
        CHECK_EQUAL(12, ns->lbaf[0].lbads);
        CHECK_EQUAL(0, ns->flbas);
        uint8_t eui64[8];
        memcpy(eui64, ns->eui64, sizeof(eui64));
        CHECK_EQUAL(NVME_SUCCESS, identify(&disk, &data, NVME_CNS_NAMESPACE_DESCRIPTORS, nsid));
        CHECK_EQUAL(NVME_NIDT_EUI64, data.data[0]);
        CHECK_EQUAL(8, data.data[1]);
        CHECK_EQUAL(0, memcmp(data.data + 4, eui64, sizeof(eui64)));
        CHECK_EQUAL(NVME_NIDT_NGUID, data.data[12]);
    }
    const uint32_t invalid[] = {0, 4, NVME_NSID_ALL};
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQUAL(NVME_INVALID_NAMESPACE_OR_FORMAT,
                    identify(&disk, &data, NVME_CNS_NAMESPACE, invalid[i]));
        CHECK_EQUAL(NVME_INVALID_NAMESPACE_OR_FORMAT,
                    identify(&disk, &data, NVME_CNS_NAMESPACE_DESCRIPTORS, invalid[i]));
    }
    const uint32_t *list = (const void *)data.data;
    CHECK_EQUAL(NVME_SUCCESS, identify(&disk, &data, NVME_CNS_ACTIVE_NAMESPACES, 1));
    CHECK_EQUAL(2, list[0]);
    CHECK_EQUAL(3, list[1]);
    CHECK(is_filled(data.data + 8, PAGE - 8, 0));
    CHECK_EQUAL(NVME_SUCCESS, identify(&disk, &data, NVME_CNS_ACTIVE_NAMESPACES, 3));
    CHECK(is_filled(data.data, PAGE, 0));
    CHECK_EQUAL(NVME_INVALID_NAMESPACE_OR_FORMAT,
                identify(&disk, &data, NVME_CNS_ACTIVE_NAMESPACES, 0xfffffffe));
    CHECK_EQUAL(NVME_INVALID_FIELD, identify(&disk, &data, 0x7f, 0));
    buffer_free(&data);
    disk_close(&disk);
}

static void bad_admin_commands_are_refused(void) {
    struct disk disk = disk_open("size:1M", 4);
    struct buffer data = buffer_alloc(&disk, PAGE);
    n4j_submission command = admin_command(0x7e, NULL);
    CHECK_EQUAL(NVME_INVALID_OPCODE, disk_admin(&disk, &command, NULL));
    command = admin_command(NVME_IDENTIFY, &data);
    command.cdw10 = NVME_CNS_CONTROLLER;
    command.flags = NVME_PSDT_SGL_MPTR_CONTIGUOUS << 6;
    command.data_form = N4J_DATA_NONE; /* which says nothing of PSDT */
    CHECK_EQUAL(NVME_INVALID_FIELD, disk_admin(&disk, &command, NULL));
    n4j_completion completion;
    command.data_form = N4J_DATA_PRP;
    CHECK_EQUAL(-EINVAL, admin(disk.ctrlr, &command, &completion, 1000));
    command.data_form = N4J_DATA_SGL;
    CHECK_EQUAL(-EINVAL, admin(disk.ctrlr, &command, &completion, 1000));
    command.data_form = N4J_DATA_PRP;
    command.flags = 1;
    CHECK_EQUAL(NVME_INVALID_FIELD, disk_admin(&disk, &command, NULL));
    command.flags = 0;
    command.prp1 = 0x1000;
    CHECK_EQUAL(NVME_DATA_TRANSFER_ERROR, disk_admin(&disk, &command, NULL));
    command.prp1 = buffer_iova(&data, 2);
    CHECK_EQUAL(NVME_PRP_OFFSET_INVALID, disk_admin(&disk, &command, NULL));
    command.data_form = N4J_DATA_CONTIGUOUS;
    CHECK_EQUAL(-EINVAL, admin(disk.ctrlr, &command, &completion, 1000));
    buffer_free(&data);
    disk_close(&disk);
}

static uint16_t feature(struct disk *disk, uint8_t opcode, uint32_t cdw10, uint32_t cdw11,
                        uint32_t *value) {
    n4j_submission command = admin_command(opcode, NULL);
    command.cdw10 = cdw10;
    command.cdw11 = cdw11;
    return disk_admin(disk, &command, value);
}

static void features_are_kept(void) {
    struct disk disk = disk_open("size:1M", 4);
    const struct {
        uint8_t fid;
        uint32_t value;
    } cases[] = {
        {NVME_FID_ARBITRATION, 0x07},          {NVME_FID_INTERRUPT_COALESCING, 0x0102},
        {NVME_FID_WRITE_ATOMICITY, 1},         {NVME_FID_ASYNC_EVENTS, 0x3},
        {NVME_FID_TEMPERATURE_THRESHOLD, 350},
    };
    uint32_t value;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK_EQUAL(NVME_SUCCESS,
                    feature(&disk, NVME_SET_FEATURES, cases[i].fid, cases[i].value, NULL));
        CHECK_EQUAL(NVME_SUCCESS, feature(&disk, NVME_GET_FEATURES, cases[i].fid, 0, &value));
        CHECK_EQUAL(cases[i].value, value);
    }
    CHECK_EQUAL(NVME_SUCCESS,
                feature(&disk, NVME_SET_FEATURES, NVME_FID_INTERRUPT_VECTOR, 3 | 1 << 16, NULL));
    CHECK_EQUAL(NVME_SUCCESS,
                feature(&disk, NVME_GET_FEATURES, NVME_FID_INTERRUPT_VECTOR, 3, &value));
    CHECK_EQUAL(3 | 1 << 16, value);
    CHECK_EQUAL(NVME_SUCCESS,
                feature(&disk, NVME_GET_FEATURES, NVME_FID_NUMBER_OF_QUEUES, 0, &value));
    CHECK_EQUAL(63 << 16 | 63, value);
    disk_close(&disk);
}

static void bad_features_are_refused(void) {
    struct disk disk = disk_open("size:1M", 4);
    const uint8_t set = NVME_SET_FEATURES;
    CHECK_EQUAL(NVME_INVALID_FIELD, feature(&disk, NVME_GET_FEATURES, 0xc0, 0, NULL));
    CHECK_EQUAL(NVME_INVALID_FIELD, feature(&disk, set, 0x00, 0, NULL));
    CHECK_EQUAL(NVME_INVALID_FIELD, feature(&disk, set, 0xff, 0, NULL));
    CHECK_EQUAL(NVME_INVALID_FIELD, feature(&disk, set, NVME_FID_POWER_MANAGEMENT, 1, NULL));
    CHECK_EQUAL(NVME_INVALID_FIELD, feature(&disk, set, NVME_FID_INTERRUPT_VECTOR, 65, NULL));
    CHECK_EQUAL(NVME_INVALID_FIELD, feature(&disk, set, NVME_FID_VOLATILE_WRITE_CACHE, 1, NULL));
    CHECK_EQUAL(NVME_FEATURE_NOT_SAVEABLE,
                feature(&disk, set, NVME_FID_ARBITRATION | NVME_FEATURE_SAVE, 1, NULL));
    disk_close(&disk);
}

static void features_of_the_drivers_are_refused_by_the_device(void) {
    struct disk disk = disk_open("size:1M", 4);
    const struct {
        uint32_t fid;
        uint32_t value;
        uint16_t status;
    } cases[] = {
        {NVME_FID_KEEP_ALIVE_TIMER, 0xffffffff, NVME_KEEP_ALIVE_TIMEOUT_INVALID},
        {NVME_FID_NUMBER_OF_QUEUES, 1 | 1 << 16, NVME_COMMAND_SEQUENCE_ERROR},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        n4j_completion completion;
        n4j_submission command = admin_command(NVME_SET_FEATURES, NULL);
        command.cdw10 = cases[i].fid;
        command.cdw11 = cases[i].value;
        CHECK_EQUAL(0, admin_below(disk.ctrlr, &command, &completion, 10000));
        CHECK_EQUAL(cases[i].status, NVME_STATUS_CODE(completion.status));
    }
    disk_close(&disk);
}

static void commands_of_the_drivers_are_refused_and_its_queues_go_on(void) {
    struct disk disk = disk_open("size:1M", 4);
    check_commands_of_the_drivers(disk.ctrlr);
    n4j_submission flush = io_command(NVME_FLUSH, 0, 1);
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &flush));
    disk_close(&disk);
}

static uint16_t get_log(struct disk *disk, struct buffer *data, uint32_t lid, uint64_t offset,
                        uint32_t dwords) {
    n4j_submission command = admin_command(NVME_GET_LOG_PAGE, data);
    command.nsid = NVME_NSID_ALL;
    command.cdw10 = lid | (dwords - 1) << 16;
    command.cdw11 = (dwords - 1) >> 16;
    command.cdw12 = (uint32_t)offset;
    command.cdw13 = (uint32_t)(offset >> 32);
    return disk_admin(disk, &command, NULL);
}

static void failed_commands_are_in_the_error_log(void) {
    struct disk disk = disk_open("size:1M", 4);
    struct buffer data = buffer_alloc(&disk, PAGE);
    n4j_submission command = io_command(NVME_READ, 1 << 20, 1);
    CHECK_EQUAL(NVME_LBA_OUT_OF_RANGE, disk_run(&disk, &command));
    command.nsid = 9;
    CHECK_EQUAL(NVME_INVALID_NAMESPACE_OR_FORMAT, disk_run(&disk, &command));
    CHECK_EQUAL(NVME_SUCCESS, get_log(&disk, &data, NVME_LOG_ERROR_INFORMATION, 0, 1024));
    const struct nvme_error_entry *entry = (const void *)data.data;
    CHECK_EQUAL(2, entry[0].error_count);
    CHECK_EQUAL(9, entry[0].nsid);
    CHECK_EQUAL(1, entry[1].error_count);
    CHECK_EQUAL(NVME_LBA_OUT_OF_RANGE, NVME_STATUS_CODE(entry[1].status >> 1));
    CHECK_EQUAL(1, entry[1].sqid);
    CHECK_EQUAL(1 << 20, entry[1].lba);
    CHECK_EQUAL(1, entry[1].nsid);
    CHECK_EQUAL(0, entry[2].error_count);
    for (int i = 0; i < 100; i++) {
        disk_run(&disk, &command);
    }
    CHECK_EQUAL(NVME_SUCCESS, get_log(&disk, &data, NVME_LOG_ERROR_INFORMATION, 0, 1024));
    CHECK_EQUAL(102, entry[0].error_count);
    CHECK_EQUAL(39, entry[63].error_count);
    buffer_free(&data);
    disk_close(&disk);
}

static void the_smart_log_counts(void) {
    struct disk disk = disk_open("size:4M", 4);
    struct buffer data = buffer_alloc(&disk, 1 << 20);
    for (int i = 0; i < 3; i++) {
        disk_move(&disk, NVME_WRITE, 0, 1000, 512, &data, 0);
    }
    disk_move(&disk, NVME_READ, 0, 1001, 512, &data, 0);
    disk_move(&disk, NVME_READ, 0, 1, 512, &data, 0);
    CHECK_EQUAL(NVME_SUCCESS, get_log(&disk, &data, NVME_LOG_SMART_HEALTH, 0, 128));
    const struct nvme_smart_log *log = (const void *)data.data;
    CHECK_EQUAL(0, log->critical_warning);
    CHECK_EQUAL(3, log->data_units_written[0]);
    CHECK_EQUAL(2, log->data_units_read[0]);
    CHECK_EQUAL(2, log->host_read_commands[0]);
    CHECK_EQUAL(3, log->host_write_commands[0]);
    CHECK_EQUAL(1, log->power_cycles[0]);
    CHECK_EQUAL(0, log->error_log_entries[0]);
    CHECK_EQUAL(NVME_SUCCESS,
                feature(&disk, NVME_SET_FEATURES, NVME_FID_TEMPERATURE_THRESHOLD, 290, NULL));
    CHECK_EQUAL(NVME_SUCCESS, get_log(&disk, &data, NVME_LOG_SMART_HEALTH, 0, 128));
    CHECK_EQUAL(2, log->critical_warning);
    buffer_free(&data);
    disk_close(&disk);
}

static void log_pages_by_offset_and_length(void) {
    struct disk disk = disk_open("size:1M mdts:1", 4);
    struct buffer data = buffer_alloc(&disk, 3 * (uint64_t)PAGE);
    memset(data.data, 0xee, data.length);
    CHECK_EQUAL(NVME_SUCCESS, get_log(&disk, &data, NVME_LOG_FIRMWARE_SLOT, 8, 2));
    CHECK_EQUAL(0, memcmp(data.data, "1.0     ", 8));
    CHECK(is_filled(data.data + 8, 100, 0xee));
    CHECK_EQUAL(NVME_SUCCESS, get_log(&disk, &data, NVME_LOG_FIRMWARE_SLOT, 508, 16));
    CHECK(is_filled(data.data, 64, 0)); /* past the end */
    CHECK_EQUAL(0xee, data.data[64]);
    CHECK_EQUAL(NVME_SUCCESS, get_log(&disk, &data, NVME_LOG_SMART_HEALTH, 512, 1));
    CHECK_EQUAL(NVME_INVALID_FIELD, get_log(&disk, &data, NVME_LOG_SMART_HEALTH, 516, 1));
    CHECK_EQUAL(NVME_INVALID_FIELD, get_log(&disk, &data, NVME_LOG_SMART_HEALTH, 2, 1));
    CHECK_EQUAL(NVME_INVALID_FIELD,
                get_log(&disk, &data, NVME_LOG_SMART_HEALTH, UINT64_MAX - 3, 1));
    CHECK_EQUAL(NVME_INVALID_FIELD, get_log(&disk, &data, NVME_LOG_SMART_HEALTH, 0, 2049));
    CHECK_EQUAL(NVME_INVALID_FIELD, get_log(&disk, &data, NVME_LOG_SMART_HEALTH, 0, 0x10001));
    CHECK_EQUAL(NVME_INVALID_LOG_PAGE, get_log(&disk, &data, 0x06, 0, 1));
    CHECK_EQUAL(NVME_INVALID_LOG_PAGE, get_log(&disk, &data, 0xca, 0, 1));
    buffer_free(&data);
    disk_close(&disk);
}

/* The driver has made all the requests for events that the controller takes. */
static void a_request_for_events_beyond_the_drivers_is_refused(void) {
    struct disk disk = disk_open("size:1M", 4);
    const n4j_submission command = admin_command(NVME_ASYNC_EVENT_REQUEST, NULL);
    n4j_completion completion;
    CHECK_EQUAL(0, admin_below(disk.ctrlr, &command, &completion, 10000));
    CHECK_EQUAL(NVME_ASYNC_EVENT_LIMIT_EXCEEDED, NVME_STATUS_CODE(completion.status));
    disk_close(&disk);
}

static void a_controller_that_is_disabled_comes_back_by_a_reset(const char *keys) {
    struct disk disk = disk_open(keys, 4);
    n4j_completion completions[4];
    n4j_submission command = admin_command(NVME_KEEP_ALIVE, NULL);
    CHECK_EQUAL(0, n4j_ctrlr_disable(disk.ctrlr));
    CHECK_EQUAL(-ENXIO, admin(disk.ctrlr, &command, completions, 10000));
    CHECK_EQUAL(0, n4j_ctrlr_admin_process(disk.ctrlr, completions, 4));
    n4j_submission flush = io_command(NVME_FLUSH, 0, 1);
    flush.tag = 77;
    CHECK_EQUAL(1, n4j_qpair_process(disk.qpair, &flush, 1, completions, 4));
    CHECK_EQUAL(77, completions[0].tag);
    CHECK_EQUAL(ENXIO, completions[0].error);
    CHECK_EQUAL(-ENXIO, n4j_qpair_process(disk.qpair, NULL, 0, completions, 4));
    CHECK_EQUAL(0, n4j_ctrlr_reset(disk.ctrlr, 0, NULL, 0));
    CHECK_EQUAL(0, admin(disk.ctrlr, &command, completions, 10000));
    disk_close(&disk);
}

static void a_disabled_controller_comes_back(void) {
    a_controller_that_is_disabled_comes_back_by_a_reset("size:1M");
    a_controller_that_is_disabled_comes_back_by_a_reset("size:1M mode:threaded");
}

/* Beyond that many they are refused; each completes once, whatever queues are made meanwhile. */
static void commands_of_many_are_with_the_controller_at_once(void) {
    const char *modes[] = {"size:1M", "size:1M mode:threaded"};
    for (int i = 0; i < 2; i++) {
        struct disk disk = disk_open(modes[i], 4);
        for (int round = 0; round < 1000; round++) {
            bool seen[N4J_ADMIN_DEPTH] = {false};
            n4j_completion completion;
            n4j_submission command = admin_command(NVME_KEEP_ALIVE, NULL);
            for (command.tag = 0; command.tag < N4J_ADMIN_DEPTH; command.tag++) {
                CHECK_EQUAL(0, n4j_ctrlr_admin_submit(disk.ctrlr, &command));
            }
            CHECK_EQUAL(-EBUSY, n4j_ctrlr_admin_submit(disk.ctrlr, &command));
            CHECK_EQUAL(0, n4j_qpair_destroy(disk.qpair));
            CHECK_EQUAL(0, n4j_qpair_create(disk.ctrlr, 4, 0, &disk.qpair, NULL, 0));
            CHECK_EQUAL(-EBUSY, n4j_ctrlr_admin_submit(disk.ctrlr, &command));
            for (int count = 0; count < N4J_ADMIN_DEPTH; count++) {
                CHECK_EQUAL(0, admin_wait(disk.ctrlr, &completion, 10000));
                CHECK_EQUAL(0, completion.status);
                CHECK(completion.error == 0 && !seen[completion.tag]);
                seen[completion.tag] = true;
            }
            CHECK_EQUAL(0, n4j_ctrlr_admin_process(disk.ctrlr, &completion, 1));
        }
        disk_close(&disk);
    }
}

/* What has not completed does so by the reset, once. */
static void a_reset_ends_commands(void) {
    struct disk disk = disk_open("size:1M", 4);
    n4j_submission command = admin_command(NVME_KEEP_ALIVE, NULL);
    n4j_completion completion;
    command.tag = 7;
    CHECK_EQUAL(0, n4j_ctrlr_admin_submit(disk.ctrlr, &command));
    CHECK_EQUAL(0, n4j_ctrlr_reset(disk.ctrlr, 0, NULL, 0));
    CHECK_EQUAL(-ENOENT, n4j_ctrlr_admin_abort(disk.ctrlr, 7));
    CHECK_EQUAL(0, admin_wait(disk.ctrlr, &completion, 10000));
    CHECK_EQUAL(7, completion.tag);
    CHECK_EQUAL(ENXIO, completion.error);
    CHECK_EQUAL(0, admin(disk.ctrlr, &command, &completion, 10000));
    CHECK_EQUAL(0, completion.status);
    disk_close(&disk);
}

int main(void) {
    RUN(identify_controller_tells_what_is_configured);
    RUN(identify_data_may_begin_inside_a_page);
    RUN(identify_namespace_and_lists);
    RUN(bad_admin_commands_are_refused);
    RUN(features_are_kept);
    RUN(bad_features_are_refused);
    RUN(features_of_the_drivers_are_refused_by_the_device);
    RUN(commands_of_the_drivers_are_refused_and_its_queues_go_on);
    RUN(failed_commands_are_in_the_error_log);
    RUN(the_smart_log_counts);
    RUN(log_pages_by_offset_and_length);
    RUN(a_request_for_events_beyond_the_drivers_is_refused);
    RUN(a_disabled_controller_comes_back);
    RUN(commands_of_many_are_with_the_controller_at_once);
    RUN(a_reset_ends_commands);
    return 0;
}
