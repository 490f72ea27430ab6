/* SPDX-License-Identifier: Apache-2.0 */

/* The SPDK transport, for real: the forms of data, and memory of the caller's. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "admin.h"
#include "record_rules.h"
#include "spdk_rig.h"

#define PAGE 4096u
#define AREA (1u << 20) /* of each part of the rig's memory */
#define TRANSFER_MAX 131072u
#define FRAGMENTS 16u /* of both transports */

/* A rig whose memory is cut in three: what was written, what is read, lists. */
struct data_rig {
    struct rig rig;
    uint8_t *written;
    uint8_t *read;
    uint64_t *list;
};

static struct data_rig open_data_rig(const char *trtype) {
    struct data_rig data = {.rig = open_rig(trtype, 1, 3 * AREA)};
    data.written = data.rig.memory;
    data.read = data.written + AREA;
    data.list = (uint64_t *)(void *)(data.read + AREA);
    return data;
}

static uint32_t draw(uint32_t below) {
    return (uint32_t)rand() % below;
}

/* Puts data on the disk, from memory that is described in the plainest way. */
static void put(struct data_rig *data, uint32_t blocks, uint32_t generation) {
    fill(data->written, blocks * BLOCK, 0, generation);
    CHECK_STATUS(one(data->rig.qpair, io(WRITE, DATA_NSID, 0, blocks, data->written)), 0);
}

static bool is_vfio_user(const char *trtype) {
    return strcmp(trtype, "VFIOUSER") == 0;
}

static void properties_tell_what_is_taken(const char *trtype) {
    n4j_ctrlr *ctrlr = attach(transport_id(trtype));
    const uint64_t common = 1 << N4J_DATA_NONE | 1 << N4J_DATA_CONTIGUOUS | 1 << N4J_DATA_FRAGMENTS;
    const bool vfio = is_vfio_user(trtype);
    CHECK(n4j_ctrlr_property(ctrlr, N4J_PROPERTY_DATA_FORMS) ==
          (vfio ? common | 1 << N4J_DATA_PRP : common));
    CHECK(n4j_ctrlr_property(ctrlr, N4J_PROPERTY_ADMIN_DATA_FORMS) ==
          (1 << N4J_DATA_NONE | 1 << N4J_DATA_CONTIGUOUS));
    CHECK(n4j_ctrlr_property(ctrlr, N4J_PROPERTY_MAX_FRAGMENTS) == FRAGMENTS);
    CHECK(n4j_ctrlr_property(ctrlr, N4J_PROPERTY_REGISTRATION) == (vfio ? 0 : 1));
    CHECK(n4j_ctrlr_detach(ctrlr, text, sizeof(text)) == 0);
}

/* ---- PRPs ---- */

/* Pages of the area for reading, in an order of their own; `at` of the first lies `offset` inside. */
struct scatter {
    uint8_t *page[TRANSFER_MAX / PAGE + 1];
    uint32_t count;
    uint32_t offset;
};

static struct scatter scatter_pages(struct data_rig *data, uint32_t length) {
    struct scatter scatter = {.offset = draw(PAGE / 4) * 4};
    uint8_t *pages[AREA / PAGE];
    for (uint32_t i = 0; i < AREA / PAGE; i++) {
        pages[i] = data->read + i * PAGE;
    }
    scatter.count = (scatter.offset + length + PAGE - 1) / PAGE;
    for (uint32_t i = 0; i < scatter.count; i++) {
        const uint32_t chosen = i + draw(AREA / PAGE - i);
        scatter.page[i] = pages[chosen];
        pages[chosen] = pages[i];
    }
    return scatter;
}

static n4j_submission with_prps(struct data_rig *data, n4j_submission command,
                                const struct scatter *scatter) {
    uint64_t iova[TRANSFER_MAX / PAGE + 1];
    for (uint32_t i = 0; i < scatter->count; i++) {
        CHECK(n4j_mem_translate(data->rig.ctrlr, scatter->page[i], PAGE, PAGE, &iova[i], 1) == 0);
    }
    command.data = 0;
    command.data_form = N4J_DATA_PRP;
    command.prp1 = iova[0] + scatter->offset;
    if (scatter->count == 2) {
        command.prp2 = iova[1];
    } else if (scatter->count > 2) {
        CHECK(n4j_mem_translate(data->rig.ctrlr, data->list, 8, PAGE, &command.prp2, 1) == 0);
        memcpy(data->list, &iova[1], (scatter->count - 1) * sizeof(iova[0]));
    }
    return command;
}

