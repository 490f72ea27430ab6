/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Data pointers, damaged on purpose. For each, an independent judge says which pieces of memory it names
 * or what is wrong with it; the controller has to end with that status, to move exactly those bytes, and
 * to touch nothing else. Memory lies between pages that nobody may touch. Best under AddressSanitizer.
 */
#define _GNU_SOURCE

#include <sys/mman.h>

#include "check.h"
#include "data_pointer_judge.h"
#include "fixture.h"

#define BLOCK 512u
#define DATA_PAGES 64u
#define LIST_PAGES 8u
#define PAGES (DATA_PAGES + LIST_PAGES)
#define MEDIUM_SIZE (5u << 20)
#define BYTES_MAX (DATA_PAGES * PAGE) /* of most transfers */
#define LONG_PAGES 1200u              /* of the longest: their lists go over three pages */
#define LONG_BYTES_MAX (LONG_PAGES * PAGE)
#define USED_MAX (2 * LONG_PAGES)

static char text[256];

struct kind {
    const char *keys;
    bool is_sgl;
    bool are_islands; /* pages that are registered one by one, with a gap after each */
    bool is_long;
    unsigned rounds;
};

/* The caller's memory, in which commands name their data and lists. */
struct arena {
    const struct kind *kind;
    struct disk disk;
    uint8_t *region;
    struct judge_page pages[PAGES]; /* first those for data, then those for lists */
    uint8_t *expected;              /* of all pages */
    struct buffer canary;           /* the controller's as well, and named by no command */
    struct buffer plain;            /* for commands that are in order */
    uint8_t *medium;                /* what it holds */
    uint64_t random;
    uint32_t granularity;     /* of SGL data blocks */
    uint64_t *used[USED_MAX]; /* the words of lists that the command's pointer leads to */
    uint32_t used_count;
};

static struct judgement judgement;

static uint64_t draw(struct arena *arena, uint64_t below) {
    return next_random(&arena->random) % below;
}

/* ---- memory ---- */

static uint64_t stride(const struct arena *arena) {
    return arena->kind->are_islands ? 2 * PAGE : PAGE;
}

static uint8_t *page_at(const struct arena *arena, uint32_t page) {
    return arena->region + PAGE + page * stride(arena);
}

static void register_pages(struct arena *arena) {
    const uint32_t at_once = arena->kind->are_islands ? 1 : PAGES;
    for (uint32_t i = 0; i < PAGES; i += at_once) {
        CHECK_EQUAL(0, mprotect(page_at(arena, i), at_once * (size_t)PAGE, PROT_READ | PROT_WRITE));
        CHECK_EQUAL(0, n4j_mem_register(arena->disk.ctrlr, page_at(arena, i),
                                        at_once * (uint64_t)PAGE, 0, text, sizeof(text)));
    }
    for (uint32_t i = 0; i < PAGES; i++) {
        arena->pages[i].memory = page_at(arena, i);
        CHECK_EQUAL(0, n4j_mem_translate(arena->disk.ctrlr, page_at(arena, i), PAGE, PAGE,
                                         &arena->pages[i].iova, 1));
    }
}

static void unregister_pages(struct arena *arena) {
    const uint32_t at_once = arena->kind->are_islands ? 1 : PAGES;
    for (uint32_t i = 0; i < PAGES; i += at_once) {
        CHECK_EQUAL(0, n4j_mem_unregister(arena->disk.ctrlr, page_at(arena, i)));
    }
}

static uint64_t region_size(const struct arena *arena) {
    return PAGE + PAGES * stride(arena) + PAGE;
}

