/* SPDX-License-Identifier: Apache-2.0 */

/* What the controller says that it has, in Identify and in its log pages, is what it has. */
#include "bare_device.h"
#include "check.h"
#include "fixture.h"

#define QUEUE_ENTRIES 8
#define ALL 0xffffffffu

/* Offsets and bits of the specification's figures. */
#define SUPPORTED 1u
#define CONTENT_CHANGE 2u
#define NAMESPACE_SCOPE (1u << 20)
#define CONTROLLER_SCOPE (1u << 21)

/* A controller with two namespaces, and a queue pair number 1. */
static struct bare_device bare;
static struct bare_queue queue;

static uint16_t identify(uint32_t cns, uint32_t nsid, uint32_t cntid, uint32_t csi) {
    memset(bare.page, 0xee, NVME_PAGE_SIZE);
    return bare_admin(&bare, (struct nvme_sqe){.opc = NVME_IDENTIFY,
                                               .nsid = nsid,
                                               .prp1 = bare.page_iova,
                                               .cdw10 = cns | cntid << 16,
                                               .cdw11 = csi << 24})
        .status;
}

static uint16_t get_log(uint32_t lid, uint64_t offset, uint32_t dwords, uint32_t csi) {
    memset(bare.page, 0xee, NVME_PAGE_SIZE);
    return bare_admin(&bare, (struct nvme_sqe){.opc = NVME_GET_LOG_PAGE,
                                               .prp1 = bare.page_iova,
                                               .cdw10 = lid | (dwords - 1) << 16,
                                               .cdw12 = (uint32_t)offset,
                                               .cdw14 = csi << 24})
        .status;
}

static uint32_t entry(unsigned index) {
    uint32_t value;
    memcpy(&value, bare.page + index * sizeof(value), sizeof(value));
    return value;
}

static void the_nvm_command_set_has_nothing_of_its_own(void) {
    CHECK_EQUAL(NVME_SUCCESS, identify(0x05, 2, 0, 0));
    CHECK(is_filled(bare.page, NVME_PAGE_SIZE, 0));
    CHECK_EQUAL(NVME_SUCCESS, identify(0x06, 0, 0, 0));
    CHECK(is_filled(bare.page, NVME_PAGE_SIZE, 0));
    const uint32_t bad[] = {0, 3, ALL};
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQUAL(NVME_INVALID_NAMESPACE_OR_FORMAT, identify(0x05, bad[i], 0, 0));
        CHECK_EQUAL(NVME_INVALID_NAMESPACE_OR_FORMAT, identify(0x08, bad[i], 0, 0));
    }
    CHECK_EQUAL(NVME_INVALID_FIELD, identify(0x05, 1, 0, 2)); /* zoned namespaces */
    CHECK_EQUAL(NVME_INVALID_FIELD, identify(0x06, 0, 0, 1)); /* key value */
}

static void a_namespace_is_ready_whatever_its_command_set(void) {
    CHECK_EQUAL(NVME_SUCCESS, identify(0x08, 1, 0, 0));
    CHECK_EQUAL(1u << 5, bare.page[0]); /* NSFEAT: no volatile write cache */
    CHECK(is_filled(bare.page + 1, 13, 0));
    CHECK_EQUAL(1, bare.page[14]); /* NSTAT: ready */
    CHECK(is_filled(bare.page + 15, NVME_PAGE_SIZE - 15, 0));
}

static void the_nvm_command_set_is_the_only_one(void) {
    CHECK_EQUAL(NVME_SUCCESS, identify(0x01, 0, 0, 0));
    const uint32_t cntlid = bare.page[78] | (uint32_t)bare.page[79] << 8;
    const uint32_t cntids[] = {cntlid, 0xffff};
    for (unsigned i = 0; i < 2; i++) {
        CHECK_EQUAL(NVME_SUCCESS, identify(0x1c, 0, cntids[i], 0));
        CHECK_EQUAL(1, bare.page[0]);
        CHECK(is_filled(bare.page + 1, NVME_PAGE_SIZE - 1, 0));
    }
    CHECK_EQUAL(NVME_INVALID_FIELD, identify(0x1c, 0, cntlid ^ 1, 0));
}

static void other_structures_are_refused(void) {
    for (uint32_t cns = 0; cns < 256; cns++) {
        const bool is_there = cns <= 0x03 || cns == 0x05 || cns == 0x06 || cns == 0x08;
        if (cns != 0x1c) {
            CHECK_EQUAL(is_there ? NVME_SUCCESS : NVME_INVALID_FIELD, identify(cns, 1, 0, 0));
        }
    }
}

static void the_list_of_log_pages_is_true(void) {
    uint32_t listed[256];
    CHECK_EQUAL(NVME_SUCCESS, get_log(0x00, 0, 256, 0));
    memcpy(listed, bare.page, sizeof(listed));
    CHECK_EQUAL(NVME_SUCCESS, identify(0x01, 0, 0, 0));
    CHECK_EQUAL(0x26, bare.page[261]); /* LPA: effects, extended data, the list itself */
    for (uint32_t lid = 0; lid < 256; lid++) {
        const bool is_there = lid <= 0x03 || lid == 0x05 || lid == 0x12 || lid == 0x13;
        CHECK_EQUAL(is_there ? SUPPORTED : 0, listed[lid]);
        CHECK_EQUAL(is_there ? NVME_SUCCESS : NVME_INVALID_LOG_PAGE, get_log(lid, 0, 1, 0));
    }
}

