/* SPDX-License-Identifier: Apache-2.0 */

/* The NVM Command Set's commands, and what a queue pair promises. */
#include <errno.h>

#include "check.h"
#include "fixture.h"

static const char *const keys[] = {
    "size:16M",
    "size:16M block:4096",
    "size:16M mode:threaded",
    "size:16M iova:scrambled",
    "size:16M iova:scrambled mode:threaded block:4096",
    "size:16M iova:scrambled iova_page:2M",
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

static uint32_t block_size_of(const char *key) {
    return strstr(key, "block:4096") != NULL ? 4096 : 512;
}

static void what_is_written_is_read(void) {
    for (unsigned i = 0; i < KEYS; i++) {
        const uint32_t block_size = block_size_of(keys[i]);
        struct disk disk = disk_open(keys[i], 4);
        struct buffer out = buffer_alloc(&disk, 1 << 20);
        struct buffer in = buffer_alloc(&disk, 1 << 20);
        buffer_fill(&out, i);
        const uint32_t lengths[] = {1, 2, 8, 9, 16, 17, 100, (1 << 20) / block_size};
        for (unsigned j = 0; j < sizeof(lengths) / sizeof(lengths[0]); j++) {
            const uint32_t bytes = lengths[j] * block_size;
            memset(in.data, 0, in.length);
            disk_move(&disk, NVME_WRITE, j, lengths[j], block_size, &out, 0);
            disk_move(&disk, NVME_READ, j, lengths[j], block_size, &in, 0);
            CHECK_EQUAL(0, memcmp(in.data, out.data, bytes));
            CHECK(is_filled(in.data + bytes, in.length - bytes, 0));
            disk_move(&disk, NVME_COMPARE, j, lengths[j], block_size, &out, 0);
        }
        buffer_free(&out);
        buffer_free(&in);
        disk_close(&disk);
    }
}

static void blocks_out_of_range_are_refused(void) {
    const uint8_t opcodes[] = {NVME_READ, NVME_WRITE, NVME_COMPARE, NVME_WRITE_ZEROES};
    struct disk disk = disk_open("size:1M", 4);
    struct buffer data = buffer_alloc(&disk, PAGE);
    for (unsigned i = 0; i < sizeof(opcodes); i++) {
        const struct {
            uint64_t slba;
            uint32_t blocks;
            uint16_t status;
        } cases[] = {
            {2047, 1, NVME_SUCCESS},
            {2047, 2, NVME_LBA_OUT_OF_RANGE},
            {2048, 1, NVME_LBA_OUT_OF_RANGE},
            {UINT64_MAX, 1, NVME_LBA_OUT_OF_RANGE},
            {UINT64_MAX - 1, 8, NVME_LBA_OUT_OF_RANGE},
            {UINT64_C(1) << 55, 1, NVME_LBA_OUT_OF_RANGE},
        };
        for (unsigned j = 0; j < sizeof(cases) / sizeof(cases[0]); j++) {
            n4j_submission command = io_command(opcodes[i], cases[j].slba, cases[j].blocks);
            command.prp1 = buffer_iova(&data, 0);
            CHECK_EQUAL(cases[j].status, disk_run(&disk, &command));
        }
    }
    buffer_free(&data);
    disk_close(&disk);
}

static void bad_commands_are_refused(void) {
    struct disk disk = disk_open("size:16M mdts:1 sgl:none", 4);
    struct buffer data = buffer_alloc(&disk, PAGE);
    n4j_submission good = io_command(NVME_READ, 0, 1);
    good.prp1 = buffer_iova(&data, 0);
    n4j_submission command = good;
    command.opc = 0x7e;
    CHECK_EQUAL(NVME_INVALID_OPCODE, disk_run(&disk, &command));
    const uint32_t nsids[] = {0, 2, NVME_NSID_ALL};
    for (unsigned i = 0; i < 3; i++) {
        command = good;
        command.nsid = nsids[i];
        CHECK_EQUAL(NVME_INVALID_NAMESPACE_OR_FORMAT, disk_run(&disk, &command));
    }
    for (uint8_t fuse = 1; fuse < 4; fuse++) {
        command = good;
        command.flags = fuse; /* without its fellow */
        CHECK_EQUAL(fuse <= NVME_FUSE_SECOND ? NVME_ABORTED_MISSING_FUSED : NVME_INVALID_FIELD,
                    disk_run(&disk, &command));
    }
    for (unsigned psdt = 1; psdt < 4; psdt++) {
        command = good;
        command.flags = (uint8_t)(psdt << 6);
        command.data_form = psdt < 3 ? N4J_DATA_SGL : N4J_DATA_NONE; /* 11b is reserved */
        CHECK_EQUAL(NVME_INVALID_FIELD, disk_run(&disk, &command));
    }
    command = good;
    command.cdw12 = 16; /* 17 blocks: over MDTS, 8 KiB */
    CHECK_EQUAL(NVME_INVALID_FIELD, disk_run(&disk, &command));
    command = good;
    command.opc = NVME_WRITE;
    command.cdw12 = 1u << 20; /* a directive */
    CHECK_EQUAL(NVME_INVALID_FIELD, disk_run(&disk, &command));
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &good));
    buffer_free(&data);
    disk_close(&disk);
}