static void open_arena(struct arena *arena, const struct kind *kind) {
    arena->kind = kind;
    arena->disk = disk_open(kind->keys, 1);
    arena->random = 12345;
    arena->granularity = strstr(kind->keys, "sgl:dword") != NULL ? 4 : 1;
    arena->region = mmap(NULL, region_size(arena), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(arena->region != MAP_FAILED);
    register_pages(arena);
    arena->canary = buffer_alloc(&arena->disk, 4 * (uint64_t)PAGE);
    memset(arena->canary.data, 0xc1, arena->canary.length);
    arena->plain = buffer_alloc(&arena->disk, MEDIUM_SIZE);
    arena->expected = malloc(PAGES * (size_t)PAGE);
    arena->medium = malloc(MEDIUM_SIZE);
    buffer_fill(&arena->plain, 4);
    memcpy(arena->medium, arena->plain.data, MEDIUM_SIZE);
    disk_move(&arena->disk, NVME_WRITE, 0, MEDIUM_SIZE / BLOCK, BLOCK, &arena->plain, 0);
}

static void close_arena(struct arena *arena) {
    free(arena->expected);
    free(arena->medium);
    buffer_free(&arena->plain);
    buffer_free(&arena->canary);
    unregister_pages(arena);
    munmap(arena->region, region_size(arena));
    disk_close(&arena->disk);
}

/* ---- good data pointers ---- */

static uint64_t *use(struct arena *arena, uint64_t *word, uint64_t value) {
    arena->used[arena->used_count++ % USED_MAX] = word;
    *word = value;
    return word;
}

static uint64_t data_iova(const struct arena *arena, uint32_t page) {
    return arena->pages[page].iova;
}

static const struct judge_page *list_page(const struct arena *arena, uint32_t page) {
    return &arena->pages[DATA_PAGES + page];
}

/* A list that begins anywhere in a page, mostly near its end, and goes on in others. */
static void put_prp_list(struct arena *arena, n4j_submission *command, uint64_t count) {
    uint32_t page = 0;
    uint64_t slot = draw(arena, 3) == 0 ? draw(arena, 512) : 512 - 1 - draw(arena, 6);
    command->prp2 = list_page(arena, page)->iova + 8 * slot;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t *words = (uint64_t *)(void *)list_page(arena, page)->memory;
        if (slot == 511 && i + 1 < count) {
            page++;
            use(arena, &words[slot], list_page(arena, page)->iova);
            words = (uint64_t *)(void *)list_page(arena, page)->memory;
            slot = 0;
        }
        use(arena, &words[slot++], data_iova(arena, (uint32_t)draw(arena, DATA_PAGES)));
    }
}

static void put_prps_anywhere(struct arena *arena, n4j_submission *command, uint64_t length) {
    const uint64_t offset = draw(arena, 3) == 0 ? 0 : draw(arena, PAGE / 4) * 4;
    const uint64_t pages = (offset + length + PAGE - 1) / PAGE;
    command->prp1 = data_iova(arena, (uint32_t)draw(arena, DATA_PAGES)) + offset;
    if (pages == 2) {
        command->prp2 = data_iova(arena, (uint32_t)draw(arena, DATA_PAGES));
    } else if (pages > 2) {
        put_prp_list(arena, command, pages - 1);
    }
}

/* A data block, or a bit bucket, of at most `max` bytes. Returns how many of them it moves. */
static uint64_t draw_block(struct arena *arena, bool from_host, uint64_t max,
                           uint64_t *descriptor) {
    const uint64_t unit = arena->granularity;
    const uint64_t offset = draw(arena, PAGE / unit) * unit;
    const bool is_bucket = draw(arena, 8) == 0;
    const uint64_t room = is_bucket ? 5000 : PAGE - offset;
    uint64_t length = draw(arena, 20) == 0 ? 0 : (1 + draw(arena, room / unit)) * unit;
    length = length > max ? max : length;
    descriptor[0] = is_bucket ? 0 : data_iova(arena, (uint32_t)draw(arena, DATA_PAGES)) + offset;
    descriptor[1] = length | (uint64_t)(is_bucket ? NVME_SGL_BIT_BUCKET : NVME_SGL_DATA_BLOCK)
                                 << NVME_SGL_TYPE_SHIFT;
    return is_bucket && from_host ? 0 : length;
}

/* As much as there is in a page. */
static uint64_t draw_page(struct arena *arena, uint64_t max, uint64_t *descriptor) {
    const uint64_t length = max < PAGE ? max : PAGE;
    descriptor[0] = data_iova(arena, (uint32_t)draw(arena, DATA_PAGES));
    descriptor[1] = length; /* a data block */
    return length;
}

