/* SPDX-License-Identifier: Apache-2.0 */

/* Parameter Error Location: the Error Information log page names the field that a command failed for. */
#include "bare_device.h"
#include "check.h"

#define QUEUE_ENTRIES 8
#define NOWHERE 0xffffu
#define NOT_MAPPED (1ull << 40)
#define AT(byte, bit) ((byte) | (bit) << 8)

/* One thing is wrong with each. Pointers are offsets into a page that is there. */
struct wrong {
    struct nvme_sqe sqe;
    uint32_t location;
    bool is_io;
};

static const struct wrong wrongs[] = {
    {{.opc = 0x7f}, AT(0, 0), false},
    {{.opc = NVME_KEEP_ALIVE, .flags = 1}, AT(1, 0), false},
    {{.opc = NVME_KEEP_ALIVE, .flags = 1 << 6}, AT(1, 6), false},
    {{.opc = NVME_IDENTIFY, .nsid = 7}, AT(4, 0), false},
    {{.opc = NVME_IDENTIFY, .cdw10 = 0x7f}, AT(40, 0), false},
    {{.opc = NVME_IDENTIFY, .cdw10 = 0x1c | 0xfffe << 16}, AT(42, 0), false},
    {{.opc = NVME_IDENTIFY, .cdw10 = 0x06, .cdw11 = 3u << 24}, AT(47, 0), false},
    {{.opc = NVME_GET_LOG_PAGE, .cdw10 = 0x06}, AT(40, 0), false},
    {{.opc = NVME_GET_LOG_PAGE, .nsid = 1, .cdw10 = 0x02}, AT(4, 0), false},
    {{.opc = NVME_GET_LOG_PAGE, .cdw10 = 0x02, .cdw11 = 16}, AT(42, 0), false},
    {{.opc = NVME_GET_LOG_PAGE, .cdw10 = 0x02, .cdw12 = 2}, AT(48, 0), false},
    {{.opc = NVME_GET_LOG_PAGE, .cdw10 = 0x02, .cdw14 = 1u << 23}, AT(58, 7), false},
    {{.opc = NVME_GET_LOG_PAGE, .cdw10 = 0x02, .cdw14 = 1u << 24}, AT(59, 0), false},
    {{.opc = NVME_GET_FEATURES, .cdw10 = 0xc0}, AT(40, 0), false},
    {{.opc = NVME_GET_FEATURES, .cdw10 = 0x01 | 7 << 8}, AT(41, 0), false},
    {{.opc = NVME_SET_FEATURES, .cdw10 = 0xc0}, AT(40, 0), false},
    {{.opc = NVME_SET_FEATURES, .cdw10 = 0x01 | 1u << 31}, AT(43, 7), false},
    {{.opc = NVME_SET_FEATURES, .nsid = 1, .cdw10 = 0x01}, AT(4, 0), false},
    {{.opc = NVME_SET_FEATURES, .cdw10 = 0x0b, .cdw11 = 1u << 13 | 1u << 20}, AT(45, 5), false},
    {{.opc = NVME_SET_FEATURES, .cdw10 = 0x02, .cdw11 = 1}, AT(44, 0), false},
    {{.opc = NVME_CREATE_IO_CQ, .cdw10 = 1 | 7 << 16, .cdw11 = 1}, AT(40, 0), false},
    {{.opc = NVME_CREATE_IO_CQ, .cdw10 = 2, .cdw11 = 1}, AT(42, 0), false},
    {{.opc = NVME_CREATE_IO_CQ, .cdw10 = 2 | 7 << 16}, AT(44, 0), false},
    {{.opc = NVME_CREATE_IO_CQ, .cdw10 = 2 | 7 << 16, .cdw11 = 3 | 99u << 16}, AT(46, 0), false},
    {{.opc = NVME_CREATE_IO_SQ, .cdw10 = 2 | 7 << 16, .cdw11 = 1 | 99u << 16}, AT(46, 0), false},
    {{.opc = NVME_CREATE_IO_SQ, .cdw10 = 2 | 7 << 16, .cdw11 = 1 | 5u << 16}, AT(46, 0), false},
    {{.opc = 0x7f, .nsid = 1}, AT(0, 0), true},
    {{.opc = NVME_READ, .nsid = 7}, AT(4, 0), true},
    {{.opc = NVME_READ, .nsid = 1, .cdw10 = 2048}, AT(40, 0), true},
    {{.opc = NVME_READ, .nsid = 1, .cdw12 = 0xfff}, AT(48, 0), true},
    {{.opc = NVME_WRITE, .nsid = 1, .cdw12 = 1 << 20}, AT(50, 4), true},
    {{.opc = NVME_COMPARE, .nsid = 1}, NOWHERE, true}, /* the data differ */
    {{.opc = NVME_READ, .nsid = 1, .flags = 3 << 6}, AT(1, 6), true},
    {{.opc = NVME_READ, .nsid = 1, .prp1 = 2}, AT(24, 0), true},
    {{.opc = NVME_READ, .nsid = 1, .prp2 = 8, .cdw12 = 15}, AT(32, 0), true},
    {{.opc = NVME_READ, .nsid = 1, .prp2 = 4, .cdw12 = 31}, AT(32, 0), true},
    {{.opc = NVME_READ, .nsid = 1, .prp2 = NOT_MAPPED, .cdw12 = 15}, NOWHERE, true},
    {{.opc = NVME_READ, .nsid = 1, .flags = 1 << 6, .prp2 = 512 | 5ull << 60}, AT(24, 0), true},
    {{.opc = NVME_READ, .nsid = 1, .flags = 1 << 6, .prp2 = 4}, AT(24, 0), true},
    {{.opc = NVME_IDENTIFY, .cdw10 = 1, .prp1 = 1}, AT(24, 0), false},
};