static void failures_say_do_not_retry_and_more(void) {
    struct disk disk = disk_open("size:1M", 4);
    const n4j_submission command = io_command(0x7e, 0, 1);
    n4j_completion completion;
    CHECK_EQUAL(1, n4j_qpair_process(disk.qpair, &command, 1, &completion, 1));
    CHECK_EQUAL(NVME_INVALID_OPCODE | NVME_STATUS_DNR | NVME_STATUS_MORE, completion.status);
    disk_close(&disk);
}

static void compare_finds_one_bit_anywhere(void) {
    for (unsigned i = 0; i < KEYS; i++) {
        const uint32_t block_size = block_size_of(keys[i]);
        struct disk disk = disk_open(keys[i], 4);
        struct buffer data = buffer_alloc(&disk, 64 << 10);
        struct buffer lists = buffer_alloc(&disk, PAGE);
        buffer_fill(&data, 3);
        const uint32_t blocks = (64 << 10) / block_size;
        disk_move(&disk, NVME_WRITE, 5, blocks, block_size, &data, 0);
        n4j_submission compare = io_command(NVME_COMPARE, 5, blocks);
        put_prps(&compare, &data, 0, data.length, &lists);
        CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &compare));
        const uint64_t places[] = {0, 4095, 4096, 40000, data.length - 1};
        for (unsigned j = 0; j < 5; j++) {
            data.data[places[j]] ^= 0x10;
            CHECK_EQUAL(NVME_COMPARE_FAILURE, disk_run(&disk, &compare));
            data.data[places[j]] ^= 0x10;
        }
        CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &compare));
        buffer_free(&lists);
        buffer_free(&data);
        disk_close(&disk);
    }
}

static void write_zeroes_zeroes_its_blocks_alone(void) {
    for (unsigned i = 0; i < KEYS; i++) {
        const uint32_t block_size = block_size_of(keys[i]);
        struct disk disk = disk_open(keys[i], 4);
        struct buffer data = buffer_alloc(&disk, 1 << 20);
        const uint32_t all = (1 << 20) / block_size;
        const uint32_t begins[] = {0, 1, 7, 3};
        const uint32_t counts[] = {1, 5, 200, all - 4};
        for (unsigned j = 0; j < 4; j++) {
            memset(data.data, 0xaa, data.length);
            disk_move(&disk, NVME_WRITE, 0, all, block_size, &data, 0);
            n4j_submission zero = io_command(NVME_WRITE_ZEROES, begins[j], counts[j]);
            zero.cdw12 |= j % 2 == 0 ? 1u << 25 : 0; /* DEAC */
            CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &zero));
            disk_move(&disk, NVME_READ, 0, all, block_size, &data, 0);
            const uint64_t begin = (uint64_t)begins[j] * block_size;
            const uint64_t end = begin + (uint64_t)counts[j] * block_size;
            CHECK(is_filled(data.data, begin, 0xaa));
            CHECK(is_filled(data.data + begin, end - begin, 0));
            CHECK(is_filled(data.data + end, data.length - end, 0xaa));
        }
        buffer_free(&data);
        disk_close(&disk);
    }
}

static void deallocate_checks_all_ranges_first(void) {
    struct disk disk = disk_open("size:1M iova:scrambled", 4);
    struct buffer data = buffer_alloc(&disk, 1 << 20);
    struct buffer ranges = buffer_alloc(&disk, PAGE);
    struct nvme_dsm_range *range = (void *)ranges.data;
    memset(data.data, 0xaa, data.length);
    disk_move(&disk, NVME_WRITE, 0, 2048, 512, &data, 0);
    for (unsigned i = 0; i < 256; i++) {
        range[i] = (struct nvme_dsm_range){.slba = 8 * i, .nlb = 3};
    }
    n4j_submission command = {.opc = NVME_DATASET_MANAGEMENT,
                              .nsid = 1,
                              .prp1 = ranges.iovas[0],
                              .cdw10 = 255,
                              .data_form = N4J_DATA_PRP};
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &command)); /* no attribute: a hint */
    range[255].nlb = 9;
    command.cdw11 = NVME_DSM_AD;
    CHECK_EQUAL(NVME_LBA_OUT_OF_RANGE, disk_run(&disk, &command));
    disk_move(&disk, NVME_READ, 0, 2048, 512, &data, 0);
    CHECK(is_filled(data.data, data.length, 0xaa));
    range[255].nlb = 8;
    range[254].nlb = 0;
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &command));
    disk_move(&disk, NVME_READ, 0, 2048, 512, &data, 0);
    for (unsigned i = 0; i < 2048; i++) {
        const bool gone = i >= 2040 || (i % 8 < 3 && i / 8 != 254);
        CHECK(is_filled(data.data + i * 512, 512, gone ? 0 : 0xaa));
    }
    buffer_free(&ranges);
    buffer_free(&data);
    disk_close(&disk);
}

