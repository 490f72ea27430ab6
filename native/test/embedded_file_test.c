/* SPDX-License-Identifier: Apache-2.0 */

/* Namespaces in files. */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "device/file_trailer.h"
#include "fixture.h"

static char directory[] = "/tmp/nvme4j-test-XXXXXX";
static char path[256];
static char id[512];

static const char *keys_for_file(const char *more) {
    snprintf(id, sizeof(id), "traddr:%s %s", path, more);
    return id;
}

static off_t file_size(void) {
    struct stat file;
    return stat(path, &file) == 0 ? file.st_size : -1;
}

static void make_file(off_t size) {
    unlink(path);
    int file = open(path, O_RDWR | O_CREAT, 0600);
    CHECK(file >= 0);
    CHECK_EQUAL(0, ftruncate(file, size));
    close(file);
}

static void data_outlives_the_attach(void) {
    unlink(path);
    const char *modes[] = {"size:8M", "", "mode:threaded", "size:8M iova:scrambled block:4096"};
    for (unsigned i = 0; i < 4; i++) {
        struct disk disk = disk_open(keys_for_file(modes[i]), 4);
        struct buffer data = buffer_alloc(&disk, 1 << 20);
        const uint32_t block_size = i == 3 ? 4096 : 512;
        const uint32_t blocks = (1 << 20) / block_size;
        buffer_fill(&data, 77);
        if (i > 0) {
            disk_move(&disk, NVME_COMPARE, blocks, blocks, block_size, &data, 0);
        }
        disk_move(&disk, NVME_WRITE, blocks, blocks, block_size, &data, 0);
        const n4j_submission flush = {.opc = NVME_FLUSH, .nsid = 1};
        CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &flush));
        buffer_free(&data);
        disk_close(&disk);
        CHECK_EQUAL((8 << 20) + FILE_TRAILER_SIZE, file_size());
    }
}

static void a_new_file_is_sparse_and_reads_zeroes(void) {
    unlink(path);
    struct disk disk = disk_open(keys_for_file("size:1G"), 4);
    struct buffer data = buffer_alloc(&disk, PAGE);
    struct stat file;
    CHECK_EQUAL(0, stat(path, &file));
    CHECK_EQUAL((1 << 30) + FILE_TRAILER_SIZE, file.st_size);
    CHECK(file.st_blocks < 100);
    memset(data.data, 1, PAGE);
    disk_move(&disk, NVME_READ, 1000, 8, 512, &data, 0);
    CHECK(is_filled(data.data, PAGE, 0));
    buffer_free(&data);
    disk_close(&disk);
    unlink(path);
}

static void sizes_that_do_not_fit_are_refused(void) {
    make_file(1 << 20);
    CHECK_CONTAINS("1048576 bytes, not 2097152", attach_error(keys_for_file("size:2M"), -EINVAL));
    make_file(1000);
    CHECK_CONTAINS("512-byte blocks", attach_error(keys_for_file(""), -EINVAL));
    make_file(512);
    CHECK_CONTAINS("4096-byte blocks", attach_error(keys_for_file("block:4096"), -EINVAL));
    CHECK_EQUAL(512, file_size()); /* what was there stays */
    unlink(path);
}

/* As a process leaves it that is killed between making the file and giving it a size. */
static void an_empty_file_is_a_new_one(void) {
    make_file(0);
    struct disk disk = disk_open(keys_for_file("size:2M"), 4);
    disk_close(&disk);
    CHECK_EQUAL((2 << 20) + FILE_TRAILER_SIZE, file_size());
    unlink(path);
}

static void without_a_size_no_file_is_made(void) {
    unlink(path);
    CHECK_CONTAINS("add size: to make it", attach_error(keys_for_file(""), -ENOENT));
    CHECK_EQUAL(-1, file_size());
    make_file(0);
    CHECK_CONTAINS("add size:", attach_error(keys_for_file(""), -EINVAL));
    CHECK_EQUAL(0, file_size());
    unlink(path);
}

static uint64_t is_self_made(const char *keys) {
    struct disk disk = disk_open(keys, 4);
    uint64_t value = n4j_ctrlr_property(disk.ctrlr, N4J_PROPERTY_SELF_MADE);
    disk_close(&disk);
    return value;
}

