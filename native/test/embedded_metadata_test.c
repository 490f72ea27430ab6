/* SPDX-License-Identifier: Apache-2.0 */

/* Metadata and end-to-end protection, against an oracle of their own. */
#define _GNU_SOURCE

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "device/crc16.h"
#include "fixture.h"
#include "protection_oracle.h"

#define STEPS 300u
#define COUNT_MAX 40u /* blocks of a command: more than the controller moves at once */
#define SIZE "256K"   /* ORACLE_BLOCKS of 4096 bytes, and more of 512 */

/* A format, and the keys that make it. */
struct format {
    uint32_t block_size;
    uint32_t metadata_size;
    bool extended;
    int type;
    bool first;
};

struct bench {
    struct disk disk;
    struct format format;
    struct oracle oracle;
    struct oracle_block host[COUNT_MAX];
    struct buffer data;
    struct buffer lists;
    uint8_t *metadata; /* in one run of IOVAs */
    uint64_t metadata_iova;
    uint64_t random;
    unsigned by_status[8];
};

static char text[256];

static uint32_t draw(struct bench *bench, uint32_t below) {
    return (uint32_t)(next_random(&bench->random) % below);
}

static void open_bench(struct bench *bench, const char *keys, struct format format) {
    char all[512];
    snprintf(all, sizeof(all), "%s block:%u metadata:%u metadata_mode:%s pi:%d pi_first:%d mdts:0",
             keys, format.block_size, format.metadata_size,
             format.extended ? "extended" : "separate", format.type, format.first);
    bench->disk = disk_open(all, 1);
    bench->format = format;
    bench->oracle.block_size = format.block_size;
    bench->oracle.metadata_size = format.metadata_size;
    bench->oracle.type = format.type;
    bench->oracle.first = format.first;
    oracle_format(&bench->oracle);
    bench->data = buffer_alloc(&bench->disk, COUNT_MAX * sizeof(struct oracle_block) + PAGE);
    bench->lists = buffer_alloc(&bench->disk, PAGE);
    void *metadata;
    uint32_t kind;
    CHECK_EQUAL(0, n4j_mem_alloc(bench->disk.ctrlr, 2 * PAGE, PAGE, N4J_NUMA_ANY,
                                 N4J_MEM_IOVA_CONTIGUOUS, &metadata, &kind, text, sizeof(text)));
    bench->metadata = metadata;
    CHECK_EQUAL(0,
                n4j_mem_translate(bench->disk.ctrlr, metadata, 1, PAGE, &bench->metadata_iova, 1));
    bench->random = 88172645463325252u;
}

static void close_bench(struct bench *bench) {
    buffer_free(&bench->data);
    buffer_free(&bench->lists);
    CHECK_EQUAL(0, n4j_mem_free(bench->disk.ctrlr, bench->metadata));
    disk_close(&bench->disk);
}

/* ---- the host's buffers: the oracle's blocks, as the format wants them ---- */

static bool is_interleaved(const struct bench *bench, const struct oracle_command *command) {
    return bench->format.extended && oracle_host_has_metadata(&bench->oracle, command);
}

static uint64_t stride_of(const struct bench *bench, const struct oracle_command *command) {
    return bench->format.block_size +
           (is_interleaved(bench, command) ? bench->format.metadata_size : 0);
}

static uint8_t *metadata_at(struct bench *bench, const struct oracle_command *command, uint64_t at,
                            uint32_t block) {
    return is_interleaved(bench, command)
               ? bench->data.data + at + block * stride_of(bench, command) +
                     bench->format.block_size
               : bench->metadata + (uint64_t)block * bench->format.metadata_size;
}

static void lay_out(struct bench *bench, const struct oracle_command *command, uint64_t at) {
    for (uint32_t i = 0; i < command->count; i++) {
        memcpy(bench->data.data + at + i * stride_of(bench, command), command->host[i].data,
               bench->format.block_size);
        if (oracle_host_has_metadata(&bench->oracle, command)) {
            memcpy(metadata_at(bench, command, at, i), command->host[i].metadata,
                   bench->format.metadata_size);
        }
    }
}