/* Segments of a few descriptors, each somewhere in a page of its own, as long as there are pages. */
static void put_segments(struct arena *arena, n4j_submission *command, bool from_host,
                         uint64_t length) {
    uint64_t *pointer = &command->prp1;
    for (uint32_t page = 0; length > 0; page++) {
        const bool is_last = page == LIST_PAGES - 1;
        const uint64_t most = is_last ? DATA_PAGES : 1 + draw(arena, 30);
        const uint64_t slot = draw(arena, 512 - 2 * (most + 1));
        uint64_t *words = (uint64_t *)(void *)list_page(arena, page)->memory + slot;
        uint64_t count = 0;
        while (length > 0 && count < most) {
            uint64_t descriptor[2];
            length -= is_last ? draw_page(arena, length, descriptor)
                              : draw_block(arena, from_host, length, descriptor);
            use(arena, &words[2 * count], descriptor[0]);
            use(arena, &words[2 * count + 1], descriptor[1]);
            count++;
        }
        const uint64_t type = length > 0 ? NVME_SGL_SEGMENT : NVME_SGL_LAST_SEGMENT;
        pointer[0] = list_page(arena, page)->iova + 8 * slot;
        pointer[1] =
            (count + (length > 0 ? 1 : 0)) * NVME_SGL_DESCRIPTOR_SIZE | type << NVME_SGL_TYPE_SHIFT;
        if (length > 0) {
            pointer = use(arena, &words[2 * count], 0);
            use(arena, &words[2 * count + 1], 0);
        }
    }
}

static void put_sgl(struct arena *arena, n4j_submission *command, bool from_host, uint64_t length) {
    command->flags = NVME_PSDT_SGL_MPTR_CONTIGUOUS << 6;
    command->data_form = N4J_DATA_SGL;
    if (length <= PAGE && draw(arena, 3) == 0) {
        uint64_t descriptor[2]; /* in the command */
        draw_page(arena, length, descriptor);
        command->prp1 = descriptor[0];
        command->prp2 = descriptor[1];
    } else {
        put_segments(arena, command, from_host, length);
    }
}

/* ---- damage ---- */

/* Any value that is interesting as an address or a descriptor. */
static uint64_t strange_value(struct arena *arena) {
    switch (draw(arena, 10)) {
    case 0:
        return 0;
    case 1:
        return UINT64_MAX - draw(arena, 9000);
    case 2:
        return next_random(&arena->random);
    case 3:
        return data_iova(arena, (uint32_t)draw(arena, DATA_PAGES)) + draw(arena, PAGE);
    case 4:
        return data_iova(arena, (uint32_t)draw(arena, DATA_PAGES));
    case 5:
        return list_page(arena, (uint32_t)draw(arena, LIST_PAGES))->iova + draw(arena, 512) * 8;
    case 6:
        return list_page(arena, (uint32_t)draw(arena, LIST_PAGES))->iova;
    case 7:
        return draw(arena, 16) << 60 | draw(arena, 64) * 16;
    case 8:
        return draw(arena, 16) << 60 | draw(arena, 5) << 56 | draw(arena, 100000);
    default:
        return UINT64_C(1) << draw(arena, 64);
    }
}

/* Flips a bit of an offset or one that no address has: others may make the address of a queue. */
static uint64_t flip(struct arena *arena, uint64_t word) {
    const uint64_t bit = draw(arena, 28);
    return word ^ UINT64_C(1) << (bit < 12 ? bit : bit + 36);
}

static uint64_t *draw_word(struct arena *arena, n4j_submission *command) {
    const uint32_t count = arena->used_count < USED_MAX ? arena->used_count : USED_MAX;
    const uint64_t drawn = draw(arena, 8);
    if (drawn == 0 || count == 0) {
        return draw(arena, 2) == 0 ? &command->prp1 : &command->prp2;
    }
    if (drawn == 1) {
        const struct judge_page *page = list_page(arena, (uint32_t)draw(arena, LIST_PAGES));
        return (uint64_t *)(void *)page->memory + draw(arena, 512);
    }
    return arena->used[draw(arena, count)];
}

/* Changes up to three of the words that the controller will read. */
static uint64_t damage(struct arena *arena, n4j_submission *command) {
    const uint64_t damages = draw(arena, 4);
    for (uint64_t i = 0; i < damages; i++) {
        uint64_t *word = draw_word(arena, command);
        switch (draw(arena, 6)) {
        case 0:
            *word = *draw_word(arena, command);
            break;
        case 1:
            *word += draw(arena, 2) == 0 ? 1 : -UINT64_C(1);
            break;
        case 2:
        case 3:
            *word = flip(arena, *word);
            break;
        default:
            *word = strange_value(arena);
            break;
        }
    }
    return damages;
}

/* ---- what has to come of it ---- */

