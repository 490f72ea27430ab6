/* SPDX-License-Identifier: Apache-2.0 */

/* Scatter Gather Lists, one case after the other. */
#include "check.h"
#include "fixture.h"

#define BLOCK 512u
#define SGL_FLAGS (NVME_PSDT_SGL_MPTR_CONTIGUOUS << 6)
#define UNMAPPED UINT64_C(0x5000)

struct sgl_test {
    struct disk disk;
    struct buffer data;
    struct buffer lists;
    struct buffer medium;
    struct nvme_sgl_descriptor *list;
};

static void open_test(struct sgl_test *test, const char *keys) {
    test->disk = disk_open(keys, 1);
    test->data = buffer_alloc(&test->disk, 256 << 10);
    test->lists = buffer_alloc(&test->disk, 4 * (uint64_t)PAGE);
    test->medium = buffer_alloc(&test->disk, 256 << 10);
    test->list = (struct nvme_sgl_descriptor *)(void *)test->lists.data;
    buffer_fill(&test->medium, 9);
    disk_move(&test->disk, NVME_WRITE, 0, 512, BLOCK, &test->medium, 0);
    memset(test->data.data, 0xee, test->data.length);
}

static void close_test(struct sgl_test *test) {
    buffer_free(&test->data);
    buffer_free(&test->lists);
    buffer_free(&test->medium);
    disk_close(&test->disk);
}

static struct nvme_sgl_descriptor descriptor(uint64_t type, uint64_t address, uint32_t length) {
    return (struct nvme_sgl_descriptor){address, length | type << NVME_SGL_TYPE_SHIFT};
}

static uint16_t run(struct sgl_test *test, uint8_t opcode, uint32_t blocks,
                    struct nvme_sgl_descriptor sgl1) {
    n4j_submission command = io_command(opcode, 0, blocks);
    command.flags = SGL_FLAGS;
    command.data_form = N4J_DATA_SGL;
    command.prp1 = sgl1.address;
    command.prp2 = sgl1.rest;
    return disk_run(&test->disk, &command);
}

static struct nvme_sgl_descriptor block(const struct sgl_test *test, uint64_t offset,
                                        uint32_t length) {
    return descriptor(NVME_SGL_DATA_BLOCK, buffer_iova(&test->data, offset), length);
}

static struct nvme_sgl_descriptor segment(const struct sgl_test *test, uint64_t type,
                                          unsigned first, unsigned count) {
    return descriptor(type, buffer_iova(&test->lists, first * 16), count * 16);
}

static void one_block_inline(void) {
    struct sgl_test test;
    open_test(&test, "size:1M");
    const uint64_t offsets[] = {0, 1, 3, 511, 4095, 5000};
    for (unsigned i = 0; i < 6; i++) {
        memset(test.data.data, 0xee, test.data.length);
        CHECK_EQUAL(NVME_SUCCESS, run(&test, NVME_READ, 64, block(&test, offsets[i], 32768)));
        CHECK(is_filled(test.data.data, offsets[i], 0xee));
        CHECK_EQUAL(0, memcmp(test.data.data + offsets[i], test.medium.data, 32768));
        CHECK(is_filled(test.data.data + offsets[i] + 32768, 32768, 0xee));
        CHECK_EQUAL(NVME_SUCCESS, run(&test, NVME_COMPARE, 64, block(&test, offsets[i], 32768)));
    }
    close_test(&test);
}

static void psdt_10b_is_an_sgl_too(void) {
    struct sgl_test test;
    open_test(&test, "size:1M");
    n4j_submission command = io_command(NVME_READ, 0, 1);
    command.flags = NVME_PSDT_SGL_MPTR_SGL << 6;
    command.data_form = N4J_DATA_SGL;
    command.prp1 = buffer_iova(&test.data, 0);
    command.prp2 = 512;
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&test.disk, &command));
    command.flags = 3 << 6;
    command.data_form = N4J_DATA_NONE;
    CHECK_EQUAL(NVME_INVALID_FIELD, disk_run(&test.disk, &command));
    close_test(&test);
}

static void segments_gather_in_order(void) {
    const char *keys[] = {"size:1M", "size:1M iova:scrambled"};
    for (unsigned k = 0; k < 2; k++) {
        struct sgl_test test;
        open_test(&test, keys[k]);
        /* 1 + 3 blocks in a segment, then 100 in the last, each of 5 bytes, in reverse; one is empty */
        uint8_t expected[2048];
        memset(expected, 0xee, sizeof(expected));
        unsigned moved = 0;
        for (unsigned i = 0; i < 103; i++) {
            const uint32_t length = i == 50 ? 0 : i == 102 ? 2 : 5;
            const unsigned at = 1500 - 10 * i;
            test.list[i < 3 ? i : i + 97] = block(&test, at, length);
            memcpy(expected + at, test.medium.data + moved, length);
            moved += length;
        }
        test.list[3] = segment(&test, NVME_SGL_LAST_SEGMENT, 100, 100);
        const uint32_t rest = BLOCK - moved;
        test.list[199] = block(&test, 1500 - 10 * 102, 2 + rest);
        memcpy(expected + 1500 - 10 * 102, test.medium.data + moved - 2, 2 + rest);
        CHECK_EQUAL(NVME_SUCCESS, run(&test, NVME_READ, 1, segment(&test, NVME_SGL_SEGMENT, 0, 4)));
        CHECK_EQUAL(0, memcmp(expected, test.data.data, sizeof(expected)));
        close_test(&test);
    }
}

