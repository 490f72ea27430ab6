/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Random damage to data pointers: whatever is in a list, the controller answers with a status, moves
 * the right data or none, and touches nothing but the buffer. Best under AddressSanitizer.
 */
#include "check.h"
#include "fixture.h"

#define ROUNDS 20000
#define BLOCK 512u
#define DATA_PAGES 64
#define LIST_PAGES 4
#define SPARE_PAGES 4 /* where a block may end that begins at the end of its buffer */

struct arena {
    struct disk disk;
    struct buffer before; /* canaries, which commands don't name */
    struct buffer data;
    struct buffer lists;
    struct buffer after;
    struct buffer medium; /* what the medium holds */
    uint64_t random;
    uint32_t granularity; /* of SGL data blocks */
};

static uint64_t draw(struct arena *arena, uint64_t below) {
    return next_random(&arena->random) % below;
}

static void open_arena(struct arena *arena, const char *keys) {
    arena->disk = disk_open(keys, 1);
    arena->before = buffer_alloc(&arena->disk, 4 * (uint64_t)PAGE);
    arena->data = buffer_alloc(&arena->disk, (DATA_PAGES + SPARE_PAGES) * (uint64_t)PAGE);
    arena->lists = buffer_alloc(&arena->disk, (LIST_PAGES + SPARE_PAGES) * (uint64_t)PAGE);
    arena->after = buffer_alloc(&arena->disk, 4 * (uint64_t)PAGE);
    arena->medium = buffer_alloc(&arena->disk, DATA_PAGES * (uint64_t)PAGE);
    arena->random = 12345;
    arena->granularity = strstr(keys, "sgl:dword") != NULL ? 4 : 1;
    memset(arena->before.data, 0xc1, arena->before.length);
    memset(arena->after.data, 0xc2, arena->after.length);
    buffer_fill(&arena->medium, 4);
    disk_move(&arena->disk, NVME_WRITE, 0, DATA_PAGES * 8, BLOCK, &arena->medium, 0);
}

static void close_arena(struct arena *arena) {
    buffer_free(&arena->before);
    buffer_free(&arena->data);
    buffer_free(&arena->lists);
    buffer_free(&arena->after);
    buffer_free(&arena->medium);
    disk_close(&arena->disk);
}

/* Any value that is interesting as an address or a descriptor, but for the canaries'. */
static uint64_t strange_value(struct arena *arena) {
    switch (draw(arena, 10)) {
    case 0:
        return 0;
    case 1:
        return UINT64_MAX - draw(arena, 9000);
    case 2:
        return next_random(&arena->random);
    case 3:
        return buffer_iova(&arena->data, draw(arena, DATA_PAGES * PAGE));
    case 4:
        return arena->data.iovas[draw(arena, DATA_PAGES)];
    case 5:
        return buffer_iova(&arena->lists, draw(arena, LIST_PAGES * PAGE / 8) * 8);
    case 6:
        return arena->lists.iovas[draw(arena, LIST_PAGES)];
    case 7:
        return draw(arena, 16) << 60 | draw(arena, 64) * 16;
    case 8:
        return draw(arena, 16) << 60 | draw(arena, 5) << 56 | draw(arena, 100000);
    default:
        return UINT64_C(1) << draw(arena, 64);
    }
}

static void put_sgl(struct arena *arena, n4j_submission *command, uint64_t length) {
    struct nvme_sgl_descriptor *list = (struct nvme_sgl_descriptor *)(void *)arena->lists.data;
    const unsigned per_page = PAGE / NVME_SGL_DESCRIPTOR_SIZE;
    unsigned count = 0;
    for (uint64_t at = 0; at < length && count < per_page - 1;) {
        const uint64_t room = PAGE - at % PAGE;
        uint64_t piece = draw(arena, 4) == 0 ? 1 + draw(arena, room) : room;
        piece = (piece + arena->granularity - 1) / arena->granularity * arena->granularity;
        piece = at + piece > length ? length - at : piece;
        list[count++] = (struct nvme_sgl_descriptor){buffer_iova(&arena->data, at), piece};
        at += piece;
    }
    command->flags = NVME_PSDT_SGL_MPTR_CONTIGUOUS << 6;
    command->data_form = N4J_DATA_SGL;
    command->prp1 = arena->lists.iovas[0];
    command->prp2 =
        (uint64_t)NVME_SGL_LAST_SEGMENT << NVME_SGL_TYPE_SHIFT | count * NVME_SGL_DESCRIPTOR_SIZE;
}

/* Flips a bit of an offset or one that no address has: others may make the address of a queue. */
static uint64_t flip(struct arena *arena, uint64_t word) {
    const uint64_t bit = draw(arena, 28);
    return word ^ UINT64_C(1) << (bit < 12 ? bit : bit + 36);
}

/* Changes up to three of the words that the controller will read. Returns how many. */
static uint64_t damage(struct arena *arena, n4j_submission *command) {
    uint64_t *words = (uint64_t *)(void *)arena->lists.data;
    const uint64_t damages = draw(arena, 4);
    for (uint64_t i = 0; i < damages; i++) {
        uint64_t *word;
        switch (draw(arena, 8)) {
        case 0:
            word = &command->prp1;
            break;
        case 1:
            word = &command->prp2;
            break;
        case 2:
            word = &words[draw(arena, LIST_PAGES * PAGE / 8)];
            break;
        default:
            word = &words[draw(arena, 64)];
            break;
        }
        *word = draw(arena, 3) == 0 ? flip(arena, *word) : strange_value(arena);
    }
    return damages;
}

