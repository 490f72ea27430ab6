/* SPDX-License-Identifier: Apache-2.0 */

/* Keys of the transport id: what is refused says what is allowed. */
#include <errno.h>

#include "check.h"
#include "fixture.h"

static void bad_keys_and_values_say_what_is_allowed(void) {
    const struct {
        const char *keys;
        const char *named;
        const char *allowed;
    } cases[] = {
        {"colour:blue", "colour", "traddr, size, block"},
        {"mode:fast", "\"fast\" of mode", "inline or threaded"},
        {"iova:linear", "\"linear\" of iova", "identity or scrambled"},
        {"block:1024", "\"1024\" of block", "512 or 4096"},
        {"sgl:word", "\"word\" of sgl", "none, dword or byte"},
        {"dma_memory:0", "\"0\" of dma_memory", "not 0"},
        {"dma_memory:x", "\"x\" of dma_memory", "64M"},
        {"mdts:11", "\"11\" of mdts", "0 to 10"},
        {"mdts:-1", "\"-1\" of mdts", "0 to 10"},
        {"mdts:x", "\"x\" of mdts", "0 to 10"},
        {"namespaces:0", "\"0\" of namespaces", "1 to 16"},
        {"namespaces:17", "\"17\" of namespaces", "1 to 16"},
        {"size:0", "\"0\" of size", "64M, 1G"},
        {"size:big", "\"big\" of size", "64M, 1G"},
        {"size:1000", "\"1000\" of size", "multiple of the block size, 512"},
        {"size:512 block:4096", "\"512\" of size", "multiple of the block size, 4096"},
        {"seed:x", "\"x\" of seed", "0 to"},
        {"traddr:/tmp/some-file namespaces:2", "namespaces:2", "memory or null"},
        {"serial:123456789012345678901", "serial", "at most 20"},
        {"serial:\xc3\xa4", "of serial", "ASCII"},
        {"subnqn:disk", "\"disk\" of subnqn", "nqn.2026-01.org.example:disk"},
        {"subnqn:nqn.2026-1.org:disk", "of subnqn", "nqn.2026-01.org.example:disk"},
        {"subnqn:nqn.2026-01.:disk", "of subnqn", "nqn.2026-01.org.example:disk"},
        {"subnqn:nqn.2026-01.org:", "of subnqn", "nqn.2026-01.org.example:disk"},
        {"cntlid:65520", "\"65520\" of cntlid", "0 to 65519"},
        {"cntlid:-1", "\"-1\" of cntlid", "0 to 65519"},
        {"eui64:0000000000000000", "of eui64", "16 hexadecimal digits"},
        {"eui64:12345678", "\"12345678\" of eui64", "16 hexadecimal digits"},
        {"eui64:123456789abcdefg", "of eui64", "16 hexadecimal digits"},
        {"nguid:0123456789abcdef", "of nguid", "32 hexadecimal digits"},
        {"mode", "\"mode\"", "key:value"},
        {"mode:inline mode:inline", "mode", "twice"},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *text = attach_error(cases[i].keys, -EINVAL);
        CHECK_CONTAINS(cases[i].named, text);
        CHECK_CONTAINS(cases[i].allowed, text);
    }
}

static void good_values_are_taken_in_any_case(void) {
    const char *cases[] = {
        "",
        "ns:7",
        "traddr:memory SIZE:1m",
        "traddr:NULL mode:Inline mdts:10",
        "size:4096 block:4096",
        "namespaces:16 size:64K",
        "traddr:null size:1024T",
        "iova:scrambled seed:18446744073709551615",
        "iova:scrambled iova_page:2m",
        "iova:scrambled iova_page:4K",
        "metadata:8 pi:1 pi_first:1 metadata_mode:extended",
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct disk disk = disk_open(cases[i], 1);
        disk_close(&disk);
    }
}

static void memory_that_cannot_be_had_is_an_error(void) {
    CHECK_CONTAINS("in memory", attach_error("size:8388607T", -ENOMEM));
}

static void properties_follow_the_keys(void) {
    struct disk disk = disk_open("traddr:null mdts:3 mode:threaded iova:scrambled", 1);
    CHECK_EQUAL(32768, n4j_ctrlr_property(disk.ctrlr, N4J_PROPERTY_MAX_TRANSFER));
    CHECK_EQUAL(4095, n4j_ctrlr_property(disk.ctrlr, N4J_PROPERTY_MAX_DEPTH));
    CHECK_EQUAL(64, n4j_ctrlr_property(disk.ctrlr, N4J_PROPERTY_MAX_QPAIRS));
    CHECK_EQUAL(4096, n4j_ctrlr_property(disk.ctrlr, N4J_PROPERTY_PAGE_SIZE));
    CHECK_EQUAL(NVME_VS_2_0, n4j_ctrlr_property(disk.ctrlr, N4J_PROPERTY_VS));
    CHECK_EQUAL(1 << N4J_DATA_NONE | 1 << N4J_DATA_PRP | 1 << N4J_DATA_SGL,
                n4j_ctrlr_property(disk.ctrlr, N4J_PROPERTY_DATA_FORMS));
    CHECK_EQUAL(1 << N4J_DATA_NONE | 1 << N4J_DATA_PRP,
                n4j_ctrlr_property(disk.ctrlr, N4J_PROPERTY_ADMIN_DATA_FORMS));
    CHECK_EQUAL(0, n4j_ctrlr_property(disk.ctrlr, N4J_PROPERTY_MAX_FRAGMENTS));
    CHECK_EQUAL(UINT64_MAX, n4j_ctrlr_property(disk.ctrlr, 999));
    CHECK_CONTAINS("threaded", n4j_ctrlr_description(disk.ctrlr));
    CHECK_CONTAINS("scrambled", n4j_ctrlr_description(disk.ctrlr));
    disk_close(&disk);
}

int main(void) {
    RUN(bad_keys_and_values_say_what_is_allowed);
    RUN(good_values_are_taken_in_any_case);
    RUN(memory_that_cannot_be_had_is_an_error);
    RUN(properties_follow_the_keys);
    return 0;
}