/* Compares with what was written, or copies it there. */
static void gather(const struct scatter *scatter, const uint8_t *data, uint32_t length, bool copy) {
    uint32_t offset = scatter->offset;
    for (uint32_t i = 0; length > 0; i++) {
        const uint32_t part = length < PAGE - offset ? length : PAGE - offset;
        uint8_t *at = scatter->page[i] + offset;
        if (copy) {
            memcpy(at, data, part);
        } else {
            CHECK(memcmp(at, data, part) == 0);
        }
        data += part;
        length -= part;
        offset = 0;
    }
}

static void the_callers_prps_move_data(void) {
    struct data_rig data = open_data_rig("VFIOUSER");
    for (uint32_t round = 0; round < 400; round++) {
        const uint32_t blocks = 1 + draw(round % 2 == 0 ? 24 : TRANSFER_MAX / BLOCK - 8);
        const uint32_t length = blocks * BLOCK;
        put(&data, blocks, round);
        struct scatter scatter = scatter_pages(&data, length);
        memset(data.read, 0xee, AREA);
        n4j_submission read = with_prps(&data, io(READ, DATA_NSID, 0, blocks, NULL), &scatter);
        CHECK_STATUS(one(data.rig.qpair, read), 0);
        gather(&scatter, data.written, length, false);
        uint32_t untouched = 0;
        for (uint32_t i = 0; i < AREA; i++) {
            untouched += data.read[i] == 0xee;
        }
        CHECK(untouched >= AREA - length);

        fill(data.written, length, 0, round + 1000);
        gather(&scatter, data.written, length, true);
        read.opc = WRITE;
        CHECK_STATUS(one(data.rig.qpair, read), 0);
        memset(data.read, 0, AREA);
        CHECK_STATUS(one(data.rig.qpair, io(READ, DATA_NSID, 0, blocks, data.read)), 0);
        CHECK(memcmp(data.read, data.written, length) == 0);
    }
    close_rig(&data.rig);
}

/* SPDK over a socket would send from there, or end the connection of which too much was asked. */
static void data_that_are_nowhere_or_too_much_are_refused(const char *trtype) {
    struct data_rig data = open_data_rig(trtype);
    n4j_completion completion;
    n4j_submission write = io(WRITE, DATA_NSID, 0, 1, NULL);
    CHECK(one(data.rig.qpair, write).error == EINVAL);
    n4j_submission log = {.opc = 0x02, /* Get Log Page */
                          .nsid = UINT32_MAX,
                          .cdw10 = 1,
                          .data_length = 64,
                          .data_form = N4J_DATA_CONTIGUOUS};
    CHECK(admin(data.rig.ctrlr, &log, &completion, 5000) == -EINVAL);
    log.data = (uintptr_t)data.read;
    log.data_length = TRANSFER_MAX + 4;
    CHECK(admin(data.rig.ctrlr, &log, &completion, 5000) == -EINVAL);
    log.data_length = 64;
    log.cdw10 |= (64 / 4 - 1) << 16;
    CHECK(admin(data.rig.ctrlr, &log, &completion, 5000) == 0);
    CHECK_STATUS(completion, 0);
    CHECK_STATUS(one(data.rig.qpair, io(WRITE, DATA_NSID, 0, 1, data.written)), 0);
    close_rig(&data.rig);
}

