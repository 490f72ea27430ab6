/* SPDX-License-Identifier: Apache-2.0 */

/* Physical Region Pages, one case after the other. */
#include "check.h"
#include "fixture.h"

#define BLOCK 512u
#define LIST_ENTRIES 512u

struct prp_case {
    const char *name;
    uint64_t offset; /* of the data in its buffer */
    uint32_t blocks;
    uint32_t list_offset; /* of the list in its page */
};

static const struct prp_case good_cases[] = {
    {"one block", 0, 1, 0},
    {"one block, 4 aligned", 4, 1, 0},
    {"one block at the end of a page", 4096 - 512, 1, 0},
    {"one block across a page", 4096 - 4, 1, 0},
    {"4k", 0, 8, 0},
    {"4k + 8 aligned", 8, 8, 0},
    {"4k, last dword of a page", 4092, 8, 0},
    {"one block over a page", 0, 9, 0},
    {"8k", 0, 16, 0},
    {"8k + 4 aligned: a list of two", 4, 16, 0},
    {"12k: a list of two", 0, 24, 0},
    {"12k, list in mid-page", 0, 24, 2048},
    {"12k, list of the page's last two entries", 0, 24, 4096 - 16},
    {"12k, list of the page's last entry, chained", 0, 24, 4096 - 8},
    {"list exactly full", 0, 8 * (1 + LIST_ENTRIES), 0},
    {"list exactly full, mid-page", 0, 8 * (1 + LIST_ENTRIES / 2), 2048},
    {"list full but for one byte", 4, 8 * (1 + LIST_ENTRIES), 0},
    {"one entry more than a list: chained", 0, 8 * (2 + LIST_ENTRIES), 0},
    {"two lists exactly full", 0, 8 * (1 + 511 + 512), 0},
};

/* Writes the entries of pages 1, 2, ... as the specification says, from `list_offset` on. */
static void put_list(n4j_submission *command, const struct buffer *data, uint64_t pages,
                     struct buffer *lists, uint32_t list_offset) {
    uint64_t *list = (uint64_t *)(void *)lists->data;
    uint64_t entry = list_offset / 8;
    command->prp2 = buffer_iova(lists, list_offset);
    for (uint64_t page = 1; page < pages; page++) {
        if (entry % LIST_ENTRIES == LIST_ENTRIES - 1 && page + 1 < pages) {
            list[entry] = lists->iovas[entry / LIST_ENTRIES + 1];
            entry++;
        }
        list[entry++] = data->iovas[page];
    }
}

static n4j_submission make(const struct prp_case *prp_case, uint8_t opcode,
                           const struct buffer *data, struct buffer *lists) {
    n4j_submission command = io_command(opcode, 0, prp_case->blocks);
    const uint64_t pages =
        (prp_case->offset % PAGE + (uint64_t)prp_case->blocks * BLOCK + PAGE - 1) / PAGE;
    command.prp1 = buffer_iova(data, prp_case->offset);
    if (pages == 2) {
        command.prp2 = data->iovas[1];
    } else if (pages > 2) {
        put_list(&command, data, pages, lists, prp_case->list_offset);
    }
    return command;
}

static void good_lists_move_exactly_their_data(void) {
    const char *keys[] = {"size:16M mdts:10", "size:16M mdts:10 iova:scrambled"};
    for (unsigned k = 0; k < 2; k++) {
        struct disk disk = disk_open(keys[k], 1);
        struct buffer data = buffer_alloc(&disk, 6 << 20);
        struct buffer lists = buffer_alloc(&disk, 8 * (uint64_t)PAGE);
        struct buffer whole = buffer_alloc(&disk, 4 << 20);
        buffer_fill(&whole, 1);
        disk_move(&disk, NVME_WRITE, 0, 8192, BLOCK, &whole, 0);
        for (unsigned i = 0; i < sizeof(good_cases) / sizeof(good_cases[0]); i++) {
            const struct prp_case *prp_case = &good_cases[i];
            const uint64_t bytes = (uint64_t)prp_case->blocks * BLOCK;
            if (bytes > 4 << 20) {
                continue;
            }
            printf("    %s\n", prp_case->name);
            memset(data.data, 0xee, data.length);
            n4j_submission command = make(prp_case, NVME_READ, &data, &lists);
            CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &command));
            const uint64_t end = prp_case->offset + bytes;
            CHECK(is_filled(data.data, prp_case->offset, 0xee));
            CHECK_EQUAL(0, memcmp(data.data + prp_case->offset, whole.data, bytes));
            CHECK(is_filled(data.data + end, data.length - end, 0xee));
            command.opc = NVME_COMPARE;
            CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &command));
        }
        buffer_free(&whole);
        buffer_free(&lists);
        buffer_free(&data);
        disk_close(&disk);
    }
}

/* Runs a bad read and a bad write: neither memory nor the medium may change. */
static void expect_untouched(struct disk *disk, n4j_submission command, uint16_t status,
                             struct buffer *data) {
    struct buffer medium = buffer_alloc(disk, 4 << 20);
    memset(data->data, 0xee, data->length);
    command.opc = NVME_READ;
    CHECK_EQUAL(status, disk_run(disk, &command));
    CHECK(is_filled(data->data, data->length, 0xee));
    command.opc = NVME_WRITE;
    CHECK_EQUAL(status, disk_run(disk, &command));
    disk_move(disk, NVME_READ, 0, 8192, BLOCK, &medium, 0);
    CHECK(is_filled(medium.data, medium.length, 0));
    buffer_free(&medium);
}

