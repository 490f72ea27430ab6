/* SPDX-License-Identifier: Apache-2.0 */

/* Get Features and Set Features: which there are, whose they are, and what becomes of their values. */
#include "bare_device.h"
#include "check.h"
#include "clock.h"

#define AQA_8_ENTRIES (7u | 7u << NVME_AQA_ACQS_SHIFT)
#define SAVE (1u << 31)
#define SELECT(sel) ((uint32_t)(sel) << 8)
#define DEFAULT 1
#define SAVED 2
#define CAPABILITIES 3
#define ALL 0xffffffffu

/* Of a controller with two namespaces. */
static struct bare_device bare;

static struct bare_completion run(uint8_t opcode, uint32_t nsid, uint32_t cdw10, uint32_t cdw11) {
    return bare_admin(
        &bare,
        (struct nvme_sqe){
            .opc = opcode, .nsid = nsid, .prp1 = bare.page_iova, .cdw10 = cdw10, .cdw11 = cdw11});
}

static uint16_t set(uint32_t fid, uint32_t value) {
    return run(NVME_SET_FEATURES, 0, fid, value).status;
}

static uint32_t get_of(uint32_t nsid, uint32_t cdw10, uint32_t cdw11) {
    const struct bare_completion completion = run(NVME_GET_FEATURES, nsid, cdw10, cdw11);
    CHECK_EQUAL(NVME_SUCCESS, completion.full_status);
    return completion.result;
}

static uint32_t get(uint32_t fid) {
    return get_of(0, fid, 0);
}

static void reset(void) {
    bare_set_cc(&bare, 0);
    CHECK_EQUAL(NVME_CSTS_RDY, bare_enable(&bare, AQA_8_ENTRIES));
}

/* From the specification's figures: identifiers, a value that is allowed, the default, CDW11 of Get. */
static const struct {
    uint32_t fid;
    uint32_t value;
    uint32_t initial;
    uint32_t which;
    bool is_namespaces;
} plain[] = {
    {0x01, 0xff00ff07, 0, 0, false}, /* Arbitration */
    {0x02, 0xe0, 0, 0, false},       /* Power Management: state 0, any workload hint */
    {0x04, 0x0155, 343, 0, false},   /* Temperature Threshold, over: WCTEMP */
    {0x04, 0x100011, 0, 1u << 20, false},
    {0x05, 0x1234, 0, 0, true},         /* Error Recovery */
    {0x08, 0x1234, 0, 0, false},        /* Interrupt Coalescing */
    {0x09, 0x10040, 0x40, 0x40, false}, /* Interrupt Vector Configuration */
    {0x0a, 1, 0, 0, false},             /* Write Atomicity Normal */
    {0x0b, 0x1f, 0, 0, false},          /* Asynchronous Event Configuration */
};
#define PLAIN (sizeof(plain) / sizeof(plain[0]))

static uint32_t nsid_of(unsigned i) {
    return plain[i].is_namespaces ? 1 : 0;
}

/* What Get Features tells of a threshold is without the bits that say which one it is. */
static uint32_t told(unsigned i) {
    return plain[i].fid == 0x04 ? plain[i].value & 0xffff : plain[i].value;
}

static void values_are_kept_until_a_reset(void) {
    for (unsigned i = 0; i < PLAIN; i++) {
        CHECK_EQUAL(plain[i].initial, get_of(nsid_of(i), plain[i].fid, plain[i].which));
        CHECK_EQUAL(NVME_SUCCESS,
                    run(NVME_SET_FEATURES, nsid_of(i), plain[i].fid, plain[i].value).full_status);
    }
    for (unsigned i = 0; i < PLAIN; i++) {
        CHECK_EQUAL(told(i), get_of(nsid_of(i), plain[i].fid, plain[i].which));
    }
    reset();
    for (unsigned i = 0; i < PLAIN; i++) {
        CHECK_EQUAL(plain[i].initial, get_of(nsid_of(i), plain[i].fid, plain[i].which));
    }
}