static void bad_pointers_are_refused(const char *trtype) {
    struct data_rig data = open_data_rig(trtype);
    n4j_submission read = io(READ, DATA_NSID, 0, 1, data.read);
    check_forms_that_are_not_taken(data.rig.ctrlr, data.rig.qpair);
    check_metadata_that_nobody_points_at(data.rig.ctrlr, data.rig.qpair, data.written);
    read.data_form = N4J_DATA_PRP;
    read.flags = 1 << 6;
    read.prp1 = (uintptr_t)data.read;
    CHECK(one(data.rig.qpair, read).error == EINVAL);
    read.flags = 0;
    read.data_length = TRANSFER_MAX + BLOCK;
    CHECK(one(data.rig.qpair, read).error == EINVAL);
    if (is_vfio_user(trtype)) {
        read.data_length = BLOCK;
        read.prp1 = 0x5000; /* no memory of this process */
        CHECK(status_code(one(data.rig.qpair, read)) != 0);
    }
    CHECK_STATUS(one(data.rig.qpair, io(READ, DATA_NSID, 0, 1, data.read)), 0);
    close_rig(&data.rig);
}

static void commands_of_the_drivers_are_refused_and_its_queues_go_on(const char *trtype) {
    struct data_rig data = open_data_rig(trtype);
    check_commands_of_the_drivers(data.rig.ctrlr);
    CHECK_STATUS(one(data.rig.qpair, io(READ, DATA_NSID, 0, 1, data.read)), 0);
    close_rig(&data.rig);
}

/* ---- fragments ---- */

static n4j_submission with_fragments(n4j_submission command, const n4j_fragment *fragments,
                                     uint32_t count) {
    command.data_form = N4J_DATA_FRAGMENTS;
    command.data = (uintptr_t)fragments;
    command.fragment_count = count;
    return command;
}

/* Cuts the area for reading into fragments that follow each other in reverse, with gaps. */
static uint32_t cut(struct data_rig *data, uint32_t length, uint32_t max, uint32_t unit,
                    n4j_fragment *fragments) {
    uint8_t *end = data->read + AREA;
    uint32_t count = 0;
    while (length > 0) {
        uint32_t part = (1 + draw(2 * length / max + 1)) * unit;
        part = part > length || count == max - 1 ? length : part;
        end -= part + (1 + draw(100)) * unit;
        fragments[count++] = (n4j_fragment){(uintptr_t)end, part};
        length -= part;
    }
    return count;
}

static void fragments_move_data(const char *trtype) {
    struct data_rig data = open_data_rig(trtype);
    const uint32_t max = (uint32_t)n4j_ctrlr_property(data.rig.ctrlr, N4J_PROPERTY_MAX_FRAGMENTS);
    const uint32_t unit = is_vfio_user(trtype) ? 4 : 1; /* SGLS of SPDK's vfio-user target */
    n4j_fragment fragments[FRAGMENTS];
    for (uint32_t round = 0; round < 400; round++) {
        const uint32_t blocks = 1 + draw(TRANSFER_MAX / BLOCK);
        const uint32_t length = blocks * BLOCK;
        put(&data, blocks, round);
        memset(data.read, 0xee, AREA);
        const uint32_t count = cut(&data, length, max, unit, fragments);
        n4j_submission read =
            with_fragments(io(READ, DATA_NSID, 0, blocks, NULL), fragments, count);
        CHECK_STATUS(one(data.rig.qpair, read), 0);
        const uint8_t *expected = data.written;
        for (uint32_t i = 0; i < count; i++) {
            uint8_t *at = (uint8_t *)(uintptr_t)fragments[i].address;
            CHECK(memcmp(at, expected, fragments[i].length) == 0);
            CHECK(at[-1] == 0xee && at[fragments[i].length] == 0xee);
            expected += fragments[i].length;
            memset(at, (int)round + (int)i, fragments[i].length);
        }
        read.opc = WRITE;
        CHECK_STATUS(one(data.rig.qpair, read), 0);
        CHECK_STATUS(one(data.rig.qpair, io(READ, DATA_NSID, 0, blocks, data.written)), 0);
        expected = data.written;
        for (uint32_t i = 0; i < count; i++) {
            CHECK(memcmp((void *)(uintptr_t)fragments[i].address, expected, fragments[i].length) ==
                  0);
            expected += fragments[i].length;
        }
    }
    close_rig(&data.rig);
}

