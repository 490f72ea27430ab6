/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the SPDK transport thinks of fragments, without SPDK: its judgement is compared with a model of
 * SPDK's release build, which makes PRPs of whatever it gets, and of the controller that reads them.
 */
#include <errno.h>

#include "check.h"
#include "completion.h"

#define SMALL_PAGE 32u
#define FRAGMENTS_MAX 6u
#define BYTES_MAX 1024u

static uint64_t random_state = 88172645463325252u;

static uint32_t draw(uint32_t below) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state % below);
}

struct list {
    n4j_fragment fragments[FRAGMENTS_MAX + 1];
    uint32_t count;
    uint32_t length;
};

/* Mostly what PRPs can be made of, with a deviation here and there. */
static struct list draw_list(void) {
    struct list list = {.count = 1 + draw(FRAGMENTS_MAX)};
    for (uint32_t i = 0; i < list.count; i++) {
        const uint32_t skip = i == 0 || draw(20) == 0 ? 4 * draw(SMALL_PAGE / 4) : 0;
        const uint32_t cut = i + 1 == list.count || draw(20) == 0 ? draw(SMALL_PAGE - skip) : 0;
        const uint32_t length = (1 + draw(3)) * SMALL_PAGE - skip - cut;
        list.fragments[i] = (n4j_fragment){(1000 + draw(1000)) * SMALL_PAGE + skip, length};
        list.length += length;
    }
    list.fragments[0].address += draw(30) == 0 ? 1 + draw(3) : 0;
    return list;
}

static n4j_submission command_of(const struct list *list) {
    return (n4j_submission){.opc = SPDK_NVME_OPC_READ,
                            .data = (uintptr_t)list->fragments,
                            .data_length = list->length,
                            .data_form = N4J_DATA_FRAGMENTS,
                            .fragment_count = list->count};
}

/* The address of each byte, in order. */
static void intended(const struct list *list, uint64_t *bytes) {
    for (uint32_t i = 0; i < list->count; i++) {
        for (uint64_t j = 0; j < list->fragments[i].length; j++) {
            *bytes++ = list->fragments[i].address + j;
        }
    }
}

/* PRP entries as SPDK makes them; 0 where it refuses to. */
static uint32_t make_prps(const struct list *list, uint64_t *entries) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        uint64_t at = list->fragments[i].address;
        uint64_t left = list->fragments[i].length;
        if (at % 4 != 0) {
            return 0;
        }
        while (left > 0) {
            if (count > 0 && at % SMALL_PAGE != 0) {
                return 0;
            }
            const uint64_t room = SMALL_PAGE - at % SMALL_PAGE;
            const uint64_t part = left < room ? left : room;
            entries[count++] = at;
            at += part;
            left -= part;
        }
    }
    return count;
}

/* Where a controller finds the bytes; false: the list ends before the data do. */
static bool read_prps(const uint64_t *entries, uint32_t count, uint32_t length, uint64_t *bytes) {
    uint32_t done = 0;
    for (uint32_t i = 0; i < count && done < length; i++) {
        for (uint64_t at = entries[i]; done < length; at++) {
            bytes[done++] = at;
            if ((at + 1) % SMALL_PAGE == 0) {
                break;
            }
        }
    }
    return done == length;
}

static bool would_be_right(const struct list *list) {
    uint64_t entries[BYTES_MAX];
    uint64_t found[BYTES_MAX];
    uint64_t wanted[BYTES_MAX];
    const uint32_t count = make_prps(list, entries);
    intended(list, wanted);
    return count > 0 && read_prps(entries, count, list->length, found) &&
           memcmp(found, wanted, list->length * sizeof(wanted[0])) == 0;
}

static const struct n4j_spdk_limits limits = {.page_size = SMALL_PAGE,
                                              .max_fragments = FRAGMENTS_MAX};

static void what_prps_would_misplace_is_refused(void) {
    const struct n4j_spdk_ctrlr ctrlr = {.limits = limits, .has_doorbells = true};
    uint32_t good = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        const struct list list = draw_list();
        const n4j_submission command = command_of(&list);
        const bool right = would_be_right(&list);
        CHECK_EQUAL(right ? 0 : -EINVAL, n4j_spdk_fragments_check(&ctrlr, &command));
        good += right;
    }
    printf("    %u of 100000 were good\n", good);
    CHECK(good > 10000 && good < 90000);
}

static void an_sgl_is_made_of_anything_that_adds_up(void) {
    const struct n4j_spdk_ctrlr ctrlr = {.limits = limits, .has_doorbells = true, .has_sgls = true};
    const struct n4j_spdk_ctrlr fabrics = {.limits = limits};
    for (uint32_t i = 0; i < 10000; i++) {
        struct list list = draw_list();
        n4j_submission command = command_of(&list);
        CHECK_EQUAL(0, n4j_spdk_fragments_check(&ctrlr, &command));
        CHECK_EQUAL(0, n4j_spdk_fragments_check(&fabrics, &command));
        command.opc = SPDK_NVME_OPC_DATASET_MANAGEMENT; /* may get PRPs all the same */
        CHECK_EQUAL(would_be_right(&list) ? 0 : -EINVAL,
                    n4j_spdk_fragments_check(&ctrlr, &command));
        CHECK_EQUAL(0, n4j_spdk_fragments_check(&fabrics, &command));
        command.data_length += draw(2) == 0 ? 1 : -1;
        CHECK_EQUAL(-EINVAL, n4j_spdk_fragments_check(&fabrics, &command));
        command = command_of(&list);
        list.fragments[draw(list.count)].length = 0;
        CHECK_EQUAL(-EINVAL, n4j_spdk_fragments_check(&fabrics, &command));
        command.fragment_count = FRAGMENTS_MAX + 1;
        CHECK_EQUAL(-EINVAL, n4j_spdk_fragments_check(&fabrics, &command));
    }
}

static void the_walk_begins_at_any_offset(void) {
    for (uint32_t i = 0; i < 10000; i++) {
        const struct list list = draw_list();
        uint64_t wanted[BYTES_MAX];
        intended(&list, wanted);
        struct n4j_spdk_slot slot = {.fragments = list.fragments,
                                     .fragments_end = list.fragments + list.count};
        uint32_t at = draw(list.length);
        n4j_spdk_fragments_reset(&slot, at);
        while (at < list.length) {
            void *address;
            uint32_t length;
            CHECK_EQUAL(0, n4j_spdk_fragments_next(&slot, &address, &length));
            CHECK(length > 0);
            for (uint32_t j = 0; j < length; j++) {
                CHECK(wanted[at++] == (uintptr_t)address + j);
            }
        }
        void *address;
        uint32_t length;
        CHECK(n4j_spdk_fragments_next(&slot, &address, &length) != 0);
    }
}

int main(void) {
    RUN(what_prps_would_misplace_is_refused);
    RUN(an_sgl_is_made_of_anything_that_adds_up);
    RUN(the_walk_begins_at_any_offset);
    return 0;
}