/* The namespace is the whole of such a file, which stays what it is. */
static void a_file_of_others_is_told_from_our_own(void) {
    make_file(1 << 20);
    CHECK_EQUAL(0, is_self_made(keys_for_file("")));
    CHECK_EQUAL(0, is_self_made(keys_for_file("size:1M")));
    CHECK_EQUAL(1 << 20, file_size());
    unlink(path);
    CHECK_EQUAL(1, is_self_made(keys_for_file("size:1M")));
    CHECK_EQUAL(1, is_self_made(keys_for_file("")));
    CHECK_EQUAL(0, truncate(path, (1 << 20) + 2 * FILE_TRAILER_SIZE));
    CHECK_EQUAL(0, is_self_made(keys_for_file("")));
    CHECK_EQUAL(0, truncate(path, 512));
    CHECK_EQUAL(0, is_self_made(keys_for_file("")));
    CHECK_EQUAL(1, is_self_made("traddr:memory"));
    CHECK_EQUAL(1, is_self_made("traddr:null"));
    unlink(path);
}

static void what_is_no_file_is_refused(void) {
    char keys[300];
    snprintf(keys, sizeof(keys), "traddr:%s", directory);
    attach_error(keys, -EISDIR);
    snprintf(keys, sizeof(keys), "traddr:%s/none/disk", directory);
    CHECK_CONTAINS("none/disk", attach_error(keys, -ENOENT));
    unlink(path);
    CHECK_EQUAL(0, mkfifo(path, 0600));
    CHECK_CONTAINS("no regular file", attach_error(keys_for_file(""), -EINVAL));
    CHECK_CONTAINS("no regular file", attach_error("traddr:/proc/self/comm", -EINVAL));
    CHECK_CONTAINS("no regular file", attach_error("traddr:/proc/self/comm size:1M", -EINVAL));
    unlink(path);
}

static void a_file_that_cannot_be_made_leaves_nothing(void) {
    unlink(path);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit old;
    CHECK_EQUAL(0, getrlimit(RLIMIT_FSIZE, &old));
    const struct rlimit limit = {1 << 20, old.rlim_max};
    CHECK_EQUAL(0, setrlimit(RLIMIT_FSIZE, &limit));
    attach_error(keys_for_file("size:2M"), -EFBIG);
    CHECK_EQUAL(0, setrlimit(RLIMIT_FSIZE, &old));
    CHECK_EQUAL(-1, file_size());
}

static void one_file_has_one_controller(void) {
    unlink(path);
    struct disk disk = disk_open(keys_for_file("size:1M"), 4);
    CHECK_CONTAINS("in use", attach_error(keys_for_file(""), -EBUSY)); /* in this process */
    pid_t child = fork();
    if (child == 0) {
        n4j_ctrlr *ctrlr;
        char text[256];
        char whole[600];
        snprintf(whole, sizeof(whole), "trtype:EMBEDDED %s", keys_for_file(""));
        int code = n4j_ctrlr_attach(whole, NULL, &ctrlr, text, sizeof(text));
        _exit(code == -EBUSY && strstr(text, path) != NULL ? 0 : 1);
    }
    int status;
    CHECK_EQUAL(child, waitpid(child, &status, 0));
    CHECK_EQUAL(0, status);
    CHECK_EQUAL((1 << 20) + FILE_TRAILER_SIZE, file_size());
    disk_close(&disk);
    disk = disk_open(keys_for_file(""), 4); /* and then another */
    disk_close(&disk);
}

static void a_file_is_free_when_its_process_was_killed(void) {
    unlink(path);
    int ready[2];
    CHECK_EQUAL(0, pipe(ready));
    pid_t child = fork();
    if (child == 0) {
        disk_open(keys_for_file("size:1M mode:threaded"), 4);
        CHECK_EQUAL(1, write(ready[1], "x", 1));
        pause();
        _exit(0);
    }
    char byte;
    CHECK_EQUAL(1, read(ready[0], &byte, 1));
    attach_error(keys_for_file(""), -EBUSY);
    kill(child, SIGKILL);
    CHECK_EQUAL(child, waitpid(child, NULL, 0));
    struct disk disk = disk_open(keys_for_file("size:1M"), 4);
    disk_close(&disk);
    close(ready[0]);
    close(ready[1]);
}