static void check_laid_out(struct bench *bench, const struct oracle_command *command, uint64_t at) {
    for (uint32_t i = 0; i < command->count; i++) {
        CHECK_EQUAL(0, memcmp(bench->data.data + at + i * stride_of(bench, command),
                              command->host[i].data, bench->format.block_size));
        if (oracle_host_has_metadata(&bench->oracle, command)) {
            CHECK_EQUAL(0, memcmp(metadata_at(bench, command, at, i), command->host[i].metadata,
                                  bench->format.metadata_size));
        }
    }
}

static n4j_submission submission_of(struct bench *bench, uint8_t opcode,
                                    const struct oracle_command *command, uint64_t at) {
    n4j_submission submission = io_command(opcode, command->slba, command->count);
    submission.cdw12 |= (uint32_t)command->action << 29 | (uint32_t)command->check_guard << 28 |
                        (uint32_t)command->check_application << 27 |
                        (uint32_t)command->check_reference << 26 |
                        (uint32_t)command->deallocate << 25;
    submission.cdw14 = command->reference;
    submission.cdw15 = (uint32_t)command->mask << 16 | command->application;
    if (opcode != NVME_WRITE_ZEROES) {
        put_prps(&submission, &bench->data, at, command->count * stride_of(bench, command),
                 &bench->lists);
        submission.mptr = bench->metadata_iova;
    }
    return submission;
}

/* ---- random commands ---- */

static uint16_t draw_tag(struct bench *bench) {
    const uint16_t tags[] = {0x1234, 0x1235, 0xffff, 0x9234};
    const uint32_t drawn = draw(bench, 12);
    return tags[drawn < 4 ? drawn : 0];
}

static uint32_t draw_reference(struct bench *bench, uint32_t slba) {
    const uint32_t references[] = {slba, 0xfffffff0, 0xffffffff, 7};
    const uint32_t drawn = draw(bench, 12);
    return references[drawn < 4 ? drawn : 0];
}

static struct oracle_command draw_command(struct bench *bench) {
    const uint32_t slba = draw(bench, ORACLE_BLOCKS);
    const uint32_t room = ORACLE_BLOCKS - slba < COUNT_MAX ? ORACLE_BLOCKS - slba : COUNT_MAX;
    const uint32_t check = draw(bench, 8);
    return (struct oracle_command){
        .slba = slba,
        .count = 1 + draw(bench, draw(bench, 2) == 0 ? room
                                 : room < 3          ? room
                                                     : 3),
        .action = draw(bench, 3) == 0,
        .check_guard = (check & 1) != 0,
        .check_application = (check & 2) != 0,
        .check_reference = (check & 4) != 0,
        .reference = draw_reference(bench, slba),
        .application = draw_tag(bench),
        .mask = (uint16_t)(draw(bench, 3) == 0 ? 0x00ff : 0xffff),
        .host = bench->host,
    };
}

/* Blocks for the host to write: mostly with the protection information that the command asks for. */
static void draw_host(struct bench *bench, const struct oracle_command *command) {
    for (uint32_t i = 0; i < command->count; i++) {
        struct oracle_block *block = &command->host[i];
        for (uint32_t j = 0; j < sizeof(*block); j += 8) {
            const uint64_t word = next_random(&bench->random);
            memcpy((uint8_t *)block + j, &word, 8);
        }
        if (bench->format.type != 0 && draw(bench, 100) != 0) {
            const uint32_t index = bench->format.type == 3 ? 0 : i;
            const bool strange = draw(bench, 60) == 0;
            oracle_protect(&bench->oracle, block, strange ? draw_tag(bench) : command->application,
                           (strange ? draw_reference(bench, command->slba) : command->reference) +
                               index);
        }
        if (draw(bench, 100) == 0) {
            block->data[draw(bench, bench->format.block_size)] ^= 1;
        }
    }
}

