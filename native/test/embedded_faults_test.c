/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Whatever step fails of what makes things, it is said why, and nothing is left behind: memory (which
 * the sanitizers look for), queue pairs, or a controller that can't be closed. Each step that asks the
 * system, or the memory's tables, for something is made to fail in its turn.
 */
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>

#include "check.h"
#include "fixture.h"

/* ---- steps that fail; the linker has calls go by way of __wrap_* ---- */

static _Thread_local unsigned steps_until_failure; /* 0: none fails */

static bool fails(void) {
    return steps_until_failure > 0 && --steps_until_failure == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__real_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);
void *__real_tsearch(const void *key, void **root, int (*compare)(const void *, const void *));
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
int __real_memory_translate(const void *memory, const void *address, uint64_t length,
                            uint64_t page_size, uint64_t *iovas);

void *__wrap_malloc(size_t size) {
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return fails() ? NULL : __real_aligned_alloc(alignment, size);
}

void *__wrap_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset) {
    return fails() ? MAP_FAILED : __real_mmap(address, length, protection, flags, fd, offset);
}

void *__wrap_tsearch(const void *key, void **root, int (*compare)(const void *, const void *)) {
    return fails() ? NULL : __real_tsearch(key, root, compare);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument) {
    return fails() ? EAGAIN : __real_pthread_create(thread, attributes, run, argument);
}

int __wrap_memory_translate(const void *memory, const void *address, uint64_t length,
                            uint64_t page_size, uint64_t *iovas) {
    return fails() ? -EFAULT : __real_memory_translate(memory, address, length, page_size, iovas);
}

/* ---- what is made ---- */

static char text[512];

/* Whether all went well, with none of the steps failing any more. */
static bool check_told(int code) {
    const bool is_done = steps_until_failure > 0;
    steps_until_failure = 0;
    if (code != 0) {
        CHECK(code < 0 && !is_done);
        CHECK(text[0] != '\0' && strchr(text, '\n') == NULL);
    }
    return is_done;
}

static void an_attach_leaves_nothing_behind(void) {
    static const char *const ids[] = {
        "trtype:EMBEDDED size:1M", "trtype:EMBEDDED size:1M mode:threaded",
        "trtype:EMBEDDED size:1M iova:scrambled latency:1us namespaces:3",
        "trtype:EMBEDDED size:1M metadata:8"};
    for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        bool is_done = false;
        unsigned step = 0;
        while (!is_done) {
            n4j_ctrlr *ctrlr;
            text[0] = '\0';
            steps_until_failure = ++step;
            const int code = n4j_ctrlr_attach(ids[i], NULL, &ctrlr, text, sizeof(text));
            is_done = check_told(code);
            CHECK(code != 0 || n4j_ctrlr_detach(ctrlr, text, sizeof(text)) == 0);
        }
        printf("    %s: %u steps\n", ids[i], step - 1);
        CHECK(step > 10);
    }
}

static void a_queue_pair_leaves_nothing_behind(void) {
    struct disk disk = disk_open("traddr:null iova:scrambled latency:1us", 1);
    bool is_done = false;
    for (unsigned step = 1; !is_done; step++) {
        n4j_qpair *qpairs[63];
        text[0] = '\0';
        steps_until_failure = step;
        const int code = n4j_qpair_create(disk.ctrlr, 8, 8, &qpairs[0], text, sizeof(text));
        is_done = check_told(code);
        CHECK(code != 0 || n4j_qpair_destroy(qpairs[0]) == 0);
        for (unsigned i = 0; i < 63; i++) {
            CHECK_EQUAL(0, n4j_qpair_create(disk.ctrlr, 1, 0, &qpairs[i], text, sizeof(text)));
        }
        for (unsigned i = 0; i < 63; i++) {
            CHECK_EQUAL(0, n4j_qpair_destroy(qpairs[i]));
        }
    }
    disk_close(&disk);
}

static void memory_leaves_nothing_behind(void) {
    struct disk disk = disk_open("traddr:null iova:scrambled", 1);
    void *own = NULL;
    CHECK_EQUAL(0, posix_memalign(&own, PAGE, PAGE));
    bool is_done = false;
    for (unsigned step = 1; !is_done; step++) {
        void *address;
        uint32_t kind;
        text[0] = '\0';
        steps_until_failure = step;
        int code = n4j_mem_alloc(disk.ctrlr, 3 << 20, PAGE, N4J_NUMA_ANY, 0, &address, &kind, text,
                                 sizeof(text));
        is_done = check_told(code);
        CHECK(code != 0 || n4j_mem_free(disk.ctrlr, address) == 0);
        text[0] = '\0';
        steps_until_failure = step;
        code = n4j_mem_register(disk.ctrlr, own, PAGE, 0, text, sizeof(text));
        is_done &= check_told(code);
        CHECK(code != 0 || n4j_mem_unregister(disk.ctrlr, own) == 0);
    }
    free(own);
    disk_close(&disk);
}

/* A reset that failed can be made again. */
static void a_reset_leaves_nothing_behind(void) {
    struct disk disk = disk_open("traddr:null iova:scrambled", 1);
    bool is_done = false;
    for (unsigned step = 1; !is_done; step++) {
        text[0] = '\0';
        steps_until_failure = step;
        is_done = check_told(n4j_ctrlr_reset(disk.ctrlr, 1000, text, sizeof(text)));
    }
    CHECK_EQUAL(0, n4j_qpair_destroy(disk.qpair));
    CHECK_EQUAL(0, n4j_qpair_create(disk.ctrlr, 1, 0, &disk.qpair, text, sizeof(text)));
    const n4j_submission flush = {.opc = NVME_FLUSH, .nsid = 1};
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &flush));
    disk_close(&disk);
}

int main(void) {
    RUN(an_attach_leaves_nothing_behind);
    RUN(a_queue_pair_leaves_nothing_behind);
    RUN(memory_leaves_nothing_behind);
    RUN(a_reset_leaves_nothing_behind);
    return 0;
}
