/* SPDX-License-Identifier: Apache-2.0 */

/* Memory of the caller's: registered, unregistered, and truncated while it is registered. */
#define _GNU_SOURCE

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bare_device.h"
#include "check.h"
#include "fixture.h"

#define BLOCK 512u
#define PAGES 200u /* more than the controller takes up at once */
#define LENGTH ((uint64_t)PAGES * PAGE)
#define BLOCKS ((uint32_t)(LENGTH / BLOCK))

static char text[256];

/* The caller's memory, as a buffer of the fixture. */
struct own {
    struct buffer buffer;
    int file; /* -1: anonymous */
};

static int register_at(struct disk *disk, void *address, uint64_t length, uint32_t flags) {
    text[0] = '\0';
    return n4j_mem_register(disk->ctrlr, address, length, flags, text, sizeof(text));
}

static struct own own_open(struct disk *disk, bool is_file, int protection) {
    struct own own = {.buffer = {.disk = disk, .length = LENGTH}, .file = -1};
    if (is_file) {
        own.file = memfd_create("registered", MFD_CLOEXEC);
        CHECK(own.file >= 0);
        CHECK_EQUAL(0, ftruncate(own.file, LENGTH));
    }
    own.buffer.data = mmap(NULL, LENGTH, protection,
                           is_file ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS, own.file, 0);
    CHECK(own.buffer.data != MAP_FAILED);
    CHECK_EQUAL(0, register_at(disk, own.buffer.data, LENGTH, is_file ? N4J_MEM_MAY_VANISH : 0));
    own.buffer.iovas = calloc(PAGES, sizeof(*own.buffer.iovas));
    CHECK_EQUAL(
        0, n4j_mem_translate(disk->ctrlr, own.buffer.data, LENGTH, PAGE, own.buffer.iovas, PAGES));
    return own;
}

static void own_unmap(struct own *own) {
    CHECK_EQUAL(0, munmap(own->buffer.data, LENGTH));
    if (own->file >= 0) {
        close(own->file);
    }
    free(own->buffer.iovas);
}

static void own_close(struct own *own) {
    CHECK_EQUAL(0, n4j_mem_unregister(own->buffer.disk->ctrlr, own->buffer.data));
    own_unmap(own);
}

/* Read, Write or Compare of all of a buffer, or of its end from `page` on. */
static uint16_t move(struct disk *disk, uint8_t opcode, const struct buffer *data, uint64_t page,
                     struct buffer *lists) {
    const uint64_t length = LENGTH - page * PAGE;
    n4j_submission command = io_command(opcode, 0, (uint32_t)(length / BLOCK));
    put_prps(&command, data, page * PAGE, length, lists);
    return disk_run(disk, &command);
}