struct life {
    uint64_t power_cycles;
    uint64_t unsafe_shutdowns;
};

static struct life life_of(struct disk *disk) {
    struct buffer data = buffer_alloc(disk, PAGE);
    const n4j_submission command = {.opc = NVME_GET_LOG_PAGE,
                                    .prp1 = buffer_iova(&data, 0),
                                    .cdw10 = NVME_LOG_SMART_HEALTH | 127u << 16,
                                    .data_form = N4J_DATA_PRP};
    CHECK_EQUAL(NVME_SUCCESS, disk_admin(disk, &command, NULL));
    struct life life;
    memcpy(&life.power_cycles, data.data + 112, 8);
    memcpy(&life.unsafe_shutdowns, data.data + 144, 8);
    buffer_free(&data);
    return life;
}

/* By the attach that comes after. */
static void expect_life(uint64_t power_cycles, uint64_t unsafe_shutdowns) {
    struct disk disk = disk_open(keys_for_file(""), 4);
    const struct life life = life_of(&disk);
    CHECK_EQUAL(power_cycles, life.power_cycles);
    CHECK_EQUAL(unsafe_shutdowns, life.unsafe_shutdowns);
    disk_close(&disk);
}

static void attach_in_a_process_that_is_killed(void) {
    int ready[2];
    CHECK_EQUAL(0, pipe(ready));
    pid_t child = fork();
    if (child == 0) {
        disk_open(keys_for_file(""), 4);
        CHECK_EQUAL(1, write(ready[1], "x", 1));
        pause();
        _exit(0);
    }
    char byte;
    CHECK_EQUAL(1, read(ready[0], &byte, 1));
    kill(child, SIGKILL);
    CHECK_EQUAL(child, waitpid(child, NULL, 0));
    close(ready[0]);
    close(ready[1]);
}

static void power_cycles_and_unsafe_shutdowns_are_counted(void) {
    unlink(path);
    struct disk disk = disk_open(keys_for_file("size:1M"), 4);
    CHECK_EQUAL(1, life_of(&disk).power_cycles);
    char text[128];
    CHECK_EQUAL(0, n4j_ctrlr_reset(disk.ctrlr, 1000, text, sizeof(text)));
    CHECK_EQUAL(1, life_of(&disk).power_cycles);
    disk_close(&disk);
    expect_life(2, 0);
    expect_life(3, 0);
    attach_in_a_process_that_is_killed();
    expect_life(5, 1);
    attach_in_a_process_that_is_killed();
    attach_in_a_process_that_is_killed();
    expect_life(8, 3);
    expect_life(9, 3);
}

static void a_truncated_file_is_a_read_error(void) {
    unlink(path);
    struct disk disk = disk_open(keys_for_file("size:1M"), 4);
    struct buffer data = buffer_alloc(&disk, PAGE);
    CHECK_EQUAL(0, truncate(path, 512 << 10));
    disk_move(&disk, NVME_READ, 1016, 8, 512, &data, 0);
    n4j_submission read = io_command(NVME_READ, 1020, 8);
    read.prp1 = data.iovas[0];
    CHECK_EQUAL(NVME_UNRECOVERED_READ_ERROR, disk_run(&disk, &read));
    buffer_free(&data);
    disk_close(&disk);
    CHECK_EQUAL(512 << 10, file_size()); /* nothing has been added to it */
}

