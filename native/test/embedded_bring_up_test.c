/* SPDX-License-Identifier: Apache-2.0 */

/* The controller's state machine: registers alone, then the admin queue. */
#include "bare_device.h"
#include "check.h"
#include "device/device.h"

#define AQA_8_ENTRIES (7u | 7u << NVME_AQA_ACQS_SHIFT)

static void capabilities_are_told(void) {
    struct bare_device bare = bare_open("", false);
    const uint64_t cap = atomic_load(&bare.registers->cap);
    CHECK_EQUAL(4095, NVME_CAP_MQES(cap));
    CHECK((cap & NVME_CAP_CQR) != 0);
    CHECK((cap & NVME_CAP_CSS_NVM) != 0);
    CHECK_EQUAL(0, cap >> 48 & 0xff); /* MPSMIN, MPSMAX: 4 KiB */
    CHECK(NVME_CAP_TO(cap) > 0);
    CHECK_EQUAL(1, cap >> 59 & 3); /* CRMS: ready with media, and no other way */
    const uint32_t crto = atomic_load((_Atomic uint32_t *)(void *)((char *)bare.registers + 0x68));
    CHECK_EQUAL(NVME_CAP_TO(cap), crto);
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

static void keep_alive(struct bare_device *bare) {
    CHECK_EQUAL(NVME_SUCCESS, bare_admin(bare, (struct nvme_sqe){.opc = NVME_KEEP_ALIVE}).status);
}

/* Normal or abrupt. */
static void shutdown_completes_and_reset_ends_it(void) {
    for (uint32_t notification = 1; notification <= 2; notification++) {
        struct bare_device bare = bare_open("", true);
        const uint32_t cc = atomic_load(&bare.registers->cc);
        CHECK_EQUAL(NVME_CSTS_RDY | 2u << 2, bare_set_cc(&bare, cc | notification << 14));
        CHECK_EQUAL(0, bare_set_cc(&bare, 0));
        CHECK_EQUAL(NVME_CSTS_RDY, bare_enable(&bare, AQA_8_ENTRIES));
        keep_alive(&bare);
        bare_close(&bare);
    }
}

static void no_command_runs_after_a_shutdown(void) {
    const char *modes[] = {"", "mode:threaded"};
    for (unsigned i = 0; i < 2; i++) {
        struct bare_device bare = bare_open(modes[i], true);
        struct bare_queue queue = bare_queue_alloc(&bare, 8);
        struct bare_completion completion;
        CHECK_EQUAL(NVME_SUCCESS, bare_create_cq(&bare, 1, 8, queue.cq_iova));
        CHECK_EQUAL(NVME_SUCCESS, bare_create_sq(&bare, 1, 8, queue.sq_iova, 1));
        const uint32_t cc = atomic_load(&bare.registers->cc);
        bare_set_cc(&bare, cc | NVME_CC_SHN_NORMAL);
        const struct nvme_sqe flush = {.opc = NVME_FLUSH, .nsid = 1};
        bare_submit(&bare, &queue, 1, &flush);
        bare_submit(&bare, &bare.admin, 0, &(struct nvme_sqe){.opc = NVME_KEEP_ALIVE});
        bare_set_cc(&bare, 0); /* by then its thread has looked at the queues again */
        CHECK(!bare_reap(&bare, &queue, 1, &completion));
        CHECK(!bare_reap(&bare, &bare.admin, 0, &completion));
        bare_close(&bare);
    }
}

/* What the registers are after a Controller Reset: the admin queue's stay. */
static void a_reset_restores_the_registers(void) {
    struct bare_device bare = bare_open("", true);
    atomic_store(&bare.registers->intms, 5);
    const uint32_t cc = atomic_load(&bare.registers->cc);
    CHECK_EQUAL(0, bare_set_cc(&bare, cc & ~1u));
    CHECK_EQUAL(0, atomic_load(&bare.registers->cc));
    CHECK_EQUAL(0, atomic_load(&bare.registers->intms));
    CHECK_EQUAL(AQA_8_ENTRIES, atomic_load(&bare.registers->aqa));
    CHECK_EQUAL(bare.admin.sq_iova, atomic_load(&bare.registers->asq));
    CHECK_EQUAL(bare.admin.cq_iova, atomic_load(&bare.registers->acq));
    bare_close(&bare);
}

/* Also where the controller comes to see CC only when it is enabled again. */
static void a_reset_between_two_looks_is_a_reset(void) {
    struct bare_device bare = bare_open("", true);
    const struct nvme_sqe set = {
        .opc = NVME_SET_FEATURES, .cdw10 = NVME_FID_ARBITRATION, .cdw11 = 3};
    CHECK_EQUAL(NVME_SUCCESS, bare_admin(&bare, set).status);
    const uint32_t cc = atomic_load(&bare.registers->cc);
    device_write_cc(bare.device, cc & ~1u);
    device_write_cc(bare.device, cc);
    bare_run(&bare, 0);
    CHECK_EQUAL(0, atomic_load(&bare.registers->csts));
    bare_run(&bare, 0);
    CHECK_EQUAL(NVME_CSTS_RDY, atomic_load(&bare.registers->csts));
    memset(bare.admin.cq, 0, (size_t)bare.admin.size << NVME_CQE_SHIFT);
    bare.admin.tail = bare.admin.head = 0;
    bare.admin.phase = 1;
    const struct nvme_sqe get = {.opc = NVME_GET_FEATURES, .cdw10 = NVME_FID_ARBITRATION};
    CHECK_EQUAL(0, bare_admin(&bare, get).result);
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

static uint16_t set_keep_alive_timer(struct bare_device *bare, uint32_t milliseconds) {
    return bare_admin(bare, (struct nvme_sqe){.opc = NVME_SET_FEATURES,
                                              .cdw10 = NVME_FID_KEEP_ALIVE_TIMER,
                                              .cdw11 = milliseconds})
        .status;
}

static uint32_t keep_alive_timer(struct bare_device *bare) {
    return bare_admin(bare, (struct nvme_sqe){.opc = NVME_GET_FEATURES,
                                              .cdw10 = NVME_FID_KEEP_ALIVE_TIMER})
        .result;
}

/* As if the host had said nothing for so long. */
static void pass(struct bare_device *bare, uint64_t milliseconds) {
    bare->device->host_heard_ms -= milliseconds;
}

static void a_silent_host_is_given_up(void) {
    struct bare_device bare = bare_open("", true);
    pass(&bare, 1 << 20);
    keep_alive(&bare); /* there is no timer */
    CHECK_EQUAL(NVME_SUCCESS, set_keep_alive_timer(&bare, 9901));
    CHECK_EQUAL(10000, keep_alive_timer(&bare)); /* in units of 100 ms */
    for (int i = 0; i < 3; i++) {
        pass(&bare, 10001);
        keep_alive(&bare);
    }
    CHECK_EQUAL(NVME_SUCCESS, set_keep_alive_timer(&bare, 0));
    pass(&bare, 1 << 20);
    bare_run(&bare, 0);
    CHECK_EQUAL(NVME_CSTS_RDY, atomic_load(&bare.registers->csts));
    CHECK_EQUAL(NVME_SUCCESS, set_keep_alive_timer(&bare, 10000));
    pass(&bare, 10001);
    bare_run(&bare, 0);
    CHECK((atomic_load(&bare.registers->csts) & NVME_CSTS_CFS) != 0);
    bare_set_cc(&bare, 0);
    CHECK_EQUAL(NVME_CSTS_RDY, bare_enable(&bare, AQA_8_ENTRIES));
    CHECK_EQUAL(0, keep_alive_timer(&bare)); /* which a reset stops */
    bare_close(&bare);
}

int main(void) {
    RUN(capabilities_are_told);
    RUN(ready_follows_enable);
    RUN(bad_admin_queue_attributes_are_fatal);
    RUN(unsupported_configurations_are_fatal);
    RUN(shutdown_completes_and_reset_ends_it);
    RUN(no_command_runs_after_a_shutdown);
    RUN(a_reset_restores_the_registers);
    RUN(a_reset_between_two_looks_is_a_reset);
    RUN(reset_deletes_the_queues);
    RUN(a_queue_whose_memory_is_gone_is_fatal);
    RUN(a_silent_host_is_given_up);
    return 0;
}