static char path[64];
static char file_keys[128];
static const char *const keys[] = {
    "size:2M",
    "size:2M iova:scrambled",
    "size:2M iova:scrambled mode:threaded",
    file_keys,
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

static void remove_file(void) {
    unlink(path);
}

static void registered_memory_moves_data(void) {
    for (unsigned i = 0; i < 2 * KEYS; i++) {
        struct disk disk = disk_open(keys[i / 2], 1);
        struct own own = own_open(&disk, i % 2 == 1, PROT_READ | PROT_WRITE);
        struct buffer medium = buffer_alloc(&disk, LENGTH);
        struct buffer lists = buffer_alloc(&disk, PAGE);
        buffer_fill(&medium, i);
        CHECK_EQUAL(NVME_SUCCESS, move(&disk, NVME_WRITE, &medium, 0, &lists));
        CHECK_EQUAL(NVME_SUCCESS, move(&disk, NVME_READ, &own.buffer, 0, &lists));
        CHECK_EQUAL(0, memcmp(medium.data, own.buffer.data, LENGTH));
        CHECK_EQUAL(NVME_SUCCESS, move(&disk, NVME_COMPARE, &own.buffer, 0, &lists));
        buffer_fill(&own.buffer, i + 100);
        CHECK_EQUAL(NVME_COMPARE_FAILURE, move(&disk, NVME_COMPARE, &own.buffer, 0, &lists));
        CHECK_EQUAL(NVME_SUCCESS, move(&disk, NVME_WRITE, &own.buffer, 0, &lists));
        CHECK_EQUAL(NVME_SUCCESS, move(&disk, NVME_READ, &medium, 0, &lists));
        CHECK_EQUAL(0, memcmp(medium.data, own.buffer.data, LENGTH));
        own_close(&own);
        buffer_free(&medium);
        buffer_free(&lists);
        disk_close(&disk);
        remove_file();
    }
}

static void bad_registrations_say_what_is_wrong(void) {
    struct disk disk = disk_open("traddr:null iova:scrambled", 1);
    CHECK_EQUAL(PAGE, n4j_ctrlr_property(disk.ctrlr, N4J_PROPERTY_REGISTRATION));
    struct own own = own_open(&disk, false, PROT_READ | PROT_WRITE);
    struct buffer allocated = buffer_alloc(&disk, 4 * (uint64_t)PAGE);
    uint8_t *data = own.buffer.data;
    const struct {
        void *address;
        uint64_t length;
        uint32_t flags;
        int code;
        const char *says;
    } cases[] = {
        {NULL, PAGE, 0, -EINVAL, "can't register"},
        {data, 0, 0, -EINVAL, "can't register"},
        {(void *)(UINTPTR_MAX - PAGE + 1), 2 * PAGE, 0, -EINVAL, "can't register"},
        {data, PAGE, 2, -EINVAL, "flags 2h"},
        {data + 8, PAGE, 0, -EINVAL, "multiples of 4096"},
        {data, PAGE + 8, 0, -EINVAL, "multiples of 4096"},
        {(void *)(16 * (uintptr_t)PAGE), PAGE, 0, -EFAULT, "mapped"},
        {(void *)(UINTPTR_MAX - 4 * PAGE + 1), PAGE, 0, -EFAULT, "mapped"},
        {data, LENGTH, 0, -EEXIST, "overlap"},
        {data, PAGE, 0, -EEXIST, "overlap"},
        {data + LENGTH - PAGE, PAGE, 0, -EEXIST, "overlap"},
        {allocated.data, PAGE, 0, -EEXIST, "overlap"},
        {allocated.data + PAGE, PAGE, 0, -EEXIST, "overlap"},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK_EQUAL(cases[i].code,
                    register_at(&disk, cases[i].address, cases[i].length, cases[i].flags));
        CHECK_CONTAINS(cases[i].says, text);
    }
    CHECK_EQUAL(-EINVAL, n4j_mem_unregister(disk.ctrlr, data + PAGE));
    CHECK_EQUAL(-EINVAL, n4j_mem_unregister(disk.ctrlr, allocated.data));
    CHECK_EQUAL(-EINVAL, n4j_mem_free(disk.ctrlr, data));
    CHECK_EQUAL(0, n4j_mem_unregister(disk.ctrlr, data));
    CHECK_EQUAL(-EINVAL, n4j_mem_unregister(disk.ctrlr, data));
    own_unmap(&own);
    CHECK_EQUAL(-EFAULT, register_at(&disk, data, LENGTH, 0));
    buffer_free(&allocated);
    disk_close(&disk);
}

static void neighbours_are_registered_one_by_one(void) {
    struct disk disk = disk_open("traddr:null iova:scrambled", 1);
    struct own own = own_open(&disk, false, PROT_READ | PROT_WRITE);
    uint8_t *data = own.buffer.data;
    uint64_t iovas[8];
    CHECK_EQUAL(0, n4j_mem_unregister(disk.ctrlr, data));
    for (unsigned page = 0; page < 8; page += 2) {
        CHECK_EQUAL(0, register_at(&disk, data + (uint64_t)page * PAGE, PAGE, 0));
    }
    CHECK_EQUAL(-EFAULT, n4j_mem_translate(disk.ctrlr, data, 2 * PAGE, PAGE, iovas, 8));
    CHECK_EQUAL(-EEXIST, register_at(&disk, data + PAGE, 2 * PAGE, 0));
    for (unsigned page = 1; page < 8; page += 2) {
        CHECK_EQUAL(0, register_at(&disk, data + (uint64_t)page * PAGE, PAGE, 0));
    }
    CHECK_EQUAL(0, n4j_mem_translate(disk.ctrlr, data, 8 * PAGE, PAGE, iovas, 8));
    for (unsigned page = 0; page < 8; page++) {
        CHECK_EQUAL(-EBUSY, n4j_ctrlr_detach(disk.ctrlr, text, sizeof(text)));
        CHECK_EQUAL(0, n4j_mem_unregister(disk.ctrlr, data + (uint64_t)page * PAGE));
    }
    own_unmap(&own);
    disk_close(&disk);
}

static void registered_memory_keeps_the_controller(void) {
    struct disk disk = disk_open("traddr:null", 1);
    struct own own = own_open(&disk, false, PROT_READ | PROT_WRITE);
    CHECK_EQUAL(0, n4j_qpair_destroy(disk.qpair));
    CHECK_EQUAL(-EBUSY, n4j_ctrlr_detach(disk.ctrlr, text, sizeof(text)));
    CHECK_CONTAINS("1 registered", text);
    own_close(&own);
    CHECK_EQUAL(0, n4j_ctrlr_detach(disk.ctrlr, text, sizeof(text)));
}

static void two_controllers_reach_the_same_memory(void) {
    struct disk first = disk_open("size:2M iova:scrambled seed:1", 1);
    struct disk second = disk_open("size:2M iova:scrambled seed:2", 1);
    struct own own = own_open(&first, false, PROT_READ | PROT_WRITE);
    CHECK_EQUAL(0, register_at(&second, own.buffer.data, LENGTH, 0));
    uint64_t iova;
    CHECK_EQUAL(0, n4j_mem_translate(second.ctrlr, own.buffer.data, 1, PAGE, &iova, 1));
    CHECK(iova != own.buffer.iovas[0]);
    CHECK_EQUAL(0, n4j_mem_unregister(second.ctrlr, own.buffer.data));
    struct buffer lists = buffer_alloc(&first, PAGE);
    CHECK_EQUAL(NVME_SUCCESS, move(&first, NVME_READ, &own.buffer, 0, &lists));
    buffer_free(&lists);
    own_close(&own);
    disk_close(&second);
    disk_close(&first);
}

static void unregistered_memory_is_out_of_reach(void) {
    struct disk disk = disk_open("size:2M iova:scrambled", 1);
    struct own own = own_open(&disk, false, PROT_READ | PROT_WRITE);
    struct buffer lists = buffer_alloc(&disk, PAGE);
    CHECK_EQUAL(0, n4j_mem_unregister(disk.ctrlr, own.buffer.data));
    CHECK_EQUAL(NVME_DATA_TRANSFER_ERROR, move(&disk, NVME_READ, &own.buffer, 0, &lists));
    own_unmap(&own);
    buffer_free(&lists);
    disk_close(&disk);
}

/* What unregistering promises: the memory may go, whatever the controller was at. */
static void unregistering_waits_for_the_controller(void) {
    struct disk disk = disk_open("size:2M mode:threaded iova:scrambled", 8);
    struct buffer lists = buffer_alloc(&disk, PAGE);
    for (unsigned round = 0; round < 50; round++) {
        struct own own = own_open(&disk, false, PROT_READ | PROT_WRITE);
        n4j_submission batch[8];
        n4j_completion completions[8];
        for (unsigned i = 0; i < 8; i++) {
            batch[i] = io_command(NVME_READ, 0, BLOCKS);
            put_prps(&batch[i], &own.buffer, 0, LENGTH, &lists);
        }
        CHECK_EQUAL(0, n4j_qpair_process(disk.qpair, batch, 8, NULL, 0));
        own_close(&own);
        disk_reap(&disk, completions, 8);
        for (unsigned i = 0; i < 8; i++) {
            const uint16_t status = NVME_STATUS_CODE(completions[i].status);
            CHECK(status == NVME_SUCCESS || status == NVME_DATA_TRANSFER_ERROR);
        }
    }
    buffer_free(&lists);
    disk_close(&disk);
}

static void a_truncated_file_fails_the_command_alone(void) {
    const uint64_t sizes[] = {PAGES - 1, PAGES / 2, 64, 1, 0}; /* pages that are left */
    for (unsigned i = 0; i < KEYS; i++) {
        for (unsigned j = 0; j < 5; j++) {
            struct disk disk = disk_open(keys[i], 1);
            struct own own = own_open(&disk, true, PROT_READ | PROT_WRITE);
            struct buffer lists = buffer_alloc(&disk, PAGE);
            buffer_fill(&own.buffer, 1);
            CHECK_EQUAL(NVME_SUCCESS, move(&disk, NVME_WRITE, &own.buffer, 0, &lists));
            CHECK_EQUAL(0, ftruncate(own.file, (off_t)(sizes[j] * PAGE)));
            const uint8_t opcodes[] = {NVME_COMPARE, NVME_READ, NVME_WRITE};
            for (unsigned k = 0; k < 3; k++) {
                CHECK_EQUAL(NVME_DATA_TRANSFER_ERROR,
                            move(&disk, opcodes[k], &own.buffer, 0, &lists));
            }
            CHECK_EQUAL(0, ftruncate(own.file, LENGTH));
            CHECK_EQUAL(NVME_SUCCESS, move(&disk, NVME_READ, &own.buffer, 0, &lists));
            own_close(&own);
            buffer_free(&lists);
            disk_close(&disk);
            remove_file();
        }
    }
}

/* The transfer begins in memory that stays and ends in a file: in the first batch, and far behind. */
static void a_transfer_may_vanish_in_part(void) {
    const unsigned firsts[] = {1, 63, 64, 65, 150};
    for (unsigned i = 0; i < KEYS; i++) {
        struct disk disk = disk_open(keys[i], 1);
        struct own own = own_open(&disk, true, PROT_READ | PROT_WRITE);
        struct buffer mixed = buffer_alloc(&disk, LENGTH);
        struct buffer lists = buffer_alloc(&disk, PAGE);
        uint8_t *expected = malloc(LENGTH);
        buffer_fill(&mixed, 5);
        CHECK_EQUAL(NVME_SUCCESS, move(&disk, NVME_WRITE, &mixed, 0, &lists));
        memcpy(expected, mixed.data, LENGTH);
        for (unsigned j = 0; j < 5; j++) {
            const uint64_t first = firsts[j];
            uint64_t *iovas = mixed.iovas;
            mixed.iovas = malloc(PAGES * sizeof(*iovas));
            memcpy(mixed.iovas, iovas, first * sizeof(*iovas));
            memcpy(mixed.iovas + first, own.buffer.iovas + first, (PAGES - first) * sizeof(*iovas));
            memset(mixed.data, 0xee, LENGTH);
            memset(own.buffer.data, 0xee, LENGTH);
            CHECK_EQUAL(NVME_SUCCESS, move(&disk, NVME_READ, &mixed, 0, &lists));
            CHECK_EQUAL(0, memcmp(expected, mixed.data, first * PAGE));
            CHECK(is_filled(mixed.data + first * PAGE, LENGTH - first * PAGE, 0xee));
            CHECK(is_filled(own.buffer.data, first * PAGE, 0xee));
            CHECK_EQUAL(0, memcmp(expected + first * PAGE, own.buffer.data + first * PAGE,
                                  LENGTH - first * PAGE));
            CHECK_EQUAL(0, ftruncate(own.file, LENGTH - PAGE));
            CHECK_EQUAL(NVME_DATA_TRANSFER_ERROR, move(&disk, NVME_READ, &mixed, 0, &lists));
            CHECK_EQUAL(0, ftruncate(own.file, LENGTH));
            free(mixed.iovas);
            mixed.iovas = iovas;
        }
        free(expected);
        own_close(&own);
        buffer_free(&mixed);
        buffer_free(&lists);
        disk_close(&disk);
        remove_file();
    }
}

static void a_read_only_file_is_a_source_alone(void) {
    struct disk disk = disk_open("size:2M", 1);
    struct own own = own_open(&disk, true, PROT_READ);
    struct buffer lists = buffer_alloc(&disk, PAGE);
    CHECK_EQUAL(8, pwrite(own.file, "contents", 8, 12345));
    CHECK_EQUAL(NVME_SUCCESS, move(&disk, NVME_WRITE, &own.buffer, 0, &lists));
    CHECK_EQUAL(NVME_SUCCESS, move(&disk, NVME_COMPARE, &own.buffer, 0, &lists));
    CHECK_EQUAL(NVME_DATA_TRANSFER_ERROR, move(&disk, NVME_READ, &own.buffer, 0, &lists));
    own_close(&own);
    buffer_free(&lists);
    disk_close(&disk);
}

/* PRP lists, SGL segments, ranges to deallocate and Identify's page in a file. */
static void lists_and_structures_in_a_file_may_vanish(void) {
    struct disk disk = disk_open("size:2M iova:scrambled", 1);
    struct own own = own_open(&disk, true, PROT_READ | PROT_WRITE);
    struct buffer data = buffer_alloc(&disk, LENGTH);
    struct nvme_sgl_descriptor *segment = (void *)(own.buffer.data + PAGE);
    *segment = (struct nvme_sgl_descriptor){data.iovas[0], PAGE};
    n4j_submission prps = io_command(NVME_READ, 0, BLOCKS);
    put_prps(&prps, &data, 0, LENGTH, &own.buffer);
    n4j_submission sgl = io_command(NVME_READ, 0, PAGE / BLOCK);
    sgl.flags = NVME_PSDT_SGL_MPTR_CONTIGUOUS << 6;
    sgl.data_form = N4J_DATA_SGL;
    sgl.prp1 = own.buffer.iovas[1];
    sgl.prp2 = (uint64_t)NVME_SGL_LAST_SEGMENT << NVME_SGL_TYPE_SHIFT | NVME_SGL_DESCRIPTOR_SIZE;
    n4j_submission deallocate = {.opc = NVME_DATASET_MANAGEMENT,
                                 .nsid = 1,
                                 .prp1 = own.buffer.iovas[2],
                                 .cdw10 = 3,
                                 .cdw11 = NVME_DSM_AD,
                                 .data_form = N4J_DATA_PRP};
    n4j_submission identify = {.opc = NVME_IDENTIFY,
                               .prp1 = own.buffer.iovas[3],
                               .cdw10 = NVME_CNS_CONTROLLER,
                               .data_form = N4J_DATA_PRP};
    for (int i = 0; i < 2; i++) {
        const uint16_t expected = i == 0 ? NVME_SUCCESS : NVME_DATA_TRANSFER_ERROR;
        CHECK_EQUAL(expected, disk_run(&disk, &prps));
        CHECK_EQUAL(expected, disk_run(&disk, &sgl));
        CHECK_EQUAL(expected, disk_run(&disk, &deallocate));
        CHECK_EQUAL(expected, disk_admin(&disk, &identify, NULL));
        CHECK_EQUAL(0, ftruncate(own.file, 0));
    }
    own_close(&own);
    buffer_free(&data);
    disk_close(&disk);
}

static void queues_are_not_made_in_a_file(void) {
    struct bare_device bare = bare_open("size:1M", true);
    struct n4j_error error = {text, sizeof(text)};
    int file = memfd_create("queue", MFD_CLOEXEC);
    CHECK_EQUAL(0, ftruncate(file, PAGE));
    uint8_t *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    uint64_t iova;
    CHECK_EQUAL(0, memory_register(bare.memory, page, PAGE, 0, &error));
    CHECK_EQUAL(0, memory_translate(bare.memory, page, 1, PAGE, &iova));
    CHECK_EQUAL(NVME_SUCCESS, bare_create_cq(&bare, 1, 4, iova));
    CHECK_EQUAL(NVME_SUCCESS, bare_delete(&bare, NVME_DELETE_IO_CQ, 1));
    CHECK_EQUAL(0, memory_unregister(bare.memory, page));
    CHECK_EQUAL(0, memory_register(bare.memory, page, PAGE, N4J_MEM_MAY_VANISH, &error));
    CHECK_EQUAL(0, memory_translate(bare.memory, page, 1, PAGE, &iova));
    CHECK(bare_create_cq(&bare, 1, 4, iova) != NVME_SUCCESS);
    CHECK_EQUAL(0, memory_unregister(bare.memory, page));
    bare_close(&bare);
    munmap(page, PAGE);
    close(file);
}

struct truncater {
    pthread_t thread;
    int file;
    atomic_bool stop;
};

static void *truncate_again_and_again(void *argument) {
    struct truncater *truncater = argument;
    uint64_t random = 1;
    while (!atomic_load(&truncater->stop)) {
        CHECK_EQUAL(0, ftruncate(truncater->file, (off_t)(next_random(&random) % LENGTH)));
        CHECK_EQUAL(0, ftruncate(truncater->file, LENGTH));
    }
    return NULL;
}

static void a_file_may_be_truncated_at_any_moment(void) {
    for (unsigned i = 0; i < KEYS; i++) {
        struct disk disk = disk_open(keys[i], 1);
        struct own own = own_open(&disk, true, PROT_READ | PROT_WRITE);
        struct buffer lists = buffer_alloc(&disk, PAGE);
        struct truncater truncater = {.file = own.file};
        pthread_create(&truncater.thread, NULL, truncate_again_and_again, &truncater);
        for (unsigned j = 0; j < 300; j++) {
            const uint8_t opcodes[] = {NVME_COMPARE, NVME_READ, NVME_WRITE};
            const uint16_t status = move(&disk, opcodes[j % 3], &own.buffer, 0, &lists);
            CHECK(status == NVME_SUCCESS || status == NVME_DATA_TRANSFER_ERROR ||
                  status == NVME_COMPARE_FAILURE);
        }
        atomic_store(&truncater.stop, true);
        pthread_join(truncater.thread, NULL);
        own_close(&own);
        buffer_free(&lists);
        disk_close(&disk);
        remove_file();
    }
}

/* As a container's profile may: the system calls that copy such memory fail. */
static void deny_copying(void) {
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_writev, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog filter = {sizeof(program) / sizeof(program[0]), program};
    CHECK_EQUAL(0, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
        printf("    not tried: this kernel has no seccomp\n");
        exit(0);
    }
}

static void without_the_system_call_memory_is_copied_all_the_same(void) {
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        deny_copying();
        registered_memory_moves_data();
        exit(0);
    }
    int status;
    CHECK_EQUAL(child, waitpid(child, &status, 0));
    CHECK_EQUAL(0, status);
}

int main(void) {
    snprintf(path, sizeof(path), "/tmp/nvme4j-registration-test-%d.img", (int)getpid());
    snprintf(file_keys, sizeof(file_keys), "size:2M iova:scrambled traddr:%s", path);
    RUN(registered_memory_moves_data);
    RUN(bad_registrations_say_what_is_wrong);
    RUN(neighbours_are_registered_one_by_one);
    RUN(registered_memory_keeps_the_controller);
    RUN(two_controllers_reach_the_same_memory);
    RUN(unregistered_memory_is_out_of_reach);
    RUN(unregistering_waits_for_the_controller);
    RUN(a_truncated_file_fails_the_command_alone);
    RUN(a_transfer_may_vanish_in_part);
    RUN(a_read_only_file_is_a_source_alone);
    RUN(lists_and_structures_in_a_file_may_vanish);
    RUN(queues_are_not_made_in_a_file);
    RUN(a_file_may_be_truncated_at_any_moment);
    RUN(without_the_system_call_memory_is_copied_all_the_same);
    return 0;
}