static void select_says_which_value(void) {
    for (unsigned i = 0; i < PLAIN; i++) {
        const uint32_t fid = plain[i].fid;
        const uint32_t which = plain[i].which;
        const uint32_t nsid = nsid_of(i);
        CHECK_EQUAL(NVME_SUCCESS, run(NVME_SET_FEATURES, nsid, fid, plain[i].value).status);
        CHECK_EQUAL(plain[i].initial, get_of(nsid, fid | SELECT(DEFAULT), which));
        CHECK_EQUAL(plain[i].initial, get_of(nsid, fid | SELECT(SAVED), which));
        CHECK_EQUAL(plain[i].is_namespaces ? 6 : 4, get_of(nsid, fid | SELECT(CAPABILITIES), 0));
        CHECK_EQUAL(told(i), get_of(nsid, fid, which));
        for (uint32_t sel = 4; sel < 8; sel++) {
            CHECK_EQUAL(NVME_INVALID_FIELD,
                        run(NVME_GET_FEATURES, nsid, fid | SELECT(sel), which).status);
        }
        CHECK_EQUAL(NVME_FEATURE_NOT_SAVEABLE,
                    run(NVME_SET_FEATURES, nsid, fid | SAVE, plain[i].value).status);
    }
}

static void reserved_bits_are_refused(void) {
    const struct {
        uint32_t fid;
        uint32_t bits;
    } reserved[] = {
        {0x01, 0xf8},        {0x02, 0xffffff00u}, {0x04, 0xffc00000u}, {0x08, 0xffff0000u},
        {0x09, 0xfffe0000u}, {0x0a, 0xfffffffeu}, {0x0b, 0xffffffe0u}, {0x0e, 0xffffffffu},
        {0x16, 0xffffffffu}, {0x81, 0xfffffffeu},
    };
    for (unsigned i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        for (unsigned bit = 0; bit < 32; bit++) {
            if ((reserved[i].bits >> bit & 1) != 0) {
                CHECK_EQUAL(NVME_INVALID_FIELD, set(reserved[i].fid, 1u << bit));
            }
        }
    }
    CHECK_EQUAL(0, get(0x01));
    CHECK_EQUAL(0, get(0x0b));
    CHECK_EQUAL(NVME_INVALID_FIELD, run(NVME_SET_FEATURES, 1, 0x05, 1u << 16).status);
}

static void a_threshold_is_over_or_under(void) {
    for (uint32_t type = 2; type < 4; type++) {
        CHECK_EQUAL(NVME_INVALID_FIELD, set(0x04, type << 20 | 300));
        CHECK_EQUAL(NVME_INVALID_FIELD, run(NVME_GET_FEATURES, 0, 0x04, type << 20).status);
    }
    for (uint32_t sensor = 1; sensor < 15; sensor++) {
        CHECK_EQUAL(NVME_INVALID_FIELD, set(0x04, sensor << 16 | 300));
        CHECK_EQUAL(NVME_INVALID_FIELD, run(NVME_GET_FEATURES, 0, 0x04, sensor << 16).status);
    }
    CHECK_EQUAL(343, get(0x04));
    CHECK_EQUAL(0, get_of(0, 0x04, 1u << 20));
    CHECK_EQUAL(NVME_SUCCESS, set(0x04, 15u << 16 | 400)); /* of all sensors */
    CHECK_EQUAL(400, get(0x04));
}

static void error_recovery_is_each_namespaces(void) {
    CHECK_EQUAL(NVME_SUCCESS, run(NVME_SET_FEATURES, 2, 0x05, 7).status);
    CHECK_EQUAL(0, get_of(1, 0x05, 0));
    CHECK_EQUAL(7, get_of(2, 0x05, 0));
    CHECK_EQUAL(NVME_SUCCESS, run(NVME_SET_FEATURES, 1, 0x05, 8).status);
    CHECK_EQUAL(8, get_of(1, 0x05, 0));
    CHECK_EQUAL(8, get_of(0, 0x05, 0));
    CHECK_EQUAL(7, get_of(2, 0x05, 0));
    CHECK_EQUAL(NVME_SUCCESS, run(NVME_SET_FEATURES, ALL, 0x05, 9).status);
    CHECK_EQUAL(9, get_of(1, 0x05, 0));
    CHECK_EQUAL(9, get_of(2, 0x05, 0));
    const uint32_t bad[] = {3, 0xfffffffe};
    for (unsigned i = 0; i < 2; i++) {
        CHECK_EQUAL(NVME_INVALID_NAMESPACE_OR_FORMAT,
                    run(NVME_SET_FEATURES, bad[i], 0x05, 1).status);
        CHECK_EQUAL(NVME_INVALID_NAMESPACE_OR_FORMAT,
                    run(NVME_GET_FEATURES, bad[i], 0x05, 0).status);
    }
    CHECK_EQUAL(NVME_INVALID_NAMESPACE_OR_FORMAT, run(NVME_SET_FEATURES, 0, 0x05, 1).status);
    CHECK_EQUAL(NVME_INVALID_NAMESPACE_OR_FORMAT, run(NVME_GET_FEATURES, ALL, 0x05, 0).status);
}