/* What is on the disk, with perhaps a bit that differs. */
static void copy_stored(struct bench *bench, const struct oracle_command *command) {
    memcpy(command->host, &bench->oracle.blocks[command->slba],
           command->count * sizeof(struct oracle_block));
    if (draw(bench, 3) == 0) {
        struct oracle_block *block = &command->host[draw(bench, command->count)];
        uint8_t *bytes = draw(bench, 2) == 0 ? block->data : block->metadata;
        bytes[draw(bench, bytes == block->data ? bench->format.block_size
                                               : bench->format.metadata_size)] ^= 0x40;
    }
}

static void count_status(struct bench *bench, uint16_t status) {
    const uint16_t statuses[] = {NVME_SUCCESS,
                                 NVME_INVALID_PROTECTION_INFORMATION,
                                 NVME_GUARD_CHECK_ERROR,
                                 NVME_APPLICATION_TAG_CHECK_ERROR,
                                 NVME_REFERENCE_TAG_CHECK_ERROR,
                                 NVME_COMPARE_FAILURE};
    for (unsigned i = 0; i < 6; i++) {
        bench->by_status[i] += statuses[i] == status;
    }
}

static void step(struct bench *bench) {
    struct oracle_command command = draw_command(bench);
    const uint64_t at = draw(bench, PAGE / 4) * 4;
    uint16_t expected;
    uint8_t opcode;
    switch (draw(bench, 6)) {
    case 0:
    case 1:
        draw_host(bench, &command);
        lay_out(bench, &command, at);
        opcode = NVME_WRITE;
        expected = oracle_write(&bench->oracle, &command);
        break;
    case 2:
        /* Which of several errors comes first is the controller's own. */
        if (draw(bench, 2) == 0) {
            command.count = 1;
        } else {
            command.check_guard = command.check_application = command.check_reference = false;
        }
        copy_stored(bench, &command);
        lay_out(bench, &command, at);
        opcode = NVME_COMPARE;
        expected = oracle_compare(&bench->oracle, &command);
        break;
    case 3:
        command.deallocate = draw(bench, 2) == 0;
        command.check_reference = false;
        opcode = NVME_WRITE_ZEROES;
        expected = oracle_write_zeroes(&bench->oracle, &command);
        break;
    default:
        opcode = NVME_READ;
        expected = oracle_read(&bench->oracle, &command);
        break;
    }
    memset(bench->metadata + 2 * PAGE - 16, 0xee, 16);
    const n4j_submission submission = submission_of(bench, opcode, &command, at);
    CHECK_EQUAL(expected, disk_run(&bench->disk, &submission));
    count_status(bench, expected);
    if (opcode == NVME_READ && expected == NVME_SUCCESS) {
        check_laid_out(bench, &command, at);
    }
}

/* All of the namespace is what the oracle says. */
static void check_contents(struct bench *bench) {
    for (uint32_t lba = 0; lba < ORACLE_BLOCKS; lba += 4) {
        struct oracle_command read = {.slba = lba, .count = 4, .host = bench->host};
        CHECK_EQUAL(NVME_SUCCESS, oracle_read(&bench->oracle, &read));
        const n4j_submission submission = submission_of(bench, NVME_READ, &read, 0);
        CHECK_EQUAL(NVME_SUCCESS, disk_run(&bench->disk, &submission));
        check_laid_out(bench, &read, 0);
    }
}

static const uint32_t metadata_sizes[] = {8, 16, 64};
static struct bench bench; /* too large for a stack */

/* Every format, through random commands. */
static void run_formats(const char *keys, unsigned steps) {
    unsigned by_status[6] = {0};
    for (unsigned i = 0; i < 2 * 3 * 2 * 4 * 2; i++) {
        const struct format format = {.block_size = i % 2 == 0 ? 512 : 4096,
                                      .metadata_size = metadata_sizes[i / 2 % 3],
                                      .extended = i / 6 % 2 == 1,
                                      .type = (int)(i / 12 % 4),
                                      .first = i / 48 == 1};
        memset(&bench, 0, sizeof(bench));
        open_bench(&bench, keys, format);
        bench.random += i;
        check_contents(&bench);
        for (unsigned j = 0; j < steps; j++) {
            step(&bench);
        }
        check_contents(&bench);
        for (unsigned j = 0; j < 6; j++) {
            by_status[j] += bench.by_status[j];
        }
        close_bench(&bench);
    }
    printf("    succeeded %u, invalid %u, guard %u, application %u, reference %u, compare %u\n",
           by_status[0], by_status[1], by_status[2], by_status[3], by_status[4], by_status[5]);
    for (unsigned j = 0; j < 6; j++) {
        CHECK(by_status[j] > steps / 4);
    }
}