static void a_full_disk_is_capacity_exceeded(void) {
    make_file(8 << 20);
    struct disk disk = disk_open(keys_for_file(""), 4);
    struct buffer data = buffer_alloc(&disk, PAGE);
    struct rlimit old;
    signal(SIGXFSZ, SIG_IGN);
    CHECK_EQUAL(0, getrlimit(RLIMIT_FSIZE, &old));
    const struct rlimit limit = {4 << 20, old.rlim_max};
    CHECK_EQUAL(0, setrlimit(RLIMIT_FSIZE, &limit));
    n4j_submission write = io_command(NVME_WRITE, 8192, 8);
    write.prp1 = data.iovas[0];
    CHECK_EQUAL(NVME_CAPACITY_EXCEEDED, disk_run(&disk, &write));
    disk_move(&disk, NVME_WRITE, 100, 8, 512, &data, 0);
    CHECK_EQUAL(0, setrlimit(RLIMIT_FSIZE, &old));
    disk_move(&disk, NVME_WRITE, 8192, 8, 512, &data, 0);
    buffer_free(&data);
    disk_close(&disk);
}

static void deallocated_blocks_give_their_room_back(void) {
    unlink(path);
    struct disk disk = disk_open(keys_for_file("size:8M"), 4);
    struct buffer data = buffer_alloc(&disk, 1 << 20);
    memset(data.data, 0xaa, data.length);
    disk_move(&disk, NVME_WRITE, 0, 2048, 512, &data, 0);
    n4j_submission zero = io_command(NVME_WRITE_ZEROES, 1, 2046);
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &zero));
    disk_move(&disk, NVME_READ, 0, 2048, 512, &data, 0);
    CHECK(is_filled(data.data, 512, 0xaa));
    CHECK(is_filled(data.data + 512, data.length - 1024, 0));
    CHECK(is_filled(data.data + data.length - 512, 512, 0xaa));
    buffer_free(&data);
    disk_close(&disk);
}

static uint16_t write_cache(struct disk *disk, uint8_t opcode, uint32_t value, uint32_t *result) {
    const n4j_submission command = {
        .opc = opcode, .cdw10 = NVME_FID_VOLATILE_WRITE_CACHE, .cdw11 = value};
    return disk_admin(disk, &command, result);
}

static void the_write_cache_can_be_turned_off(void) {
    unlink(path);
    struct disk disk = disk_open(keys_for_file("size:1M"), 4);
    struct buffer data = buffer_alloc(&disk, PAGE);
    uint32_t value;
    CHECK_EQUAL(NVME_SUCCESS, write_cache(&disk, NVME_GET_FEATURES, 0, &value));
    CHECK_EQUAL(1, value);
    CHECK_EQUAL(NVME_SUCCESS, write_cache(&disk, NVME_SET_FEATURES, 0, NULL));
    CHECK_EQUAL(NVME_SUCCESS, write_cache(&disk, NVME_GET_FEATURES, 0, &value));
    CHECK_EQUAL(0, value);
    disk_move(&disk, NVME_WRITE, 0, 8, 512, &data, 0);
    CHECK_EQUAL(NVME_SUCCESS, write_cache(&disk, NVME_SET_FEATURES, 1, NULL));
    n4j_submission fua = io_command(NVME_WRITE, 0, 8);
    fua.prp1 = data.iovas[0];
    fua.cdw12 |= NVME_FUA;
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &fua));
    fua.opc = NVME_READ;
    CHECK_EQUAL(NVME_SUCCESS, disk_run(&disk, &fua));
    buffer_free(&data);
    disk_close(&disk);
}

int main(void) {
    CHECK(mkdtemp(directory) != NULL);
    snprintf(path, sizeof(path), "%s/disk.img", directory);
    RUN(data_outlives_the_attach);
    RUN(a_new_file_is_sparse_and_reads_zeroes);
    RUN(sizes_that_do_not_fit_are_refused);
    RUN(an_empty_file_is_a_new_one);
    RUN(without_a_size_no_file_is_made);
    RUN(a_file_of_others_is_told_from_our_own);
    RUN(what_is_no_file_is_refused);
    RUN(a_file_that_cannot_be_made_leaves_nothing);
    RUN(one_file_has_one_controller);
    RUN(a_file_is_free_when_its_process_was_killed);
    RUN(power_cycles_and_unsafe_shutdowns_are_counted);
    RUN(a_truncated_file_is_a_read_error);
    RUN(a_full_disk_is_capacity_exceeded);
    RUN(deallocated_blocks_give_their_room_back);
    RUN(the_write_cache_can_be_turned_off);
    unlink(path);
    rmdir(directory);
    return 0;
}