static void log_pages_have_the_sizes_that_they_have_to(void) {
    const struct {
        uint32_t lid;
        uint32_t size;
    } pages[] = {{0x00, 1024}, {0x01, 4096}, {0x02, 512}, {0x03, 512},
                 {0x05, 4096}, {0x12, 1024}, {0x13, 4096}};
    for (unsigned i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        CHECK_EQUAL(NVME_SUCCESS, get_log(pages[i].lid, pages[i].size - 4, 2, 0));
        CHECK_EQUAL(0, entry(1));
        CHECK_EQUAL(NVME_SUCCESS, get_log(pages[i].lid, pages[i].size, 1, 0));
        CHECK_EQUAL(0, entry(0));
        CHECK_EQUAL(0xee, bare.page[4]);
        CHECK_EQUAL(NVME_INVALID_FIELD, get_log(pages[i].lid, pages[i].size + 4, 1, 0));
    }
    CHECK_EQUAL(NVME_INVALID_FIELD, get_log(0x05, 0, 1, 2));
}

/* Whether the opcode is taken, of a command that is wrong in all other ways that do no harm. */
static bool takes_admin(uint8_t opcode) {
    if (opcode == NVME_ASYNC_EVENT_REQUEST) {
        return true; /* which says nothing for now */
    }
    return bare_admin(&bare, (struct nvme_sqe){.opc = opcode, .nsid = 9, .cdw10 = 0xff}).status !=
           NVME_INVALID_OPCODE;
}

static bool takes_io(uint8_t opcode) {
    const struct nvme_sqe command = {.opc = opcode, .nsid = 9};
    bare_submit(&bare, &queue, 1, &command);
    return bare_await(&bare, &queue, 1).status != NVME_INVALID_OPCODE;
}

static void the_list_of_commands_is_true(void) {
    uint32_t listed[512];
    CHECK_EQUAL(NVME_SUCCESS, get_log(0x05, 0, 1024, 0));
    memcpy(listed, bare.page, sizeof(listed));
    CHECK(is_filled(bare.page + 2048, 2048, 0));
    unsigned count = 0;
    for (unsigned opcode = 0; opcode < 256; opcode++) {
        const bool changes = opcode == NVME_WRITE || opcode == NVME_WRITE_ZEROES ||
                             opcode == NVME_DATASET_MANAGEMENT;
        CHECK_EQUAL(takes_admin((uint8_t)opcode) ? SUPPORTED | CONTROLLER_SCOPE : 0,
                    listed[opcode]);
        CHECK_EQUAL(takes_io((uint8_t)opcode)
                        ? SUPPORTED | NAMESPACE_SCOPE | (changes ? CONTENT_CHANGE : 0)
                        : 0,
                    listed[256 + opcode]);
        count += (listed[opcode] != 0) + (listed[256 + opcode] != 0);
    }
    CHECK_EQUAL(11 + 6, count);
}

static void the_list_of_features_is_true(void) {
    uint32_t listed[256];
    CHECK_EQUAL(NVME_SUCCESS, get_log(0x12, 0, 256, 0));
    memcpy(listed, bare.page, sizeof(listed));
    for (uint32_t fid = 0; fid < 256; fid++) {
        const struct nvme_sqe command = {
            .opc = NVME_GET_FEATURES, .prp1 = bare.page_iova, .cdw10 = fid};
        const bool is_there = bare_admin(&bare, command).status == NVME_SUCCESS;
        const uint32_t scope = fid == NVME_FID_ERROR_RECOVERY ? NAMESPACE_SCOPE : CONTROLLER_SCOPE;
        CHECK_EQUAL(is_there ? SUPPORTED | scope : 0, listed[fid]);
    }
}

static void no_management_interface_is_there(void) {
    CHECK_EQUAL(NVME_SUCCESS, get_log(0x13, 0, 1024, 0));
    CHECK(is_filled(bare.page, NVME_PAGE_SIZE, 0));
}

static void in_both_modes(const char *name, void (*test)(void)) {
    const char *modes[] = {"size:1M namespaces:2", "size:1M namespaces:2 mode:threaded"};
    printf("%s\n", name);
    fflush(stdout);
    for (unsigned i = 0; i < 2; i++) {
        bare = bare_open(modes[i], true);
        queue = bare_queue_alloc(&bare, QUEUE_ENTRIES);
        CHECK_EQUAL(NVME_SUCCESS, bare_create_cq(&bare, 1, QUEUE_ENTRIES, queue.cq_iova));
        CHECK_EQUAL(NVME_SUCCESS, bare_create_sq(&bare, 1, QUEUE_ENTRIES, queue.sq_iova, 1));
        test();
        bare_close(&bare);
    }
}

#define RUN_BOTH(test) in_both_modes(#test, test)

int main(void) {
    RUN_BOTH(the_nvm_command_set_has_nothing_of_its_own);
    RUN_BOTH(a_namespace_is_ready_whatever_its_command_set);
    RUN_BOTH(the_nvm_command_set_is_the_only_one);
    RUN_BOTH(other_structures_are_refused);
    RUN_BOTH(the_list_of_log_pages_is_true);
    RUN_BOTH(log_pages_have_the_sizes_that_they_have_to);
    RUN_BOTH(the_list_of_commands_is_true);
    RUN_BOTH(the_list_of_features_is_true);
    RUN_BOTH(no_management_interface_is_there);
    return 0;
}