static void every_format_does_as_the_specification_says(void) {
    run_formats("size:" SIZE, STEPS);
}

static void on_scrambled_pages_by_a_thread_too(void) {
    run_formats("size:" SIZE " iova:scrambled mode:threaded", STEPS / 4);
}

/* ---- named cases ---- */

static void the_crc_is_that_of_t10_dif(void) {
    CHECK_EQUAL(0xd0db, crc16_t10dif(0, "123456789", 9));
    uint8_t data[300];
    uint64_t random = 5;
    for (unsigned i = 0; i < sizeof(data); i++) {
        data[i] = (uint8_t)next_random(&random);
    }
    for (unsigned length = 0; length < sizeof(data); length++) {
        const uint16_t seed = (uint16_t)next_random(&random);
        CHECK_EQUAL(oracle_crc(data, length, seed), crc16_t10dif(seed, data, length));
    }
}

static void metadata_without_protection_may_have_any_size(void) {
    const uint32_t sizes[] = {4, 12, 20, 60};
    for (unsigned i = 0; i < 8; i++) {
        const struct format format = {
            .block_size = 512, .metadata_size = sizes[i / 2], .extended = i % 2 == 1};
        memset(&bench, 0, sizeof(bench));
        open_bench(&bench, "size:" SIZE, format);
        for (unsigned j = 0; j < STEPS; j++) {
            step(&bench);
        }
        check_contents(&bench);
        close_bench(&bench);
    }
}

static void a_file_keeps_blocks_and_metadata(void) {
    char path[64];
    char keys[160];
    snprintf(path, sizeof(path), "/tmp/nvme4j-metadata-test-%d.img", (int)getpid());
    for (unsigned i = 0; i < 4; i++) {
        const struct format format = {.block_size = i % 2 == 0 ? 512 : 4096,
                                      .metadata_size = 16,
                                      .extended = i / 2 == 1,
                                      .type = 1};
        memset(&bench, 0, sizeof(bench));
        snprintf(keys, sizeof(keys), "traddr:%s size:" SIZE, path);
        open_bench(&bench, keys, format);
        for (unsigned j = 0; j < STEPS; j++) {
            step(&bench);
        }
        close_bench(&bench);
        const struct oracle before = bench.oracle;
        snprintf(keys, sizeof(keys), "traddr:%s", path); /* its size tells the namespace's */
        open_bench(&bench, keys, format);
        bench.oracle = before;
        check_contents(&bench);
        close_bench(&bench);
        snprintf(keys, sizeof(keys), "traddr:%s size:512K metadata:16 block:%u", path,
                 format.block_size);
        CHECK_CONTAINS("has room for 262144 bytes", attach_error(keys, -EINVAL));
        snprintf(keys, sizeof(keys), "traddr:%s metadata:20 block:%u", path, format.block_size);
        CHECK_CONTAINS("blocks with their metadata", attach_error(keys, -EINVAL));
        unlink(path);
    }
}

static void the_null_medium_moves_nothing_but_checks_pointers(void) {
    const struct format format = {.block_size = 512, .metadata_size = 8, .type = 1};
    memset(&bench, 0, sizeof(bench));
    open_bench(&bench, "traddr:null", format);
    struct oracle_command command = {.count = 4, .check_guard = true, .host = bench.host};
    n4j_submission submission = submission_of(&bench, NVME_READ, &command, 0);
    memset(bench.data.data, 0x5a, bench.data.length);
    memset(bench.metadata, 0x5a, PAGE);
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&bench.disk, &submission));
    CHECK(is_filled(bench.data.data, bench.data.length, 0x5a));
    CHECK(is_filled(bench.metadata, PAGE, 0x5a));
    submission.opc = NVME_WRITE;
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&bench.disk, &submission));
    submission.mptr = 0x5000;
    CHECK_EQUAL(NVME_DATA_TRANSFER_ERROR, disk_run(&bench.disk, &submission));
    close_bench(&bench);
}

