/* SPDX-License-Identifier: Apache-2.0 */

/* DMA memory and its translation. */
#include <errno.h>
#include <sys/mman.h>

#include "check.h"
#include "fixture.h"

static char text[256];

static void *alloc(struct disk *disk, uint64_t length, uint64_t alignment, uint32_t flags) {
    void *address;
    uint32_t kind;
    CHECK_EQUAL(0, n4j_mem_alloc(disk->ctrlr, length, alignment, N4J_NUMA_ANY, flags, &address,
                                 &kind, text, sizeof(text)));
    CHECK(kind <= N4J_MEM_KIND_HUGEPAGE);
    return address;
}

static void memory_is_zeroed_aligned_and_whole_pages(void) {
    struct disk disk = disk_open("traddr:null", 1);
    const uint64_t lengths[] = {1, 4096, 4097, 100000, 2 << 20, (2 << 20) + 1, 5 << 20};
    const uint64_t alignments[] = {1, 4096, 65536, 2 << 20, 8 << 20};
    for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        for (unsigned j = 0; j < sizeof(alignments) / sizeof(alignments[0]); j++) {
            uint8_t *address = alloc(&disk, lengths[i], alignments[j], 0);
            CHECK_EQUAL(0, (uintptr_t)address % alignments[j]);
            CHECK_EQUAL(0, (uintptr_t)address % PAGE);
            const uint64_t whole = (lengths[i] + PAGE - 1) / PAGE * PAGE;
            CHECK(is_filled(address, whole, 0));
            memset(address, 0xff, whole);
            CHECK_EQUAL(0, n4j_mem_free(disk.ctrlr, address));
        }
    }
    disk_close(&disk);
}

static void identity_means_that_iova_is_the_address(void) {
    struct disk disk = disk_open("traddr:null", 1);
    struct buffer buffer = buffer_alloc(&disk, 5 * (uint64_t)PAGE);
    for (unsigned i = 0; i < 5; i++) {
        CHECK_EQUAL((uintptr_t)buffer.data + i * (uintptr_t)PAGE, buffer.iovas[i]);
    }
    buffer_free(&buffer);
    disk_close(&disk);
}

static void scrambled_pages_are_distinct_and_never_follow_each_other(void) {
    struct disk disk = disk_open("traddr:null iova:scrambled seed:5", 1);
    const uint64_t lengths[] = {2 * PAGE, 3 * PAGE, 64 * PAGE, 4 << 20};
    for (unsigned i = 0; i < 4; i++) {
        struct buffer buffer = buffer_alloc(&disk, lengths[i]);
        for (uint64_t page = 0; page < lengths[i] / PAGE; page++) {
            CHECK(buffer.iovas[page] != (uintptr_t)buffer.data + page * PAGE);
            CHECK(page == 0 || buffer.iovas[page] != buffer.iovas[page - 1] + PAGE);
            for (uint64_t other = 0; other < page && page < 64; other++) {
                CHECK(buffer.iovas[page] != buffer.iovas[other]);
            }
        }
        buffer_free(&buffer);
    }
    disk_close(&disk);
}

static void large_pages_stay_whole(void) {
    const uint64_t large = 2 << 20;
    struct disk disk = disk_open("traddr:null iova:scrambled iova_page:2M", 1);
    const struct {
        uint64_t length;
        uint64_t alignment;
    } cases[] = {{PAGE, PAGE},
                 {64 * PAGE, PAGE},
                 {large, large},
                 {5 * large, large},
                 {3 * large + 5 * PAGE, PAGE},
                 {16 * large, large}};
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const uint64_t pages = cases[i].length / PAGE;
        uint8_t *address = alloc(&disk, cases[i].length, cases[i].alignment, 0);
        uint64_t *iovas = calloc(pages, sizeof(*iovas));
        CHECK_EQUAL(0, n4j_mem_translate(disk.ctrlr, address, cases[i].length, PAGE, iovas, pages));
        for (uint64_t page = 0; page < pages; page++) {
            const uint64_t at = (uintptr_t)address + page * PAGE;
            CHECK_EQUAL(at % large, iovas[page] % large);
            CHECK(iovas[page] != at);
            const bool follows = page > 0 && iovas[page] == iovas[page - 1] + PAGE;
            CHECK_EQUAL(page > 0 && at % large != 0, follows);
        }
        if (cases[i].alignment == large && cases[i].length % large == 0) {
            uint64_t starts[16];
            CHECK_EQUAL(0,
                        n4j_mem_translate(disk.ctrlr, address, cases[i].length, large, starts, 16));
            for (uint64_t page = 0; page < pages; page += large / PAGE) {
                CHECK_EQUAL(iovas[page], starts[page * PAGE / large]);
            }
        }
        free(iovas);
        CHECK_EQUAL(0, n4j_mem_free(disk.ctrlr, address));
    }
    uint64_t run[4];
    void *address = alloc(&disk, 4 * large, large, N4J_MEM_IOVA_CONTIGUOUS);
    CHECK_EQUAL(0, n4j_mem_translate(disk.ctrlr, address, 4 * large, large, run, 4));
    for (unsigned i = 1; i < 4; i++) {
        CHECK_EQUAL(run[0] + i * large, run[i]);
    }
    CHECK_EQUAL(0, n4j_mem_free(disk.ctrlr, address));
    disk_close(&disk);
}

static void the_seed_decides(void) {
    uint64_t first[3];
    const char *keys[] = {"traddr:null iova:scrambled seed:1", "traddr:null iova:scrambled seed:1",
                          "traddr:null iova:scrambled seed:2"};
    for (int i = 0; i < 3; i++) {
        struct disk disk = disk_open(keys[i], 1);
        struct buffer buffer = buffer_alloc(&disk, PAGE);
        first[i] = buffer.iovas[0];
        buffer_free(&buffer);
        disk_close(&disk);
    }
    CHECK(first[0] == first[1]);
    CHECK(first[0] != first[2]);
}