static void flush_takes_one_namespace_or_all(void) {
    struct disk disk = disk_open("size:1M namespaces:2", 4);
    n4j_submission flush = {.opc = NVME_FLUSH, .nsid = 2};
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &flush));
    flush.nsid = NVME_NSID_ALL;
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &flush));
    flush.nsid = 3;
    CHECK_EQUAL(NVME_INVALID_NAMESPACE_OR_FORMAT, disk_run(&disk, &flush));
    disk_close(&disk);
}

static void namespaces_hold_their_own_data(void) {
    struct disk disk = disk_open("size:1M namespaces:16", 4);
    struct buffer data = buffer_alloc(&disk, PAGE);
    n4j_submission command = io_command(NVME_WRITE, 3, 8);
    command.prp1 = data.iovas[0];
    for (command.nsid = 1; command.nsid <= 16; command.nsid++) {
        memset(data.data, (int)command.nsid, PAGE);
        CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &command));
    }
    command.opc = NVME_READ;
    for (command.nsid = 1; command.nsid <= 16; command.nsid++) {
        CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &command));
        CHECK(is_filled(data.data, PAGE, (uint8_t)command.nsid));
    }
    buffer_free(&data);
    disk_close(&disk);
}

static void the_null_namespace_moves_nothing_but_checks_all(void) {
    struct disk disk = disk_open("traddr:null size:1G", 4);
    struct buffer data = buffer_alloc(&disk, PAGE);
    memset(data.data, 0x5a, PAGE);
    const uint8_t opcodes[] = {NVME_READ, NVME_WRITE, NVME_COMPARE};
    for (unsigned i = 0; i < 3; i++) {
        n4j_submission command = io_command(opcodes[i], 100, 8);
        command.prp1 = data.iovas[0];
        CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &command));
        command.prp1 = 0x5000;
        CHECK_EQUAL(NVME_DATA_TRANSFER_ERROR, disk_run(&disk, &command));
        command = io_command(opcodes[i], 1 << 21, 1);
        CHECK_EQUAL(NVME_LBA_OUT_OF_RANGE, disk_run(&disk, &command));
    }
    CHECK(is_filled(data.data, PAGE, 0x5a));
    buffer_free(&data);
    disk_close(&disk);
}

static void every_tag_comes_back_once_over_many_rounds(void) {
    const uint32_t depths[] = {1, 2, 3, 31, 32, 64, 1000, 4095};
    for (unsigned i = 0; i < 2 * sizeof(depths) / sizeof(depths[0]); i++) {
        const uint32_t depth = depths[i / 2];
        struct disk disk =
            disk_open(i % 2 == 0 ? "traddr:null" : "traddr:null mode:threaded", depth);
        uint64_t random = 7;
        uint64_t submitted = 0;
        uint64_t completed = 0;
        uint8_t *seen = calloc(20001, 1);
        n4j_submission *batch = calloc(depth, sizeof(*batch));
        n4j_completion *completions = calloc(depth, sizeof(*completions));
        while (completed < 20000) {
            const uint64_t room = depth - (submitted - completed);
            uint32_t count = (uint32_t)(next_random(&random) % (room + 1));
            count = submitted + count > 20000 ? (uint32_t)(20000 - submitted) : count;
            for (uint32_t j = 0; j < count; j++) {
                batch[j] = (n4j_submission){.opc = NVME_FLUSH, .nsid = 1, .tag = ++submitted};
            }
            const uint32_t max = 1 + (uint32_t)(next_random(&random) % depth);
            int reaped = n4j_qpair_process(disk.qpair, batch, count, completions, max);
            CHECK(reaped >= 0 && (uint32_t)reaped <= max);
            for (int j = 0; j < reaped; j++) {
                CHECK_EQUAL(0, completions[j].status);
                CHECK_EQUAL(0, completions[j].error);
                CHECK(!seen[completions[j].tag]);
                seen[completions[j].tag] = 1;
            }
            completed += (uint64_t)reaped;
        }
        free(batch);
        free(completions);
        free(seen);
        disk_close(&disk);
    }
}