static void the_metadata_pointer_has_to_be_good(void) {
    const struct format format = {.block_size = 512, .metadata_size = 16, .type = 0};
    memset(&bench, 0, sizeof(bench));
    open_bench(&bench, "size:" SIZE " iova:scrambled", format);
    struct buffer page = buffer_alloc(&bench.disk, PAGE);
    struct oracle_command command = {.count = 8, .host = bench.host};
    const n4j_submission good = submission_of(&bench, NVME_READ, &command, 0);
    const struct {
        uint64_t mptr;
        uint16_t status;
    } cases[] = {
        {bench.metadata_iova, NVME_SUCCESS},
        {bench.metadata_iova + 4, NVME_SUCCESS},
        {bench.metadata_iova + PAGE - 64, NVME_SUCCESS}, /* over a page, of neighbours */
        {bench.metadata_iova + 2 * PAGE - 128, NVME_SUCCESS},
        {bench.metadata_iova + 2 * PAGE - 124, NVME_DATA_TRANSFER_ERROR},
        {page.iovas[0] + PAGE - 128, NVME_SUCCESS},
        {page.iovas[0] + PAGE - 124, NVME_DATA_TRANSFER_ERROR}, /* has no neighbour */
        {bench.metadata_iova + 2, NVME_INVALID_FIELD},
        {bench.metadata_iova + 1, NVME_INVALID_FIELD},
        {0, NVME_DATA_TRANSFER_ERROR},
        {UINT64_MAX - 3, NVME_DATA_TRANSFER_ERROR},
        {UINT64_C(1) << 48, NVME_DATA_TRANSFER_ERROR},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        n4j_submission submission = good;
        submission.mptr = cases[i].mptr;
        CHECK_EQUAL(cases[i].status, disk_run(&bench.disk, &submission));
    }
    buffer_free(&page);
    close_bench(&bench);
}

static void psdt_says_how_metadata_may_lie(void) {
    const struct {
        const char *keys;
        unsigned psdt;
        uint64_t offset;
        uint16_t status;
    } cases[] = {
        {"sgl:byte", NVME_PSDT_SGL_MPTR_CONTIGUOUS, 0, NVME_SUCCESS},
        {"sgl:byte", NVME_PSDT_SGL_MPTR_CONTIGUOUS, 1, NVME_SUCCESS},
        {"sgl:dword", NVME_PSDT_SGL_MPTR_CONTIGUOUS, 4, NVME_SUCCESS},
        {"sgl:dword", NVME_PSDT_SGL_MPTR_CONTIGUOUS, 1, NVME_INVALID_FIELD},
        {"sgl:byte", NVME_PSDT_SGL_MPTR_SGL, 0, NVME_INVALID_FIELD},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct format format = {.block_size = 512, .metadata_size = 8};
        char keys[64];
        snprintf(keys, sizeof(keys), "size:" SIZE " %s", cases[i].keys);
        memset(&bench, 0, sizeof(bench));
        open_bench(&bench, keys, format);
        n4j_submission submission = io_command(NVME_READ, 0, 1);
        submission.flags = (uint8_t)(cases[i].psdt << 6);
        submission.data_form = N4J_DATA_SGL;
        submission.prp1 = bench.data.iovas[0];
        submission.prp2 = 512;
        submission.mptr = bench.metadata_iova + cases[i].offset;
        CHECK_EQUAL(cases[i].status, disk_run(&bench.disk, &submission));
        close_bench(&bench);
    }
}

