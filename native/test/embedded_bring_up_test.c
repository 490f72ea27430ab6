/* SPDX-License-Identifier: Apache-2.0 */

/* The controller's state machine: registers alone, then the admin queue. */
#include "bare_device.h"
#include "check.h"

#define AQA_8_ENTRIES (7u | 7u << NVME_AQA_ACQS_SHIFT)

static void capabilities_are_told(void) {
    struct bare_device bare = bare_open("", false);
    const uint64_t cap = atomic_load(&bare.registers->cap);
    CHECK_EQUAL(4095, NVME_CAP_MQES(cap));
    CHECK((cap & NVME_CAP_CQR) != 0);
    CHECK((cap & NVME_CAP_CSS_NVM) != 0);
    CHECK_EQUAL(0, cap >> 48 & 0xff); /* MPSMIN, MPSMAX: 4 KiB */
    CHECK(NVME_CAP_TO(cap) > 0);
    CHECK_EQUAL(NVME_VS_2_0, atomic_load(&bare.registers->vs));
    bare_close(&bare);
}

static void ready_follows_enable(void) {
    struct bare_device bare = bare_open("", false);
    CHECK_EQUAL(0, atomic_load(&bare.registers->csts));
    for (int i = 0; i < 3; i++) {
        CHECK_EQUAL(NVME_CSTS_RDY, bare_enable(&bare, AQA_8_ENTRIES));
        CHECK_EQUAL(NVME_SUCCESS,
                    bare_admin(&bare, (struct nvme_sqe){.opc = NVME_KEEP_ALIVE}).status);
        CHECK_EQUAL(0, bare_set_cc(&bare, 0));
    }
    bare_close(&bare);
}

static void bad_admin_queue_attributes_are_fatal(void) {
    struct bare_device bare = bare_open("", false);
    const uint32_t bad[] = {0, 7, 7u << NVME_AQA_ACQS_SHIFT};
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK_EQUAL(NVME_CSTS_CFS, bare_enable(&bare, bad[i]));
        CHECK_EQUAL(0, bare_set_cc(&bare, 0)); /* a controller reset mends it */
    }
    const uint64_t good = bare.admin.sq_iova;
    bare.admin.sq_iova = good + 64; /* not on a page */
    CHECK_EQUAL(NVME_CSTS_CFS, bare_enable(&bare, AQA_8_ENTRIES));
    bare_set_cc(&bare, 0);
    bare.admin.sq_iova = 0x123000; /* not mapped */
    CHECK_EQUAL(NVME_CSTS_CFS, bare_enable(&bare, AQA_8_ENTRIES));
    bare_set_cc(&bare, 0);
    bare.admin.sq_iova = good;
    CHECK_EQUAL(NVME_CSTS_RDY, bare_enable(&bare, AQA_8_ENTRIES));
    bare_close(&bare);
}

static void unsupported_configurations_are_fatal(void) {
    struct bare_device bare = bare_open("", true);
    const uint32_t bad[] = {
        NVME_CC_EN | 1u << 4,  /* CSS */
        NVME_CC_EN | 1u << 7,  /* MPS: 8 KiB */
        NVME_CC_EN | 1u << 11, /* AMS: weighted round robin */
    };
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK_EQUAL(0, bare_set_cc(&bare, 0));
        CHECK_EQUAL(NVME_CSTS_CFS, bare_set_cc(&bare, bad[i]));
    }
    bare_close(&bare);
}

static void shutdown_completes_and_reset_ends_it(void) {
    struct bare_device bare = bare_open("", true);
    const uint32_t cc = atomic_load(&bare.registers->cc);
    const uint32_t csts = bare_set_cc(&bare, cc | NVME_CC_SHN_NORMAL);
    CHECK_EQUAL(NVME_CSTS_SHST_COMPLETE, csts & NVME_CSTS_SHST_MASK);
    bare_set_cc(&bare, 0);
    CHECK_EQUAL(NVME_CSTS_RDY, bare_enable(&bare, AQA_8_ENTRIES));
    bare_close(&bare);
}

static void reset_deletes_the_queues(void) {
    struct bare_device bare = bare_open("", true);
    struct bare_queue queue = bare_queue_alloc(&bare, 8);
    for (int i = 0; i < 2; i++) {
        CHECK_EQUAL(NVME_SUCCESS, bare_create_cq(&bare, 1, 8, queue.cq_iova));
        CHECK_EQUAL(NVME_SUCCESS, bare_create_sq(&bare, 1, 8, queue.sq_iova, 1));
        bare_set_cc(&bare, 0);
        struct nvme_sqe flush = {.opc = NVME_FLUSH, .nsid = 1};
        struct bare_completion completion;
        bare_submit(&bare, &queue, 1, &flush);
        CHECK(!bare_reap(&bare, &queue, 1, &completion));
        CHECK_EQUAL(NVME_CSTS_RDY, bare_enable(&bare, AQA_8_ENTRIES));
    }
    bare_close(&bare);
}

static void a_queue_whose_memory_is_gone_is_fatal(void) {
    struct bare_device bare = bare_open("", true);
    struct bare_queue queue = bare_queue_alloc(&bare, 8);
    CHECK_EQUAL(NVME_SUCCESS, bare_create_cq(&bare, 1, 8, queue.cq_iova));
    CHECK_EQUAL(NVME_SUCCESS, bare_create_sq(&bare, 1, 8, queue.sq_iova, 1));
    CHECK_EQUAL(0, memory_free(bare.memory, queue.cq));
    struct nvme_sqe flush = {.opc = NVME_FLUSH, .nsid = 1};
    bare_submit(&bare, &queue, 1, &flush);
    CHECK((atomic_load(&bare.registers->csts) & NVME_CSTS_CFS) != 0);
    bare_close(&bare);
}

int main(void) {
    RUN(capabilities_are_told);
    RUN(ready_follows_enable);
    RUN(bad_admin_queue_attributes_are_fatal);
    RUN(unsupported_configurations_are_fatal);
    RUN(shutdown_completes_and_reset_ends_it);
    RUN(reset_deletes_the_queues);
    RUN(a_queue_whose_memory_is_gone_is_fatal);
    return 0;
}