static void commands_beyond_the_depth_are_refused_as_completions(void) {
    struct disk disk = disk_open("traddr:null", 4);
    n4j_submission batch[1000];
    n4j_completion completions[1000];
    for (unsigned i = 0; i < 1000; i++) {
        batch[i] = (n4j_submission){.opc = NVME_FLUSH, .nsid = 1, .tag = i};
    }
    CHECK_EQUAL(0, n4j_qpair_process(disk.qpair, batch, 1000, completions, 0));
    disk_reap(&disk, completions, 1000);
    unsigned busy = 0;
    uint8_t seen[1000] = {0};
    for (unsigned i = 0; i < 1000; i++) {
        busy += completions[i].error == EBUSY;
        CHECK(completions[i].error == 0 || completions[i].error == EBUSY);
        CHECK(!seen[completions[i].tag]);
        seen[completions[i].tag] = 1;
    }
    CHECK_EQUAL(996, busy);
    batch[0].data_form = N4J_DATA_CONTIGUOUS;
    CHECK_EQUAL(2, n4j_qpair_process(disk.qpair, batch, 2, completions, 4));
    CHECK_EQUAL(EINVAL, completions[0].error);
    CHECK_EQUAL(0, completions[1].error);
    disk_close(&disk);
}

static void a_form_that_psdt_denies_is_no_command(void) {
    const struct {
        uint32_t form;
        uint8_t good; /* mask of PSDT */
    } cases[] = {{N4J_DATA_NONE, 0xf},     {N4J_DATA_PRP, 1},       {N4J_DATA_SGL, 6},
                 {N4J_DATA_CONTIGUOUS, 0}, {N4J_DATA_FRAGMENTS, 0}, {5, 0},
                 {UINT32_MAX, 0}};
    struct disk disk = disk_open("traddr:null", 1);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (unsigned psdt = 0; psdt < 4; psdt++) {
            n4j_completion completion;
            n4j_submission command = {.opc = NVME_FLUSH,
                                      .flags = (uint8_t)(psdt << 6),
                                      .nsid = 1,
                                      .data_form = cases[i].form};
            CHECK_EQUAL(1, n4j_qpair_process(disk.qpair, &command, 1, &completion, 1));
            CHECK_EQUAL((cases[i].good >> psdt & 1) != 0 ? 0 : EINVAL, completion.error);
            CHECK_EQUAL(0, completion.status);
        }
    }
    disk_close(&disk);
}

static void queue_pairs_can_be_made_up_to_the_limit_again_and_again(void) {
    struct disk disk = disk_open("traddr:null", 1);
    char text[256];
    n4j_qpair *qpairs[63];
    for (int round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 63; i++) {
            CHECK_EQUAL(
                0, n4j_qpair_create(disk.ctrlr, 1 + 65 * i, 0, &qpairs[i], text, sizeof(text)));
        }
        n4j_qpair *extra;
        CHECK_EQUAL(-ENOSPC, n4j_qpair_create(disk.ctrlr, 1, 0, &extra, text, sizeof(text)));
        CHECK_CONTAINS("64", text);
        for (unsigned i = 0; i < 63; i++) {
            n4j_submission flush = {.opc = NVME_FLUSH, .nsid = 1};
            n4j_completion completion;
            CHECK_EQUAL(1, n4j_qpair_process(qpairs[i], &flush, 1, &completion, 1));
            CHECK_EQUAL(0, n4j_qpair_destroy(qpairs[i]));
        }
    }
    disk_close(&disk);
}

int main(void) {
    RUN(what_is_written_is_read);
    RUN(blocks_out_of_range_are_refused);
    RUN(bad_commands_are_refused);
    RUN(failures_say_do_not_retry_and_more);
    RUN(compare_finds_one_bit_anywhere);
    RUN(write_zeroes_zeroes_its_blocks_alone);
    RUN(deallocate_checks_all_ranges_first);
    RUN(flush_takes_one_namespace_or_all);
    RUN(namespaces_hold_their_own_data);
    RUN(the_null_namespace_moves_nothing_but_checks_all);
    RUN(every_tag_comes_back_once_over_many_rounds);
    RUN(commands_beyond_the_depth_are_refused_as_completions);
    RUN(a_form_that_psdt_denies_is_no_command);
    RUN(queue_pairs_can_be_made_up_to_the_limit_again_and_again);
    return 0;
}