static void bad_fragments_reach_no_device(const char *trtype) {
    struct data_rig data = open_data_rig(trtype);
    n4j_fragment fragments[FRAGMENTS + 1];
    for (uint32_t i = 0; i <= FRAGMENTS; i++) {
        fragments[i] = (n4j_fragment){(uintptr_t)data.read, 1};
    }
    fragments[0].length = BLOCK;
    n4j_submission good = with_fragments(io(READ, DATA_NSID, 0, 1, NULL), fragments, 1);
    CHECK_STATUS(one(data.rig.qpair, good), 0);
    n4j_submission bad = good;
    bad.fragment_count = 0;
    CHECK(one(data.rig.qpair, bad).error == EINVAL);
    bad.fragment_count = FRAGMENTS + 1;
    fragments[0].length = BLOCK - FRAGMENTS;
    CHECK(one(data.rig.qpair, bad).error == EINVAL);
    fragments[0].length = BLOCK;
    bad = good;
    bad.data = 0;
    CHECK(one(data.rig.qpair, bad).error == EINVAL);
    const uint64_t lengths[] = {0, 1, BLOCK - 1, BLOCK + 1, UINT32_MAX, UINT64_MAX};
    for (uint32_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        fragments[0].length = lengths[i];
        CHECK(one(data.rig.qpair, good).error == EINVAL);
    }
    fragments[0] = (n4j_fragment){UINT64_MAX - BLOCK + 1, BLOCK};
    CHECK(one(data.rig.qpair, good).error == EINVAL);
    fragments[0] = (n4j_fragment){(uintptr_t)data.read, BLOCK};
    bad = good;
    bad.data_length = TRANSFER_MAX + BLOCK;
    fragments[0].length = bad.data_length;
    CHECK(one(data.rig.qpair, bad).error == EINVAL);
    fragments[0].length = BLOCK;
    CHECK_STATUS(one(data.rig.qpair, good), 0);
    close_rig(&data.rig);
}

static void separate_metadata_has_to_fit(const char *trtype) {
    struct data_rig data = open_data_rig(trtype);
    n4j_submission read = io(READ, DATA_NSID, 0, 1, data.read);
    read.metadata = (uintptr_t)data.written;
    read.metadata_length = 8; /* and the namespace has none */
    CHECK(one(data.rig.qpair, read).error == EINVAL);
    read.nsid = 77;
    CHECK(one(data.rig.qpair, read).error == EINVAL);
    read.nsid = UINT32_MAX;
    CHECK(one(data.rig.qpair, read).error == EINVAL);
    read = io(READ, DATA_NSID, 0, 1, data.read);
    CHECK_STATUS(one(data.rig.qpair, read), 0);
    close_rig(&data.rig);
}

/* ---- registration ---- */

static int register_at(n4j_ctrlr *ctrlr, void *address, uint64_t length, uint32_t flags) {
    text[0] = '\0';
    return n4j_mem_register(ctrlr, address, length, flags, text, sizeof(text));
}

static void own_memory_is_used_over_tcp(void) {
    struct data_rig data = open_data_rig("TCP");
    n4j_ctrlr *ctrlr = data.rig.ctrlr;
    uint8_t *own = malloc(AREA);
    uint8_t *at = own + 13;
    uint64_t iovas[3];
    CHECK(n4j_mem_translate(ctrlr, at, 1, PAGE, iovas, 1) == -EFAULT);
    CHECK(register_at(ctrlr, at, 100003, 0) == 0);
    CHECK(register_at(ctrlr, at + 100003, 5 * BLOCK, 0) == 0);
    CHECK(n4j_mem_translate(ctrlr, at, PAGE, PAGE, iovas, 2) == 0);
    CHECK(iovas[0] == ((uintptr_t)at & ~(uintptr_t)(PAGE - 1)) && iovas[1] == iovas[0] + PAGE);
    CHECK(n4j_mem_translate(ctrlr, at + 100000, 6, PAGE, iovas, 2) == 0);
    CHECK(n4j_mem_translate(ctrlr, at - 1, 2, PAGE, iovas, 2) == -EFAULT);
    CHECK(n4j_mem_translate(ctrlr, at + 100003 + 5 * BLOCK - 1, 2, PAGE, iovas, 2) == -EFAULT);

    put(&data, 100, 1);
    CHECK_STATUS(one(data.rig.qpair, io(READ, DATA_NSID, 0, 100, at)), 0);
    CHECK(memcmp(at, data.written, 100 * BLOCK) == 0);
    fill(at, 100 * BLOCK, 0, 2);
    CHECK_STATUS(one(data.rig.qpair, io(WRITE, DATA_NSID, 0, 100, at)), 0);
    CHECK_STATUS(one(data.rig.qpair, io(READ, DATA_NSID, 0, 100, data.read)), 0);
    CHECK(memcmp(at, data.read, 100 * BLOCK) == 0);

    CHECK(n4j_ctrlr_detach(ctrlr, text, sizeof(text)) == -EBUSY);
    CHECK(n4j_mem_unregister(ctrlr, at + 1) == -EINVAL);
    CHECK(n4j_mem_unregister(ctrlr, at) == 0);
    CHECK(n4j_mem_unregister(ctrlr, at) == -EINVAL);
    CHECK(n4j_mem_translate(ctrlr, at, 1, PAGE, iovas, 1) == -EFAULT);
    CHECK(n4j_mem_unregister(ctrlr, at + 100003) == 0);
    free(own);
    close_rig(&data.rig);
}