static bool is_in_lists(const struct arena *arena, const uint8_t *memory) {
    for (uint32_t i = 0; i < LIST_PAGES; i++) {
        if (memory >= list_page(arena, i)->memory && memory < list_page(arena, i)->memory + PAGE) {
            return true;
        }
    }
    return false;
}

/* A read that overwrites its own lists may do anything to the arena. */
static bool overwrites_lists(const struct arena *arena) {
    bool does = false;
    for (uint32_t i = 0; i < judgement.count && !does; i++) {
        does = is_in_lists(arena, judgement.pieces[i].memory);
    }
    return does;
}

static void save_arena(struct arena *arena) {
    for (uint32_t i = 0; i < PAGES; i++) {
        memcpy(arena->expected + (size_t)i * PAGE, arena->pages[i].memory, PAGE);
    }
}

static uint8_t *expected_at(const struct arena *arena, const uint8_t *memory) {
    const uint64_t at = (uint64_t)(memory - page_at(arena, 0));
    return arena->expected + at / stride(arena) * PAGE + at % stride(arena);
}

/* Lets the arena that is expected have what a read moves there. */
static void scatter(struct arena *arena) {
    const uint8_t *from = arena->medium;
    for (uint32_t i = 0; i < judgement.count; i++) {
        const struct judge_piece *piece = &judgement.pieces[i];
        if (piece->memory != NULL) {
            memcpy(expected_at(arena, piece->memory), from, piece->length);
        }
        from += piece->length;
    }
}

static bool equals_medium(const struct arena *arena) {
    const uint8_t *from = arena->medium;
    for (uint32_t i = 0; i < judgement.count; i++) {
        if (memcmp(judgement.pieces[i].memory, from, judgement.pieces[i].length) != 0) {
            return false;
        }
        from += judgement.pieces[i].length;
    }
    return true;
}

static void gather(struct arena *arena) {
    uint8_t *to = arena->medium;
    for (uint32_t i = 0; i < judgement.count; i++) {
        memcpy(to, judgement.pieces[i].memory, judgement.pieces[i].length);
        to += judgement.pieces[i].length;
    }
}

static void check_arena(const struct arena *arena) {
    for (uint32_t i = 0; i < PAGES; i++) {
        CHECK_EQUAL(0, memcmp(arena->expected + (size_t)i * PAGE, arena->pages[i].memory, PAGE));
    }
}

static void check_medium(struct arena *arena, uint64_t length) {
    disk_move(&arena->disk, NVME_READ, 0, (uint32_t)(length / BLOCK), BLOCK, &arena->plain, 0);
    CHECK_EQUAL(0, memcmp(arena->plain.data, arena->medium, length));
    CHECK(is_filled(arena->canary.data, arena->canary.length, 0xc1));
}

/* Runs the command and holds it to the judgement. Returns whether it was good. */
static bool run_judged(struct arena *arena, n4j_submission *command, uint64_t length) {
    const struct judge_case given = {.pages = arena->pages,
                                     .page_count = PAGES,
                                     .is_sgl = arena->kind->is_sgl,
                                     .from_host = command->opc != NVME_READ,
                                     .dword_only = arena->granularity == 4,
                                     .dptr = {command->prp1, command->prp2},
                                     .length = length};
    judge(&given, &judgement);
    const bool is_good = judgement.errors == 0;
    if (is_good && command->opc == NVME_READ && overwrites_lists(arena)) {
        return true;
    }
    save_arena(arena);
    const uint16_t status = disk_run(&arena->disk, command);
    if (!is_good) {
        CHECK((judge_error_of(status) & judgement.errors) != 0);
    } else if (command->opc == NVME_COMPARE) {
        CHECK_EQUAL(equals_medium(arena) ? NVME_SUCCESS : NVME_COMPARE_FAILURE, status);
    } else {
        CHECK_EQUAL(NVME_SUCCESS, status);
        if (command->opc == NVME_READ) {
            scatter(arena);
        } else {
            gather(arena);
        }
    }
    check_arena(arena);
    if (command->opc == NVME_WRITE) {
        check_medium(arena, length);
    }
    return is_good;
}