static void a_segment_may_straddle_a_page(void) {
    struct sgl_test test;
    open_test(&test, "size:1M");
    /* 8-byte aligned: the third descriptor is half on one page, half on the next */
    uint8_t *at = test.lists.data + PAGE - 40;
    for (unsigned i = 0; i < 4; i++) {
        const struct nvme_sgl_descriptor piece = block(&test, i * 128, 128);
        memcpy(at + i * 16, &piece, sizeof(piece));
    }
    CHECK_EQUAL(NVME_SUCCESS,
                run(&test, NVME_READ, 1,
                    descriptor(NVME_SGL_LAST_SEGMENT, buffer_iova(&test.lists, PAGE - 40), 64)));
    CHECK_EQUAL(0, memcmp(test.data.data, test.medium.data, BLOCK));
    close_test(&test);
}

static void bit_buckets_discard_what_is_read(void) {
    struct sgl_test test;
    open_test(&test, "size:1M");
    test.list[0] = block(&test, 0, 100);
    test.list[1] = descriptor(NVME_SGL_BIT_BUCKET, 0, 9000);
    test.list[2] = block(&test, 100, 10240 - 9100);
    const struct nvme_sgl_descriptor list = segment(&test, NVME_SGL_LAST_SEGMENT, 0, 3);
    CHECK_EQUAL(NVME_SUCCESS, run(&test, NVME_READ, 20, list));
    CHECK_EQUAL(0, memcmp(test.data.data, test.medium.data, 100));
    CHECK_EQUAL(0, memcmp(test.data.data + 100, test.medium.data + 9100, 1140));
    CHECK(is_filled(test.data.data + 1240, 10000, 0xee));
    CHECK_EQUAL(NVME_SUCCESS, run(&test, NVME_READ, 20, descriptor(NVME_SGL_BIT_BUCKET, 0, 10240)));
    /* For what is written they count nothing. */
    CHECK_EQUAL(NVME_DATA_SGL_LENGTH_INVALID, run(&test, NVME_WRITE, 20, list));
    test.list[2] = block(&test, 100, 10240 - 100);
    CHECK_EQUAL(NVME_SUCCESS, run(&test, NVME_WRITE, 20, list));
    close_test(&test);
}

static void dword_granularity_is_checked_where_it_is_told(void) {
    struct sgl_test test;
    open_test(&test, "size:1M sgl:dword");
    CHECK_EQUAL(NVME_SUCCESS, run(&test, NVME_READ, 1, block(&test, 4, 512)));
    CHECK_EQUAL(NVME_SGL_DATA_BLOCK_GRANULARITY_INVALID,
                run(&test, NVME_READ, 1, block(&test, 2, 512)));
    test.list[0] = block(&test, 0, 510);
    test.list[1] = block(&test, 512, 2);
    CHECK_EQUAL(NVME_SGL_DATA_BLOCK_GRANULARITY_INVALID,
                run(&test, NVME_READ, 1, segment(&test, NVME_SGL_LAST_SEGMENT, 0, 2)));
    close_test(&test);
}

/* Runs a bad read and a bad write: neither memory nor the medium may change. */
static void expect_untouched(struct sgl_test *test, uint32_t blocks, uint16_t status,
                             struct nvme_sgl_descriptor sgl1) {
    struct buffer now = buffer_alloc(&test->disk, test->medium.length);
    CHECK_EQUAL(status, run(test, NVME_READ, blocks, sgl1));
    CHECK(is_filled(test->data.data, test->data.length, 0xee));
    CHECK_EQUAL(status, run(test, NVME_WRITE, blocks, sgl1));
    disk_move(&test->disk, NVME_READ, 0, 512, BLOCK, &now, 0);
    CHECK_EQUAL(0, memcmp(now.data, test->medium.data, now.length));
    buffer_free(&now);
}