static void overlaps_and_files_are_refused_over_tcp(void) {
    struct data_rig data = open_data_rig("TCP");
    n4j_ctrlr *ctrlr = data.rig.ctrlr;
    uint8_t *own = malloc(AREA);
    CHECK(register_at(ctrlr, own + 1000, 1000, 0) == 0);
    const uint32_t overlaps[][2] = {{1000, 1000}, {0, 1001}, {1999, 1}, {1500, 10}, {0, 5000}};
    for (unsigned i = 0; i < sizeof(overlaps) / sizeof(overlaps[0]); i++) {
        CHECK(register_at(ctrlr, own + overlaps[i][0], overlaps[i][1], 0) == -EEXIST);
        CHECK(strstr(text, "overlap") != NULL);
    }
    CHECK(register_at(ctrlr, data.read, PAGE, 0) == -EEXIST);
    CHECK(register_at(ctrlr, data.read + 5, 1, 0) == -EEXIST);
    CHECK(register_at(ctrlr, own, 1000, N4J_MEM_MAY_VANISH) == -ENOTSUP);
    CHECK(strstr(text, "truncated") != NULL);
    CHECK(register_at(ctrlr, (void *)0x10000, PAGE, 0) == -EFAULT);
    CHECK(register_at(ctrlr, own, 0, 0) == -EINVAL);
    CHECK(register_at(ctrlr, own, 1000, 0) == 0);
    CHECK(n4j_mem_unregister(ctrlr, own) == 0);
    CHECK(n4j_mem_unregister(ctrlr, own + 1000) == 0);
    free(own);
    close_rig(&data.rig);
}

static void a_vfio_user_target_reaches_allocated_memory_alone(void) {
    n4j_ctrlr *ctrlr = attach(transport_id("VFIOUSER"));
    uint8_t *own = mmap(NULL, AREA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(register_at(ctrlr, own, AREA, 0) == -ENOTSUP);
    CHECK(strstr(text, "allocated") != NULL);
    CHECK(n4j_mem_unregister(ctrlr, own) == -EINVAL);
    munmap(own, AREA);
    CHECK(n4j_ctrlr_detach(ctrlr, text, sizeof(text)) == 0);
}

int main(void) {
    static const char *const trtypes[] = {"VFIOUSER", "TCP"};
    begin();
    for (int i = 0; i < 2; i++) {
        properties_tell_what_is_taken(trtypes[i]);
        bad_pointers_are_refused(trtypes[i]);
        commands_of_the_drivers_are_refused_and_its_queues_go_on(trtypes[i]);
        data_that_are_nowhere_or_too_much_are_refused(trtypes[i]);
        fragments_move_data(trtypes[i]);
        bad_fragments_reach_no_device(trtypes[i]);
        separate_metadata_has_to_fit(trtypes[i]);
    }
    the_callers_prps_move_data();
    own_memory_is_used_over_tcp();
    overlaps_and_files_are_refused_over_tcp();
    a_vfio_user_target_reaches_allocated_memory_alone();
    finish(0);
}
