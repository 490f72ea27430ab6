/* SPDX-License-Identifier: Apache-2.0 */

/* Several queue pairs on several threads; memory that is freed and queues that go under load. */
#define _GNU_SOURCE

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "fixture.h"

#define THREADS 4
#define DEPTH 8
#define BLOCK 512u
#define REGION_BLOCKS 512
#define MAX_BLOCKS 40
#define SLOT_BYTES (MAX_BLOCKS * BLOCK + PAGE)

/* A thread's part of the disk and what it should hold. */
struct worker {
    pthread_t thread;
    struct disk disk;
    uint64_t slba;
    uint64_t random;
    unsigned commands;
    unsigned failures;
    uint8_t model[REGION_BLOCKS * BLOCK];
};

struct slot {
    bool busy;
    bool is_write;
    uint32_t first; /* block in the region */
    uint32_t blocks;
    uint64_t offset; /* of the data in the buffer */
    struct buffer data;
    struct buffer lists;
};

static bool overlaps(const struct slot *slots, uint32_t first, uint32_t blocks) {
    for (unsigned i = 0; i < DEPTH; i++) {
        if (slots[i].busy && first < slots[i].first + slots[i].blocks &&
            slots[i].first < first + blocks) {
            return true;
        }
    }
    return false;
}

/* Makes a command that doesn't overlap with those in flight, whose order is open. */
static bool prepare(struct worker *worker, struct slot *slots, unsigned index,
                    n4j_submission *submission) {
    struct slot *slot = &slots[index];
    const uint32_t blocks = 1 + (uint32_t)(next_random(&worker->random) % MAX_BLOCKS);
    const uint32_t first = (uint32_t)(next_random(&worker->random) % (REGION_BLOCKS - blocks));
    if (overlaps(slots, first, blocks)) {
        return false;
    }
    slot->busy = true;
    slot->is_write = next_random(&worker->random) % 2 == 0;
    slot->first = first;
    slot->blocks = blocks;
    slot->offset = next_random(&worker->random) % 1024 * 4;
    if (slot->is_write) {
        for (uint32_t i = 0; i < blocks * BLOCK; i++) {
            slot->data.data[slot->offset + i] = (uint8_t)next_random(&worker->random);
        }
        memcpy(&worker->model[first * BLOCK], slot->data.data + slot->offset, blocks * BLOCK);
    }
    *submission = io_command(slot->is_write ? NVME_WRITE : NVME_READ, worker->slba + first, blocks);
    submission->tag = index;
    put_prps(submission, &slot->data, slot->offset, blocks * BLOCK, &slot->lists);
    return true;
}

static void finish(struct worker *worker, struct slot *slots, const n4j_completion *completion) {
    struct slot *slot = &slots[completion->tag];
    worker->failures += !slot->busy || completion->status != 0 || completion->error != 0;
    if (!slot->is_write) {
        worker->failures += memcmp(slot->data.data + slot->offset,
                                   &worker->model[slot->first * BLOCK], slot->blocks * BLOCK) != 0;
    }
    slot->busy = false;
}

static void *work(void *argument) {
    struct worker *worker = argument;
    struct slot slots[DEPTH];
    n4j_submission batch[DEPTH];
    n4j_completion completions[DEPTH];
    unsigned in_flight = 0;
    unsigned submitted = 0;
    memset(slots, 0, sizeof(slots));
    for (unsigned i = 0; i < DEPTH; i++) {
        slots[i].data = buffer_alloc(&worker->disk, SLOT_BYTES);
        slots[i].lists = buffer_alloc(&worker->disk, PAGE);
    }
    while (submitted < worker->commands || in_flight > 0) {
        uint32_t count = 0;
        for (unsigned i = 0; i < DEPTH && submitted < worker->commands; i++) {
            if (!slots[i].busy && prepare(worker, slots, i, &batch[count])) {
                count++;
                submitted++;
            }
        }
        int reaped = n4j_qpair_process(worker->disk.qpair, batch, count, completions, DEPTH);
        in_flight += count - (unsigned)reaped;
        for (int i = 0; i < reaped; i++) {
            finish(worker, slots, &completions[i]);
        }
        if (next_random(&worker->random) % 1000 == 0) {
            usleep(200); /* a random stop */
        }
    }
    for (unsigned i = 0; i < DEPTH; i++) {
        buffer_free(&slots[i].data);
        buffer_free(&slots[i].lists);
    }
    return NULL;
}