/* On blocks with protection information of type 1 beside them. */
static const struct wrong wrongs_with_metadata[] = {
    {{.opc = NVME_READ, .nsid = 1, .mptr = 2}, AT(16, 0), true},
    {{.opc = NVME_READ, .nsid = 1, .flags = 2 << 6, .prp2 = 512}, AT(1, 6), true},
    {{.opc = NVME_READ, .nsid = 1, .prp1 = 2}, AT(24, 0), true},
    {{.opc = NVME_READ, .nsid = 1, .cdw12 = 1 << 26, .cdw14 = 9}, AT(51, 2), true},
    {{.opc = NVME_COMPARE, .nsid = 1, .cdw12 = 1 << 29}, AT(51, 2), true},
    {{.opc = NVME_READ, .nsid = 1, .cdw12 = 0xfff}, AT(48, 0), true},
};

static struct bare_completion run(struct bare_device *bare, struct bare_queue *queue,
                                  const struct wrong *wrong) {
    struct nvme_sqe sqe = wrong->sqe;
    sqe.prp1 += bare->page_iova;
    sqe.mptr += bare->page_iova;
    if (NVME_PSDT(sqe.flags) == NVME_PSDT_PRP && sqe.prp2 != NOT_MAPPED) {
        sqe.prp2 += bare->page_iova;
    }
    memset(bare->page, 1, 512);
    if (!wrong->is_io) {
        return bare_admin(bare, sqe);
    }
    bare_submit(bare, queue, 1, &sqe);
    return bare_await(bare, queue, 1);
}

static void check_all(const char *id, const struct wrong *all, unsigned count) {
    struct bare_device bare = bare_open(id, true);
    struct bare_queue queue = bare_queue_alloc(&bare, QUEUE_ENTRIES);
    CHECK_EQUAL(NVME_SUCCESS, bare_create_cq(&bare, 1, QUEUE_ENTRIES, queue.cq_iova));
    CHECK_EQUAL(NVME_SUCCESS, bare_create_sq(&bare, 1, QUEUE_ENTRIES, queue.sq_iova, 1));
    for (unsigned i = 0; i < count; i++) {
        const struct bare_completion completion = run(&bare, &queue, &all[i]);
        CHECK(completion.status != NVME_SUCCESS);
        const struct nvme_sqe read_log = {.opc = NVME_GET_LOG_PAGE,
                                          .prp1 = bare.page_iova,
                                          .cdw10 = NVME_LOG_ERROR_INFORMATION | 15 << 16};
        CHECK_EQUAL(NVME_SUCCESS, bare_admin(&bare, read_log).status);
        const struct nvme_error_entry *entry = (const void *)bare.page;
        CHECK_EQUAL(i + 1, entry->error_count);
        CHECK_EQUAL(all[i].sqe.opc, entry->opcode);
        CHECK_EQUAL(all[i].is_io ? 1 : 0, entry->sqid);
        CHECK_EQUAL(completion.full_status, entry->status >> 1);
        CHECK_EQUAL(all[i].location, entry->parameter_location);
    }
    bare_close(&bare);
}

static void the_field_is_named(void) {
    check_all("size:1M", wrongs, sizeof(wrongs) / sizeof(wrongs[0]));
}

static void the_field_of_a_command_with_metadata_is_named(void) {
    check_all("size:1M metadata:8 pi:1", wrongs_with_metadata,
              sizeof(wrongs_with_metadata) / sizeof(wrongs_with_metadata[0]));
}

int main(void) {
    RUN(the_field_is_named);
    RUN(the_field_of_a_command_with_metadata_is_named);
    return 0;
}