static void the_controllers_features_are_no_namespaces(void) {
    CHECK_EQUAL(NVME_FEATURE_NOT_NAMESPACE_SPECIFIC, run(NVME_SET_FEATURES, 1, 0x01, 3).status);
    CHECK_EQUAL(NVME_FEATURE_NOT_NAMESPACE_SPECIFIC, run(NVME_SET_FEATURES, 2, 0x0b, 0).status);
    CHECK_EQUAL(NVME_INVALID_NAMESPACE_OR_FORMAT, run(NVME_SET_FEATURES, 3, 0x01, 3).status);
    CHECK_EQUAL(0, get(0x01));
    CHECK_EQUAL(NVME_SUCCESS, run(NVME_SET_FEATURES, ALL, 0x01, 3).status);
    CHECK_EQUAL(3, get(0x01));
}

static void other_features_are_refused(void) {
    for (uint32_t fid = 0; fid < 256; fid++) {
        const bool is_there = (fid >= 0x01 && fid <= 0x0f && fid != 0x03 && fid != 0x06 &&
                               fid != 0x0c && fid != 0x0d) ||
                              fid == 0x16 || fid == 0x81;
        CHECK_EQUAL(is_there ? NVME_SUCCESS : NVME_INVALID_FIELD,
                    run(NVME_GET_FEATURES, 0, fid, 0).status);
        if (!is_there) {
            CHECK_EQUAL(NVME_INVALID_FIELD, set(fid, 0));
            CHECK_EQUAL(NVME_INVALID_FIELD, set(fid | SAVE, 0));
            CHECK_EQUAL(NVME_INVALID_FIELD,
                        run(NVME_GET_FEATURES, 0, fid | SELECT(CAPABILITIES), 0).status);
        }
    }
}

/* 6 bytes, little-endian. */
static uint64_t milliseconds(void) {
    uint64_t ms = 0;
    for (unsigned i = 6; i-- > 0;) {
        ms = ms << 8 | bare.page[i];
    }
    return ms;
}

static void the_timestamp_goes_on(void) {
    const uint8_t data[8] = {0xf0, 0xde, 0xbc, 0x9a, 0x78, 0x01, 0xff, 0xff};
    do {
        get(0x0e);
        CHECK_EQUAL(0, bare.page[6]); /* Origin: a reset */
        CHECK(milliseconds() < 60000);
    } while (milliseconds() < 10);
    const uint64_t begin_ms = n4j_now_ms();
    memcpy(bare.page, data, sizeof(data));
    CHECK_EQUAL(NVME_SUCCESS, set(0x0e, 0));
    memset(bare.page, 0xee, 16);
    uint64_t seen;
    do {
        get(0x0e);
        seen = milliseconds();
        CHECK_EQUAL(2, bare.page[6]); /* Origin: Set Features */
        CHECK_EQUAL(0, bare.page[7]);
        CHECK_EQUAL(0xee, bare.page[8]);
        CHECK(seen >= 0x01789abcdef0);
        CHECK(seen <= 0x01789abcdef0 + n4j_now_ms() - begin_ms);
    } while (seen == 0x01789abcdef0);
    get_of(0, 0x0e | SELECT(DEFAULT), 0);
    CHECK_EQUAL(0, bare.page[6]);
    reset();
    get(0x0e);
    CHECK_EQUAL(0, bare.page[6]);
    CHECK(milliseconds() < 60000);
}