static void run_model(const char *keys) {
    char text[256];
    struct disk disk = disk_open(keys, 1);
    struct worker *workers = calloc(THREADS, sizeof(*workers));
    for (unsigned i = 0; i < THREADS; i++) {
        struct worker *worker = &workers[i];
        worker->disk.ctrlr = disk.ctrlr;
        worker->slba = i * (uint64_t)REGION_BLOCKS;
        worker->random = i + 1;
        worker->commands = 4000;
        CHECK_EQUAL(
            0, n4j_qpair_create(disk.ctrlr, DEPTH, 0, &worker->disk.qpair, text, sizeof(text)));
        CHECK_EQUAL(0, pthread_create(&worker->thread, NULL, work, worker));
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        CHECK_EQUAL(0, workers[i].failures);
        CHECK_EQUAL(0, n4j_qpair_destroy(workers[i].disk.qpair));
    }
    free(workers);
    disk_close(&disk);
}

static void a_model_of_the_disk_inline(void) {
    run_model("size:8M");
}

static void a_model_of_the_disk_threaded(void) {
    run_model("size:8M mode:threaded");
}

static void a_model_of_the_disk_threaded_and_scrambled(void) {
    run_model("size:8M mode:threaded iova:scrambled");
}

/* Writers of whole blocks of one byte; a reader must never see two in a block. */
struct atomic_worker {
    pthread_t thread;
    struct disk disk;
    uint8_t byte; /* 0: reads */
    atomic_bool *stop;
    unsigned torn;
};

static void *write_or_read(void *argument) {
    struct atomic_worker *worker = argument;
    struct buffer data = buffer_alloc(&worker->disk, PAGE);
    n4j_submission command = io_command(worker->byte == 0 ? NVME_READ : NVME_WRITE, 3, 1);
    command.prp1 = data.iovas[0];
    memset(data.data, worker->byte, PAGE);
    while (!atomic_load(worker->stop)) {
        CHECK_EQUAL(NVME_SUCCESS, disk_run(&worker->disk, &command));
        worker->torn += worker->byte == 0 && !is_filled(data.data, PAGE, data.data[0]);
    }
    buffer_free(&data);
    return NULL;
}

static void a_block_is_never_seen_half_written(void) {
    char text[256];
    struct disk disk = disk_open("size:1M block:4096", 1);
    struct atomic_worker workers[THREADS] = {0};
    atomic_bool stop = false;
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i].disk.ctrlr = disk.ctrlr;
        workers[i].byte = (uint8_t)(i / 2 * (i + 1));
        workers[i].stop = &stop;
        CHECK_EQUAL(0,
                    n4j_qpair_create(disk.ctrlr, 1, 0, &workers[i].disk.qpair, text, sizeof(text)));
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_create(&workers[i].thread, NULL, write_or_read, &workers[i]);
    }
    usleep(300000);
    atomic_store(&stop, true);
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        CHECK_EQUAL(0, workers[i].torn);
        CHECK_EQUAL(0, n4j_qpair_destroy(workers[i].disk.qpair));
    }
    disk_close(&disk);
}

/* Frees the data of commands in flight: they succeed or fail, and nothing is touched afterwards. */
static void memory_may_be_freed_under_commands(void) {
    struct disk disk = disk_open("size:8M mode:threaded", 64);
    n4j_completion completions[64];
    unsigned failed = 0;
    for (unsigned round = 0; round < 300; round++) {
        struct buffer data = buffer_alloc(&disk, 64 << 10);
        struct buffer lists = buffer_alloc(&disk, PAGE);
        n4j_submission command = io_command(NVME_READ, 0, 128);
        put_prps(&command, &data, 0, 64 << 10, &lists);
        n4j_submission batch[64];
        for (unsigned i = 0; i < 64; i++) {
            batch[i] = command;
        }
        CHECK_EQUAL(0, n4j_qpair_process(disk.qpair, batch, 64, NULL, 0));
        buffer_free(&data);
        disk_reap(&disk, completions, 64);
        for (unsigned i = 0; i < 64; i++) {
            const uint16_t status = NVME_STATUS_CODE(completions[i].status);
            CHECK(status == NVME_SUCCESS || status == NVME_DATA_TRANSFER_ERROR);
            failed += status != NVME_SUCCESS;
        }
        buffer_free(&lists);
    }
    CHECK(failed > 0);
    disk_close(&disk);
}

struct reader {
    struct disk disk;
    n4j_submission command;
    atomic_bool gone;
};

/* Reads until the memory is out of reach; what it was meanwhile unmapped from must not be touched. */
static void *read_until_gone(void *argument) {
    struct reader *reader = argument;
    uint16_t status;
    do {
        status = disk_run(&reader->disk, &reader->command);
        CHECK(status == NVME_SUCCESS || status == NVME_DATA_TRANSFER_ERROR);
    } while (status == NVME_SUCCESS);
    CHECK(atomic_load(&reader->gone));
    return NULL;
}