static void check_canaries(struct arena *arena) {
    CHECK(is_filled(arena->before.data, arena->before.length, 0xc1));
    CHECK(is_filled(arena->after.data, arena->after.length, 0xc2));
}

static bool is_data_pointer_status(uint16_t status) {
    switch (status) {
    case NVME_DATA_TRANSFER_ERROR:
    case NVME_INVALID_SGL_SEGMENT_DESCRIPTOR:
    case NVME_INVALID_NUMBER_OF_SGL_DESCRIPTORS:
    case NVME_DATA_SGL_LENGTH_INVALID:
    case NVME_SGL_DESCRIPTOR_TYPE_INVALID:
    case NVME_PRP_OFFSET_INVALID:
    case NVME_SGL_DATA_BLOCK_GRANULARITY_INVALID:
        return true;
    default:
        return false;
    }
}

static void mutate(const char *keys, bool sgl) {
    struct arena arena;
    open_arena(&arena, keys);
    unsigned succeeded = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        const uint32_t blocks = 1 + (uint32_t)draw(&arena, DATA_PAGES * 8 - 8);
        n4j_submission command = io_command(NVME_READ, 0, blocks);
        const uint64_t offset = sgl ? 0 : draw(&arena, 1024) * 4;
        if (sgl) {
            put_sgl(&arena, &command, (uint64_t)blocks * BLOCK);
        } else {
            put_prps(&command, &arena.data, offset, (uint64_t)blocks * BLOCK, &arena.lists);
        }
        const bool intact = damage(&arena, &command) == 0;
        memset(arena.data.data, 0xee, arena.data.length);
        uint16_t status = disk_run(&arena.disk, &command);
        if (status == NVME_SUCCESS) {
            succeeded++;
            CHECK(!intact ||
                  memcmp(arena.data.data + offset, arena.medium.data, (size_t)blocks * BLOCK) == 0);
        } else {
            CHECK(!intact);
            CHECK(is_data_pointer_status(status));
            CHECK(is_filled(arena.data.data, arena.data.length, 0xee));
        }
        command.opc = NVME_COMPARE; /* reads what the list names; never changes the medium */
        status = disk_run(&arena.disk, &command);
        CHECK(status == NVME_SUCCESS || status == NVME_COMPARE_FAILURE ||
              is_data_pointer_status(status));
        if (round % 64 == 0) {
            check_canaries(&arena);
        }
    }
    check_canaries(&arena);
    printf("    %u of %u were still good\n", succeeded, ROUNDS);
    CHECK(succeeded > 0 && succeeded < ROUNDS);
    disk_move(&arena.disk, NVME_COMPARE, 0, DATA_PAGES * 8, BLOCK, &arena.medium, 0);
    close_arena(&arena);
}

static void damaged_prps(void) {
    mutate("size:1M", false);
}

static void damaged_prps_of_scrambled_pages(void) {
    mutate("size:1M iova:scrambled", false);
}

static void damaged_sgls(void) {
    mutate("size:1M", true);
}

static void damaged_sgls_of_scrambled_pages(void) {
    mutate("size:1M iova:scrambled sgl:dword", true);
}

#ifndef __SANITIZE_THREAD__ /* the race is what is tested */
/* A list that is changed while it is being walked can move data to places that it named, no others. */
static void a_list_that_changes_meanwhile(void) {
    struct arena arena;
    n4j_completion completion;
    open_arena(&arena, "size:1M mode:threaded iova:scrambled");
    volatile uint64_t *list = (volatile uint64_t *)(void *)arena.lists.data;
    for (unsigned round = 0; round < 100; round++) {
        n4j_submission command = io_command(NVME_READ, 0, DATA_PAGES * 8);
        put_prps(&command, &arena.data, 0, (uint64_t)DATA_PAGES * PAGE, &arena.lists);
        CHECK_EQUAL(0, n4j_qpair_process(arena.disk.qpair, &command, 1, NULL, 0));
        while (n4j_qpair_process(arena.disk.qpair, NULL, 0, &completion, 1) == 0) {
            for (unsigned i = 0; i < 100; i++) {
                list[draw(&arena, DATA_PAGES - 1)] =
                    draw(&arena, 100) == 0 ? strange_value(&arena)
                                           : arena.data.iovas[draw(&arena, DATA_PAGES)];
            }
        }
        const uint16_t status = NVME_STATUS_CODE(completion.status);
        CHECK(status == NVME_SUCCESS || is_data_pointer_status(status));
    }
    check_canaries(&arena);
    close_arena(&arena);
}
#endif

int main(void) {
#ifndef __SANITIZE_THREAD__
    RUN(a_list_that_changes_meanwhile);
#endif
    RUN(damaged_prps);
    RUN(damaged_prps_of_scrambled_pages);
    RUN(damaged_sgls);
    RUN(damaged_sgls_of_scrambled_pages);
    return 0;
}