static void mdts_counts_interleaved_metadata(void) {
    for (unsigned i = 0; i < 2; i++) {
        char keys[128];
        snprintf(keys, sizeof(keys), "size:1M mdts:1 metadata:8 pi:1 metadata_mode:%s",
                 i == 0 ? "separate" : "extended");
        struct disk disk = disk_open(keys, 1);
        struct buffer data = buffer_alloc(&disk, 5 * (uint64_t)PAGE);
        struct buffer lists = buffer_alloc(&disk, PAGE);
        n4j_submission command = io_command(NVME_READ, 0, 16);
        put_prps(&command, &data, 0, 4 * (uint64_t)PAGE, &lists);
        command.prp2 = data.iovas[1];
        command.mptr = data.iovas[4];
        CHECK_EQUAL(i == 0 ? NVME_SUCCESS : NVME_INVALID_FIELD, disk_run(&disk, &command));
        command.cdw12 |= 1u << 29; /* stripped */
        CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &command));
        buffer_free(&data);
        buffer_free(&lists);
        disk_close(&disk);
    }
}

static void identify_tells_the_format(void) {
    const struct {
        const char *keys;
        uint16_t ms;
        uint8_t flbas;
        uint8_t mc;
        uint8_t dpc;
        uint8_t dps;
    } cases[] = {
        {"size:1M", 0, 0, 0, 0, 0},
        {"size:1M metadata:64", 64, 0, 2, 0, 0},
        {"size:1M metadata:16 metadata_mode:extended", 16, 0x10, 1, 0, 0},
        {"size:1M metadata:8 pi:1", 8, 0, 2, 0x11, 1},
        {"size:1M metadata:8 pi:2 pi_first:1", 8, 0, 2, 0x0a, 0x0a},
        {"size:1M metadata:16 pi:3 metadata_mode:extended pi_first:0", 16, 0x10, 1, 0x14, 3},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct disk disk = disk_open(cases[i].keys, 1);
        struct buffer page = buffer_alloc(&disk, PAGE);
        const n4j_submission command = {.opc = NVME_IDENTIFY,
                                        .nsid = 1,
                                        .prp1 = page.iovas[0],
                                        .cdw10 = NVME_CNS_NAMESPACE,
                                        .data_form = N4J_DATA_PRP};
        CHECK_EQUAL(NVME_SUCCESS, disk_admin(&disk, &command, NULL));
        CHECK_EQUAL(2048, *(uint64_t *)(void *)page.data); /* NSZE */
        CHECK_EQUAL(cases[i].flbas, page.data[26]);
        CHECK_EQUAL(cases[i].mc, page.data[27]);
        CHECK_EQUAL(cases[i].dpc, page.data[28]);
        CHECK_EQUAL(cases[i].dps, page.data[29]);
        CHECK_EQUAL(cases[i].ms, page.data[128] | page.data[129] << 8);
        CHECK_EQUAL(9, page.data[130]);
        buffer_free(&page);
        disk_close(&disk);
    }
}

static void bad_formats_say_what_is_allowed(void) {
    CHECK_CONTAINS("0 to 256", attach_error("metadata:257", -EINVAL));
    CHECK_CONTAINS("multiple of 4", attach_error("metadata:6", -EINVAL));
    CHECK_CONTAINS("separate or extended", attach_error("metadata_mode:both", -EINVAL));
    CHECK_CONTAINS("0 to 3", attach_error("metadata:8 pi:4", -EINVAL));
    CHECK_CONTAINS("metadata:8 or more", attach_error("pi:1", -EINVAL));
    CHECK_CONTAINS("metadata:8 or more", attach_error("metadata:4 pi:2", -EINVAL));
    CHECK_CONTAINS("0 to 1", attach_error("metadata:8 pi:1 pi_first:2", -EINVAL));
}

static void a_failed_check_in_the_last_block_writes_none(void) {
    const struct format format = {.block_size = 512, .metadata_size = 8, .type = 2};
    memset(&bench, 0, sizeof(bench));
    open_bench(&bench, "size:" SIZE, format);
    struct oracle_command write = {
        .count = COUNT_MAX, .check_guard = true, .application = 1, .host = bench.host};
    memset(bench.host, 0x77, sizeof(bench.host));
    for (uint32_t i = 0; i < COUNT_MAX; i++) {
        oracle_protect(&bench.oracle, &bench.host[i], 1, i);
    }
    bench.host[COUNT_MAX - 1].data[100] ^= 1;
    lay_out(&bench, &write, 0);
    const n4j_submission submission = submission_of(&bench, NVME_WRITE, &write, 0);
    CHECK_EQUAL(NVME_GUARD_CHECK_ERROR, disk_run(&bench.disk, &submission));
    check_contents(&bench);
    close_bench(&bench);
}