static void run_kind(const struct kind *kind) {
    static struct arena arena;
    const uint8_t opcodes[] = {NVME_READ, NVME_WRITE, NVME_COMPARE};
    const uint32_t pages = kind->is_long ? LONG_PAGES : DATA_PAGES;
    unsigned damaged = 0;
    unsigned good = 0;
    open_arena(&arena, kind);
    for (unsigned round = 0; round < kind->rounds; round++) {
        const uint32_t blocks = kind->is_long ? (LONG_PAGES - 64 + (uint32_t)draw(&arena, 64)) * 8
                                              : 1 + (uint32_t)draw(&arena, (pages - 1) * 8);
        n4j_submission command = io_command(opcodes[draw(&arena, 3)], 0, blocks);
        const uint64_t length = (uint64_t)blocks * BLOCK;
        arena.used_count = 0;
        if (kind->is_sgl) {
            put_sgl(&arena, &command, command.opc != NVME_READ, length);
        } else {
            put_prps_anywhere(&arena, &command, length);
        }
        const uint64_t damages = damage(&arena, &command);
        const bool is_good = run_judged(&arena, &command, length);
        CHECK(is_good || damages > 0);
        damaged += damages > 0;
        good += is_good && damages > 0;
    }
    check_medium(&arena, MEDIUM_SIZE);
    printf("    %s: %u of %u damaged, of which %u were still good\n", kind->keys, damaged,
           kind->rounds, good);
    CHECK(good > 0 && good < damaged);
    close_arena(&arena);
}

static void damaged_prps(void) {
    static const struct kind kinds[] = {
        {"size:5M mdts:0 iova:scrambled", .are_islands = true, .rounds = 10000},
        {"size:5M mdts:0", .rounds = 4000},
        {"size:5M mdts:0 iova:scrambled iova_page:2M", .rounds = 4000},
        {"size:5M mdts:0 iova:scrambled mode:threaded", .are_islands = true, .rounds = 1000},
    };
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        run_kind(&kinds[i]);
    }
}

static void damaged_prp_lists_of_several_pages(void) {
    static const struct kind kinds[] = {
        {"size:5M mdts:0 iova:scrambled", .are_islands = true, .is_long = true, .rounds = 400},
        {"size:5M mdts:0", .is_long = true, .rounds = 400},
    };
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        run_kind(&kinds[i]);
    }
}

static void damaged_sgls(void) {
    static const struct kind kinds[] = {
        {"size:5M mdts:0 iova:scrambled", .is_sgl = true, .are_islands = true, .rounds = 10000},
        {"size:5M mdts:0 sgl:dword", .is_sgl = true, .rounds = 4000},
        {"size:5M mdts:0 iova:scrambled iova_page:2M", .is_sgl = true, .rounds = 4000},
        {"size:5M mdts:0 iova:scrambled mode:threaded sgl:dword", .is_sgl = true,
         .are_islands = true, .rounds = 1000},
    };
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        run_kind(&kinds[i]);
    }
}

#ifndef __SANITIZE_THREAD__ /* the race is what is tested */
/* A list that is changed while it is being walked can move data to places that it named, no others. */
static void a_list_that_changes_meanwhile(void) {
    static const struct kind kind = {"size:5M mdts:0 mode:threaded iova:scrambled",
                                     .are_islands = true};
    static struct arena arena;
    n4j_completion completion;
    open_arena(&arena, &kind);
    for (unsigned round = 0; round < 100; round++) {
        n4j_submission command = io_command(NVME_READ, 0, DATA_PAGES * 8);
        arena.used_count = 0;
        put_prps_anywhere(&arena, &command, BYTES_MAX);
        CHECK_EQUAL(0, n4j_qpair_process(arena.disk.qpair, &command, 1, NULL, 0));
        while (n4j_qpair_process(arena.disk.qpair, NULL, 0, &completion, 1) == 0) {
            for (unsigned i = 0; i < 100; i++) {
                volatile uint64_t *word = arena.used[draw(&arena, arena.used_count)];
                *word = draw(&arena, 100) == 0
                            ? strange_value(&arena)
                            : data_iova(&arena, (uint32_t)draw(&arena, DATA_PAGES));
            }
        }
        const uint16_t status = NVME_STATUS_CODE(completion.status);
        CHECK(status == NVME_SUCCESS || judge_error_of(status) != 0);
    }
    CHECK(is_filled(arena.canary.data, arena.canary.length, 0xc1));
    close_arena(&arena);
}
#endif

int main(void) {
#ifndef __SANITIZE_THREAD__
    RUN(a_list_that_changes_meanwhile);
#endif
    RUN(damaged_prps);
    RUN(damaged_prp_lists_of_several_pages);
    RUN(damaged_sgls);
    return 0;
}