static void the_host_identifier_has_8_bytes_or_16(void) {
    const uint8_t id[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    memcpy(bare.page, id, 16);
    CHECK_EQUAL(NVME_SUCCESS, set(0x81, 1));
    memset(bare.page, 0xee, 17);
    get_of(0, 0x81, 1);
    CHECK_EQUAL(0, memcmp(bare.page, id, 16));
    CHECK_EQUAL(0xee, bare.page[16]);
    memcpy(bare.page, id + 4, 8);
    CHECK_EQUAL(NVME_SUCCESS, set(0x81, 0));
    memset(bare.page, 0xee, 17);
    get_of(0, 0x81, 0);
    CHECK_EQUAL(0, memcmp(bare.page, id + 4, 8));
    CHECK_EQUAL(0xee, bare.page[8]);
    get_of(0, 0x81, 1);
    CHECK(bare.page[8] == 0 && memcmp(bare.page + 8, bare.page + 9, 7) == 0);
    reset();
    get_of(0, 0x81, 1);
    CHECK_EQUAL(0, bare.page[0]);
    CHECK_EQUAL(0, memcmp(bare.page, bare.page + 1, 15));
}

static void host_behavior_is_advanced_retry_alone(void) {
    memset(bare.page, 0, 512);
    bare.page[0] = 1;
    CHECK_EQUAL(NVME_SUCCESS, set(0x16, 0));
    memset(bare.page, 0xee, 513);
    get(0x16);
    CHECK_EQUAL(1, bare.page[0]);
    CHECK_EQUAL(0, bare.page[511]);
    CHECK_EQUAL(0xee, bare.page[512]);
    for (unsigned i = 0; i < 512; i++) {
        memset(bare.page, 0, 512);
        bare.page[i] = i == 0 ? 2 : 1;
        CHECK_EQUAL(NVME_INVALID_FIELD, set(0x16, 0));
    }
    get(0x16);
    CHECK_EQUAL(1, bare.page[0]);
}

static void data_that_cannot_be_reached_change_nothing(void) {
    const uint32_t fids[] = {0x0e, 0x16, 0x81};
    for (unsigned i = 0; i < 3; i++) {
        const struct nvme_sqe command = {
            .opc = NVME_SET_FEATURES, .prp1 = 0x123000, .cdw10 = fids[i]};
        CHECK_EQUAL(NVME_DATA_TRANSFER_ERROR, bare_admin(&bare, command).status);
        get(fids[i]);
        CHECK_EQUAL(0, bare.page[fids[i] == 0x0e ? 6 : 0]);
    }
}

static void what_can_be_selected_and_set_is_in_identify(void) {
    CHECK_EQUAL(NVME_SUCCESS, run(NVME_IDENTIFY, 0, NVME_CNS_CONTROLLER, 0).status);
    CHECK_EQUAL(0x50, bare.page[520] & 0x50); /* ONCS: Save and Select, Timestamp */
    CHECK_EQUAL(1, bare.page[96] & 1);        /* CTRATT: 128-bit Host Identifier */
}

static void in_both_modes(const char *name, void (*test)(void)) {
    const char *modes[] = {"size:1M namespaces:2", "size:1M namespaces:2 mode:threaded"};
    printf("%s\n", name);
    fflush(stdout);
    for (unsigned i = 0; i < 2; i++) {
        bare = bare_open(modes[i], true);
        test();
        bare_close(&bare);
    }
}

#define RUN_BOTH(test) in_both_modes(#test, test)

int main(void) {
    RUN_BOTH(values_are_kept_until_a_reset);
    RUN_BOTH(select_says_which_value);
    RUN_BOTH(reserved_bits_are_refused);
    RUN_BOTH(a_threshold_is_over_or_under);
    RUN_BOTH(error_recovery_is_each_namespaces);
    RUN_BOTH(the_controllers_features_are_no_namespaces);
    RUN_BOTH(other_features_are_refused);
    RUN_BOTH(the_timestamp_goes_on);
    RUN_BOTH(the_host_identifier_has_8_bytes_or_16);
    RUN_BOTH(host_behavior_is_advanced_retry_alone);
    RUN_BOTH(data_that_cannot_be_reached_change_nothing);
    RUN_BOTH(what_can_be_selected_and_set_is_in_identify);
    return 0;
}