static void metadata_in_a_truncated_file_fails_the_command(void) {
    const struct format format = {.block_size = 512, .metadata_size = 8};
    memset(&bench, 0, sizeof(bench));
    open_bench(&bench, "size:" SIZE, format);
    const int file = memfd_create("metadata", MFD_CLOEXEC);
    CHECK_EQUAL(0, ftruncate(file, PAGE));
    uint8_t *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    CHECK_EQUAL(
        0, n4j_mem_register(bench.disk.ctrlr, page, PAGE, N4J_MEM_MAY_VANISH, text, sizeof(text)));
    struct oracle_command command = {.count = 4, .host = bench.host};
    n4j_submission submission = submission_of(&bench, NVME_READ, &command, 0);
    CHECK_EQUAL(0, n4j_mem_translate(bench.disk.ctrlr, page, 1, PAGE, &submission.mptr, 1));
    memset(page, 0xee, PAGE);
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&bench.disk, &submission));
    CHECK(is_filled(page, 32, 0) && is_filled(page + 32, PAGE - 32, 0xee));
    CHECK_EQUAL(0, ftruncate(file, 0));
    const uint8_t opcodes[] = {NVME_READ, NVME_WRITE, NVME_COMPARE};
    for (unsigned i = 0; i < 3; i++) {
        submission.opc = opcodes[i];
        CHECK_EQUAL(NVME_DATA_TRANSFER_ERROR, disk_run(&bench.disk, &submission));
    }
    CHECK_EQUAL(0, n4j_mem_unregister(bench.disk.ctrlr, page));
    munmap(page, PAGE);
    close(file);
    close_bench(&bench);
}

static void deallocated_blocks_read_as_never_written(void) {
    const struct format format = {.block_size = 512, .metadata_size = 16, .type = 1};
    memset(&bench, 0, sizeof(bench));
    open_bench(&bench, "size:" SIZE, format);
    struct oracle_command write = {
        .count = COUNT_MAX, .action = true, .application = 1, .host = bench.host};
    memset(bench.host, 0x77, sizeof(bench.host));
    lay_out(&bench, &write, 0);
    n4j_submission submission = submission_of(&bench, NVME_WRITE, &write, 0);
    CHECK_EQUAL(NVME_SUCCESS, oracle_write(&bench.oracle, &write));
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&bench.disk, &submission));
    check_contents(&bench);
    struct nvme_dsm_range *range = (void *)bench.lists.data;
    *range = (struct nvme_dsm_range){.slba = 5, .nlb = 20};
    submission = (n4j_submission){.opc = NVME_DATASET_MANAGEMENT,
                                  .nsid = 1,
                                  .prp1 = bench.lists.iovas[0],
                                  .cdw11 = NVME_DSM_AD,
                                  .data_form = N4J_DATA_PRP};
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&bench.disk, &submission));
    oracle_deallocate(&bench.oracle, 5, 20);
    check_contents(&bench);
    close_bench(&bench);
}

int main(void) {
    RUN(the_crc_is_that_of_t10_dif);
    RUN(every_format_does_as_the_specification_says);
    RUN(on_scrambled_pages_by_a_thread_too);
    RUN(metadata_without_protection_may_have_any_size);
    RUN(a_file_keeps_blocks_and_metadata);
    RUN(the_null_medium_moves_nothing_but_checks_pointers);
    RUN(the_metadata_pointer_has_to_be_good);
    RUN(psdt_says_how_metadata_may_lie);
    RUN(mdts_counts_interleaved_metadata);
    RUN(identify_tells_the_format);
    RUN(bad_formats_say_what_is_allowed);
    RUN(a_failed_check_in_the_last_block_writes_none);
    RUN(metadata_in_a_truncated_file_fails_the_command);
    RUN(deallocated_blocks_read_as_never_written);
    return 0;
}