static void memory_may_be_freed_under_a_command_on_another_thread(void) {
    struct reader reader = {.disk = disk_open("size:8M", 1)};
    for (unsigned round = 0; round < 200; round++) {
        struct buffer data = buffer_alloc(&reader.disk, 64 << 10);
        struct buffer lists = buffer_alloc(&reader.disk, PAGE);
        pthread_t thread;
        reader.command = io_command(NVME_READ, 0, 128);
        put_prps(&reader.command, &data, 0, 64 << 10, &lists);
        atomic_store(&reader.gone, false);
        CHECK_EQUAL(0, pthread_create(&thread, NULL, read_until_gone, &reader));
        usleep(100);
        atomic_store(&reader.gone, true);
        buffer_free(&data);
        pthread_join(thread, NULL);
        buffer_free(&lists);
    }
    disk_close(&reader.disk);
}

static void queue_pairs_go_with_commands_in_flight(void) {
    const char *keys[] = {"size:8M mode:threaded", "size:8M"};
    for (unsigned k = 0; k < 2; k++) {
        struct disk disk = disk_open(keys[k], 1);
        struct buffer data = buffer_alloc(&disk, 1 << 20);
        struct buffer lists = buffer_alloc(&disk, PAGE);
        n4j_submission batch[64];
        char text[256];
        for (unsigned round = 0; round < 100; round++) {
            n4j_qpair *qpair;
            CHECK_EQUAL(0, n4j_qpair_create(disk.ctrlr, 64, 0, &qpair, text, sizeof(text)));
            for (unsigned i = 0; i < 64; i++) {
                batch[i] = io_command(NVME_READ, 0, 256);
                put_prps(&batch[i], &data, 0, 128 << 10, &lists);
            }
            CHECK_EQUAL(0, n4j_qpair_process(qpair, batch, 64, NULL, 0));
            CHECK_EQUAL(0, n4j_qpair_destroy(qpair));
            memset(data.data, 0x11, data.length);
            CHECK(is_filled(data.data, data.length, 0x11)); /* nobody writes any more */
        }
        buffer_free(&lists);
        buffer_free(&data);
        disk_close(&disk);
    }
}

/* Every command has one completion, with its status or an errno; after the last one comes -ENXIO. */
static void commands_in_flight_are_handed_over_when_the_controller_fails(void) {
    for (unsigned round = 0; round < 20; round++) {
        struct disk disk = disk_open("size:8M mode:threaded", 64);
        struct buffer data = buffer_alloc(&disk, 1 << 20);
        struct buffer lists = buffer_alloc(&disk, PAGE);
        n4j_submission batch[64];
        n4j_completion completions[5];
        bool seen[64] = {false};
        for (unsigned i = 0; i < 64; i++) {
            batch[i] = io_command(NVME_READ, 0, 2048);
            batch[i].tag = i;
            put_prps(&batch[i], &data, 0, 1 << 20, &lists);
        }
        CHECK_EQUAL(0, n4j_qpair_process(disk.qpair, batch, 64, NULL, 0));
        CHECK_EQUAL(0, n4j_ctrlr_disable(disk.ctrlr));
        memset(data.data, 0x33, data.length);
        unsigned completed = 0;
        int count;
        while ((count = n4j_qpair_process(disk.qpair, NULL, 0, completions, 5)) >= 0) {
            for (int i = 0; i < count; i++) {
                CHECK(completions[i].error == 0 || completions[i].error == ENXIO);
                CHECK(completions[i].status == 0);
                CHECK(!seen[completions[i].tag]);
                seen[completions[i].tag] = true;
                completed++;
            }
        }
        CHECK_EQUAL(-ENXIO, count);
        CHECK_EQUAL(64, completed);
        CHECK(is_filled(data.data, data.length, 0x33));
        buffer_free(&data);
        buffer_free(&lists);
        disk_close(&disk);
    }
}

static uint64_t process_cpu_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void an_idle_thread_uses_hardly_any_processor(void) {
    struct disk disk = disk_open("size:1M mode:threaded", 1);
    sleep(3);
    const uint64_t before = process_cpu_us();
    sleep(1);
    const uint64_t used = process_cpu_us() - before;
    printf("    %llu us in a second\n", (unsigned long long)used);
    CHECK(used < 100000);
    disk_close(&disk);
}

int main(void) {
    RUN(a_model_of_the_disk_inline);
    RUN(a_model_of_the_disk_threaded);
    RUN(a_model_of_the_disk_threaded_and_scrambled);
    RUN(a_block_is_never_seen_half_written);
    RUN(memory_may_be_freed_under_commands);
    RUN(memory_may_be_freed_under_a_command_on_another_thread);
    RUN(queue_pairs_go_with_commands_in_flight);
    RUN(commands_in_flight_are_handed_over_when_the_controller_fails);
    RUN(an_idle_thread_uses_hardly_any_processor);
    return 0;
}