#define UNMAPPED UINT64_C(0x5000)

static void bad_prps_touch_nothing(void) {
    struct disk disk = disk_open("size:16M mdts:10 iova:scrambled", 1);
    struct buffer data = buffer_alloc(&disk, 6 << 20);
    struct buffer lists = buffer_alloc(&disk, 8 * (uint64_t)PAGE);
    uint64_t *list = (uint64_t *)(void *)lists.data;
    n4j_submission command = io_command(NVME_READ, 0, 8);

    for (unsigned bits = 1; bits < 4; bits++) { /* PRP1 not dword aligned */
        command.prp1 = data.iovas[0] + bits;
        expect_untouched(&disk, command, NVME_PRP_OFFSET_INVALID, &data);
    }
    command.prp1 = UNMAPPED;
    expect_untouched(&disk, command, NVME_DATA_TRANSFER_ERROR, &data);
    command.prp1 = UINT64_MAX & ~UINT64_C(4095);
    expect_untouched(&disk, command, NVME_DATA_TRANSFER_ERROR, &data);

    command = io_command(NVME_READ, 0, 16); /* two pages: PRP2 with an offset, unmapped, 0 */
    command.prp1 = data.iovas[0];
    command.prp2 = data.iovas[1] + 8;
    expect_untouched(&disk, command, NVME_PRP_OFFSET_INVALID, &data);
    command.prp2 = UNMAPPED;
    expect_untouched(&disk, command, NVME_DATA_TRANSFER_ERROR, &data);
    command.prp2 = 0;
    expect_untouched(&disk, command, NVME_DATA_TRANSFER_ERROR, &data);

    const struct prp_case chained = {"", 0, 8 * 600, 0};
    const n4j_submission good = make(&chained, NVME_READ, &data, &lists);
    command = good;
    command.prp2 = lists.iovas[0] + 4; /* a list that is not qword aligned */
    expect_untouched(&disk, command, NVME_PRP_OFFSET_INVALID, &data);
    command.prp2 = UNMAPPED;
    expect_untouched(&disk, command, NVME_DATA_TRANSFER_ERROR, &data);

    const struct {
        unsigned entry;
        uint64_t value;
        uint16_t status;
    } cases[] = {
        {0, UNMAPPED, NVME_DATA_TRANSFER_ERROR},
        {0, 0, NVME_DATA_TRANSFER_ERROR},
        {300, UNMAPPED, NVME_DATA_TRANSFER_ERROR},
        {300, data.iovas[9] + 512, NVME_PRP_OFFSET_INVALID},
        {511, UNMAPPED, NVME_DATA_TRANSFER_ERROR},          /* the chain's address */
        {511, lists.iovas[1] + 8, NVME_PRP_OFFSET_INVALID}, /* is a page's */
        {511, lists.iovas[1] + 1, NVME_PRP_OFFSET_INVALID},
        {512 + 87, UNMAPPED, NVME_DATA_TRANSFER_ERROR}, /* the last entry */
        {512 + 87, data.iovas[9] + 4, NVME_PRP_OFFSET_INVALID},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const uint64_t before = list[cases[i].entry];
        list[cases[i].entry] = cases[i].value;
        expect_untouched(&disk, good, cases[i].status, &data);
        list[cases[i].entry] = before;
    }
    list[512 + 88] = UNMAPPED; /* beyond the end: not looked at */
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &good));
    buffer_free(&lists);
    buffer_free(&data);
    disk_close(&disk);
}

static void a_list_that_bites_its_tail_ends(void) {
    struct disk disk = disk_open("size:16M mdts:0", 1);
    struct buffer data = buffer_alloc(&disk, PAGE);
    struct buffer lists = buffer_alloc(&disk, PAGE);
    uint64_t *list = (uint64_t *)(void *)lists.data;
    for (unsigned i = 0; i < 511; i++) {
        list[i] = data.iovas[0];
    }
    list[511] = lists.iovas[0];
    n4j_submission command = io_command(NVME_READ, 0, 32768);
    command.prp1 = data.iovas[0];
    command.prp2 = lists.iovas[0];
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &command)); /* every entry is a page, however often */
    command.prp2 = lists.iovas[0] + 4088;
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &command));
    list[511] = lists.iovas[0] + 4088;
    CHECK_EQUAL(NVME_PRP_OFFSET_INVALID, disk_run(&disk, &command));
    buffer_free(&lists);
    buffer_free(&data);
    disk_close(&disk);
}

static void contiguity_is_not_assumed(void) {
    struct disk disk = disk_open("size:1M iova:scrambled", 1);
    struct buffer data = buffer_alloc(&disk, 2 * (uint64_t)PAGE);
    n4j_submission command = io_command(NVME_READ, 0, 16);
    command.prp1 = data.iovas[0];
    command.prp2 = data.iovas[0] + PAGE; /* what works where IOVAs are contiguous */
    CHECK(command.prp2 != data.iovas[1]);
    CHECK_EQUAL(NVME_DATA_TRANSFER_ERROR, disk_run(&disk, &command));
    buffer_free(&data);
    disk_close(&disk);
}

int main(void) {
    RUN(good_lists_move_exactly_their_data);
    RUN(bad_prps_touch_nothing);
    RUN(a_list_that_bites_its_tail_ends);
    RUN(contiguity_is_not_assumed);
    return 0;
}