static void contiguous_memory_is_one_run_even_scrambled(void) {
    struct disk disk = disk_open("traddr:null iova:scrambled", 1);
    void *address = alloc(&disk, 256 << 10, 64 << 10, N4J_MEM_IOVA_CONTIGUOUS);
    uint64_t iovas[64];
    CHECK_EQUAL(0, n4j_mem_translate(disk.ctrlr, address, 256 << 10, PAGE, iovas, 64));
    for (unsigned i = 1; i < 64; i++) {
        CHECK_EQUAL(iovas[0] + i * (uint64_t)PAGE, iovas[i]);
    }
    CHECK_EQUAL(0, n4j_mem_translate(disk.ctrlr, address, 256 << 10, 64 << 10, iovas, 4));
    CHECK_EQUAL(iovas[0] + (64 << 10), iovas[1]);
    CHECK_EQUAL(0, n4j_mem_free(disk.ctrlr, address));
    disk_close(&disk);
}

static void translation_fails_outside_of_dma_memory(void) {
    struct disk disk = disk_open("traddr:null iova:scrambled", 1);
    uint64_t iovas[8];
    uint8_t *address = alloc(&disk, 4 * PAGE, 64 << 10, 0);
    CHECK_EQUAL(0, n4j_mem_translate(disk.ctrlr, address + 100, PAGE, PAGE, iovas, 2));
    CHECK_EQUAL(-ENOSPC, n4j_mem_translate(disk.ctrlr, address + 100, PAGE, PAGE, iovas, 1));
    /* Beside it may be memory of a queue; beside the next there is none. */
    uint8_t *guarded =
        mmap(NULL, 5 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK_EQUAL(0, n4j_mem_register(disk.ctrlr, guarded, 4 * PAGE, 0, text, sizeof(text)));
    CHECK_EQUAL(-EFAULT, n4j_mem_translate(disk.ctrlr, guarded, 5 * PAGE, PAGE, iovas, 8));
    CHECK_EQUAL(0, n4j_mem_unregister(disk.ctrlr, guarded));
    munmap(guarded, 5 * PAGE);
    CHECK_EQUAL(-EFAULT, n4j_mem_translate(disk.ctrlr, iovas, 8, PAGE, iovas, 8));
    CHECK_EQUAL(-EFAULT, n4j_mem_translate(disk.ctrlr, address, 1, 2 * PAGE, iovas, 8));
    CHECK_EQUAL(-EFAULT,
                n4j_mem_translate(disk.ctrlr, (void *)(UINTPTR_MAX - 10), 100, PAGE, iovas, 8));
    CHECK_EQUAL(0, n4j_mem_free(disk.ctrlr, address));
    CHECK_EQUAL(-EFAULT, n4j_mem_translate(disk.ctrlr, address, 1, PAGE, iovas, 8));
    CHECK_EQUAL(-EINVAL, n4j_mem_free(disk.ctrlr, address));
    disk_close(&disk);
}

static void freed_memory_is_out_of_the_controllers_reach(void) {
    struct disk disk = disk_open("size:1M", 1);
    struct buffer buffer = buffer_alloc(&disk, PAGE);
    n4j_submission read = io_command(NVME_READ, 0, 1);
    read.prp1 = buffer_iova(&buffer, 0);
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &read));
    buffer_free(&buffer);
    CHECK_EQUAL(NVME_DATA_TRANSFER_ERROR, disk_run(&disk, &read));
    disk_close(&disk);
}

static void a_controller_with_open_memory_stays(void) {
    struct disk disk = disk_open("size:1M", 1);
    struct buffer buffer = buffer_alloc(&disk, PAGE);
    CHECK_EQUAL(-EBUSY, n4j_ctrlr_detach(disk.ctrlr, text, sizeof(text)));
    buffer_free(&buffer);
    disk_close(&disk);
}

static void a_numa_node_may_be_asked_for(void) {
    struct disk disk = disk_open("traddr:null", 1);
    void *address;
    uint32_t kind;
    CHECK_EQUAL(0,
                n4j_mem_alloc(disk.ctrlr, PAGE, PAGE, 0, 0, &address, &kind, text, sizeof(text)));
    CHECK_EQUAL(0, n4j_mem_free(disk.ctrlr, address));
    disk_close(&disk);
}

static void many_allocations(void) {
    struct disk disk = disk_open("traddr:null iova:scrambled", 1);
    static void *addresses[2000];
    for (unsigned i = 0; i < 2000; i++) {
        addresses[i] = alloc(&disk, PAGE * (1 + i % 7), 1, 0);
    }
    for (unsigned i = 0; i < 2000; i++) {
        CHECK_EQUAL(0, n4j_mem_free(disk.ctrlr, addresses[(i * 7) % 2000]));
    }
    disk_close(&disk);
}

int main(void) {
    RUN(memory_is_zeroed_aligned_and_whole_pages);
    RUN(identity_means_that_iova_is_the_address);
    RUN(scrambled_pages_are_distinct_and_never_follow_each_other);
    RUN(large_pages_stay_whole);
    RUN(the_seed_decides);
    RUN(contiguous_memory_is_one_run_even_scrambled);
    RUN(translation_fails_outside_of_dma_memory);
    RUN(freed_memory_is_out_of_the_controllers_reach);
    RUN(a_controller_with_open_memory_stays);
    RUN(a_numa_node_may_be_asked_for);
    RUN(many_allocations);
    return 0;
}