static void bad_descriptors_in_the_command(void) {
    struct sgl_test test;
    open_test(&test, "size:1M");
    const uint64_t iova = buffer_iova(&test.data, 0);
    for (unsigned type = 4; type < 16; type++) {
        expect_untouched(&test, 1, NVME_SGL_DESCRIPTOR_TYPE_INVALID, descriptor(type, iova, 512));
    }
    struct nvme_sgl_descriptor offset = block(&test, 0, 512);
    offset.rest |= UINT64_C(1) << 56; /* subtype: offset */
    expect_untouched(&test, 1, NVME_SGL_DESCRIPTOR_TYPE_INVALID, offset);
    expect_untouched(&test, 1, NVME_DATA_SGL_LENGTH_INVALID, block(&test, 0, 511));
    expect_untouched(&test, 1, NVME_DATA_SGL_LENGTH_INVALID, block(&test, 0, 513));
    expect_untouched(&test, 1, NVME_DATA_SGL_LENGTH_INVALID, block(&test, 0, 0));
    expect_untouched(&test, 16, NVME_DATA_SGL_LENGTH_INVALID, block(&test, 0, 1 << 30));
    expect_untouched(&test, 1, NVME_DATA_TRANSFER_ERROR,
                     descriptor(NVME_SGL_DATA_BLOCK, UNMAPPED, 512));
    expect_untouched(&test, 1, NVME_DATA_TRANSFER_ERROR,
                     descriptor(NVME_SGL_DATA_BLOCK, UINT64_MAX - 100, 512));
    expect_untouched(
        &test, 64, NVME_DATA_TRANSFER_ERROR, /* the second page isn't mapped */
        descriptor(NVME_SGL_DATA_BLOCK, buffer_iova(&test.data, test.data.length - 512), 32768));
    close_test(&test);
}

static void bad_segments(void) {
    struct sgl_test test;
    open_test(&test, "size:1M iova:scrambled");
    const uint64_t last = NVME_SGL_LAST_SEGMENT;
    const uint64_t lists = buffer_iova(&test.lists, 0);
    test.list[0] = block(&test, 0, 256);
    test.list[1] = block(&test, 256, 256);
    expect_untouched(&test, 1, NVME_INVALID_SGL_SEGMENT_DESCRIPTOR, descriptor(last, lists, 0));
    expect_untouched(&test, 1, NVME_INVALID_SGL_SEGMENT_DESCRIPTOR, descriptor(last, lists, 31));
    expect_untouched(&test, 1, NVME_INVALID_SGL_SEGMENT_DESCRIPTOR,
                     descriptor(last, lists + 4, 32));
    expect_untouched(&test, 1, NVME_DATA_TRANSFER_ERROR, descriptor(last, UNMAPPED, 32));
    expect_untouched(&test, 1, NVME_DATA_TRANSFER_ERROR,
                     descriptor(last, UINT64_MAX & ~UINT64_C(15), 32));
    expect_untouched(&test, 1, NVME_DATA_SGL_LENGTH_INVALID, segment(&test, last, 0, 1));
    /* A segment that isn't the last ends with the descriptor of the next. */
    expect_untouched(&test, 1, NVME_INVALID_SGL_SEGMENT_DESCRIPTOR,
                     segment(&test, NVME_SGL_SEGMENT, 0, 2));
    /* The last one has no such descriptor. */
    test.list[2] = segment(&test, last, 0, 2);
    expect_untouched(&test, 1, NVME_INVALID_SGL_SEGMENT_DESCRIPTOR, segment(&test, last, 2, 1));
    test.list[2] = segment(&test, NVME_SGL_SEGMENT, 0, 2);
    expect_untouched(&test, 1, NVME_INVALID_SGL_SEGMENT_DESCRIPTOR, segment(&test, last, 2, 1));
    /* And in others it is at the end. */
    test.list[2] = segment(&test, last, 0, 2);
    test.list[3] = block(&test, 0, 16);
    expect_untouched(&test, 1, NVME_INVALID_NUMBER_OF_SGL_DESCRIPTORS,
                     segment(&test, NVME_SGL_SEGMENT, 2, 2));
    /* What comes after the data. */
    test.list[2] = block(&test, 512, 1);
    expect_untouched(&test, 1, NVME_DATA_SGL_LENGTH_INVALID, segment(&test, last, 0, 3));
    test.list[2] = descriptor(5, 0, 0);
    expect_untouched(&test, 1, NVME_SGL_DESCRIPTOR_TYPE_INVALID, segment(&test, last, 0, 3));
    test.list[2] = block(&test, 0, 0);
    CHECK_EQUAL(NVME_SUCCESS, run(&test, NVME_READ, 1, segment(&test, last, 0, 3)));
    close_test(&test);
}

static void a_list_that_bites_its_tail_ends(void) {
    struct sgl_test test;
    open_test(&test, "size:1M");
    test.list[0] = segment(&test, NVME_SGL_SEGMENT, 0, 1);
    expect_untouched(&test, 1, NVME_INVALID_NUMBER_OF_SGL_DESCRIPTORS, test.list[0]);
    test.list[0] = block(&test, 0, 0);
    test.list[1] = segment(&test, NVME_SGL_SEGMENT, 0, 2);
    expect_untouched(&test, 1, NVME_INVALID_NUMBER_OF_SGL_DESCRIPTORS, test.list[1]);
    close_test(&test);
}

int main(void) {
    RUN(one_block_inline);
    RUN(psdt_10b_is_an_sgl_too);
    RUN(segments_gather_in_order);
    RUN(a_segment_may_straddle_a_page);
    RUN(bit_buckets_discard_what_is_read);
    RUN(dword_granularity_is_checked_where_it_is_told);
    RUN(bad_descriptors_in_the_command);
    RUN(bad_segments);
    RUN(a_list_that_bites_its_tail_ends);
    return 0;
}
