/* SPDX-License-Identifier: Apache-2.0 */

/* The SPDK transport, for real: what every controller and queue pair promises. */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "admin.h"
#include "spdk_rig.h"

static void bad_transport_ids_say_what_is_wrong(void) {
    char id[256];
    must_not_attach("trtype:VFIOUSER traddr:/nowhere", -ENOENT, "no vfio-user target at /nowhere");
    must_not_attach("trtype:VFIOUSER traddr:/tmp", -ENOENT, "no socket named cntrl");
    must_not_attach("trtype:VFIOUSER", -EINVAL, "lacks traddr");
    must_not_attach("trtype:TCP traddr:127.0.0.1", -EINVAL, "lacks subnqn");
    must_not_attach("trtype:TCP traddr:127.0.0.1 colour:red", -EINVAL, "colour");
    must_not_attach("trtype:PCIE traddr:rubbish", -EINVAL, "no PCI address");
    must_not_attach("trtype:PCIE traddr:ffff:1f:1f.7", -ENODEV, "no PCI device");
    snprintf(id, sizeof(id), "trtype:TCP traddr:127.0.0.1 trsvcid:%d subnqn:x", free_port());
    must_not_attach(id, -ECONNREFUSED, "no TCP target answers");
    snprintf(id, sizeof(id), "trtype:TCP traddr:127.0.0.1 trsvcid:%d subnqn:" NQN "x", tcp_port);
    must_not_attach(id, -ENOENT, "no subsystem");
}

static void identify_tells_what_was_configured(const char *trtype) {
    n4j_ctrlr *ctrlr = attach(transport_id(trtype));
    must_not_attach(transport_id(trtype), -EBUSY, "attached to");
    CHECK(strstr(n4j_ctrlr_description(ctrlr), trtype) != NULL);
    CHECK(n4j_ctrlr_property(ctrlr, N4J_PROPERTY_PAGE_SIZE) == 4096);
    CHECK(n4j_ctrlr_property(ctrlr, N4J_PROPERTY_MAX_TRANSFER) == 131072);
    CHECK(n4j_ctrlr_property(ctrlr, N4J_PROPERTY_MAX_QPAIRS) > 1);
    CHECK(n4j_ctrlr_property(ctrlr, N4J_PROPERTY_VS) >= 0x10300);
    CHECK((n4j_ctrlr_property(ctrlr, N4J_PROPERTY_CAP) & 0xffff) > 0);

    uint8_t *page = allocate(ctrlr, 4096);
    identify(ctrlr, 1, 0, page);
    CHECK(memcmp(page + 4, SERIAL " ", sizeof(SERIAL)) == 0);
    identify(ctrlr, 0, DATA_NSID, page);
    uint64_t nsze;
    memcpy(&nsze, page, sizeof(nsze));
    CHECK(nsze == BLOCKS);
    n4j_submission unknown = {.opc = 0xff, .data_form = N4J_DATA_NONE};
    n4j_completion completion;
    CHECK(admin(ctrlr, &unknown, &completion, 5000) == 0);
    CHECK_STATUS(completion, 0x001);
    CHECK(n4j_mem_free(ctrlr, page) == 0);
    CHECK(n4j_ctrlr_detach(ctrlr, text, sizeof(text)) == 0);
}

static void memory_is_translated_page_by_page(const char *trtype) {
    n4j_ctrlr *ctrlr = attach(transport_id(trtype));
    uint8_t *memory = allocate(ctrlr, 3 << 20);
    uint64_t iovas[3];
    CHECK(n4j_mem_translate(ctrlr, memory + 100, 8192, 4096, iovas, 3) == 0);
    CHECK(iovas[0] == (uintptr_t)memory && iovas[2] == (uintptr_t)memory + 8192);
    CHECK(n4j_mem_translate(ctrlr, &iovas, 8, 4096, iovas, 3) == -EFAULT);
    for (int i = 0; i < 3 << 20; i++) {
        CHECK(memory[i] == 0);
    }
    CHECK(n4j_mem_free(ctrlr, memory) == 0);
    CHECK(n4j_ctrlr_detach(ctrlr, text, sizeof(text)) == 0);
}

/* `extent` k lies at its own place on the disk, so that commands in flight don't overlap. */
static void what_was_written_is_read_back(const char *trtype) {
    enum { EACH = 64 * BLOCK, ROUNDS = 200, DEPTH = 32, EXTENT = BLOCKS / DEPTH };
    struct rig rig = open_rig(trtype, DEPTH, 2 * EACH);
    n4j_submission submissions[DEPTH];
    n4j_completion completions[DEPTH];
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint64_t lba[DEPTH];
        uint32_t blocks[DEPTH];
        for (int pass = 0; pass < 2; pass++) {
            for (uint32_t k = 0; k < DEPTH; k++) {
                uint8_t *written = rig.memory + 2 * k * EACH;
                if (pass == 0) {
                    lba[k] = k * EXTENT + (uint32_t)rand() % (EXTENT - 64);
                    blocks[k] = 1 + (uint32_t)rand() % 64;
                    fill(written, EACH, lba[k], round);
                }
                submissions[k] = io(pass == 0 ? WRITE : READ, DATA_NSID, lba[k], blocks[k],
                                    written + (pass == 0 ? 0 : EACH));
                submissions[k].tag = k;
            }
            int done = n4j_qpair_process(rig.qpair, submissions, DEPTH, completions, DEPTH);
            CHECK(done >= 0);
            while (done < DEPTH) {
                int more = n4j_qpair_process(rig.qpair, NULL, 0, completions + done, 3);
                CHECK(more >= 0 && more <= 3);
                done += more;
            }
            for (int k = 0; k < DEPTH; k++) {
                CHECK_STATUS(completions[k], 0);
            }
        }
        for (uint32_t k = 0; k < DEPTH; k++) {
            uint8_t *written = rig.memory + 2 * k * EACH;
            CHECK(memcmp(written, written + EACH, blocks[k] * BLOCK) == 0);
        }
    }
    close_rig(&rig);
}

static void refused_commands_tell_their_status(const char *trtype) {
    struct rig rig = open_rig(trtype, 4, 1 << 20);
    void *data = rig.memory;
    /* SPDK's vfio-user target calls an unknown namespace an internal error. */
    int unknown_namespace = strcmp(trtype, "TCP") == 0 ? 0x00b : 0x006;
    CHECK_STATUS(one(rig.qpair, io(READ, 77, 0, 1, data)), unknown_namespace);
    CHECK_STATUS(one(rig.qpair, io(0x7e, DATA_NSID, 0, 1, data)), 0x001);
    CHECK_STATUS(one(rig.qpair, io(READ, DATA_NSID, BLOCKS, 1, data)), 0x080);
    CHECK_STATUS(one(rig.qpair, io(READ, DATA_NSID, BLOCKS - 1, 2, data)), 0x080);
    n4j_submission flush = {.opc = FLUSH, .nsid = DATA_NSID, .data_form = N4J_DATA_NONE};
    CHECK_STATUS(one(rig.qpair, flush), 0);
    CHECK(one(rig.qpair, io(READ, DATA_NSID, 0, 257, data)).error == EINVAL);
    n4j_submission pointer = io(READ, DATA_NSID, 0, 1, data);
    pointer.data_form = N4J_DATA_SGL;
    CHECK(one(rig.qpair, pointer).error == EINVAL);
    CHECK_STATUS(one(rig.qpair, io(READ, DATA_NSID, BLOCKS - 1, 1, data)), 0);
    close_rig(&rig);
}

/* Submits 5 times the depth at once, with hardly any room for completions. */
static void every_record_completes_once(const char *trtype) {
    enum { DEPTH = 8, COUNT = 40 };
    struct rig rig = open_rig(trtype, DEPTH, BLOCK);
    n4j_submission submissions[COUNT];
    n4j_completion completion;
    int seen[COUNT] = {0};
    int refused = 0;
    for (int i = 0; i < COUNT; i++) {
        submissions[i] = io(READ, DATA_NSID, (uint64_t)i, 1, rig.memory + (i % DEPTH) * BLOCK);
        submissions[i].tag = (uint64_t)i;
    }
    int done = n4j_qpair_process(rig.qpair, submissions, COUNT, NULL, 0);
    CHECK(done == 0);
    double deadline = seconds() + 10;
    while (done < COUNT && seconds() < deadline) {
        int more = n4j_qpair_process(rig.qpair, NULL, 0, &completion, 1);
        CHECK(more == 0 || more == 1);
        if (more == 1) {
            seen[completion.tag]++;
            refused += completion.error == EBUSY;
            done++;
        }
    }
    CHECK(done == COUNT && refused == COUNT - DEPTH);
    for (int i = 0; i < COUNT; i++) {
        CHECK(seen[i] == 1);
    }
    CHECK_STATUS(one(rig.qpair, submissions[0]), 0);
    close_rig(&rig);
}

static void the_whole_depth_is_usable(const char *trtype) {
    n4j_ctrlr *ctrlr = attach(transport_id(trtype));
    uint32_t depth = (uint32_t)n4j_ctrlr_property(ctrlr, N4J_PROPERTY_MAX_DEPTH);
    n4j_qpair *qpair = NULL;
    CHECK(n4j_qpair_create(ctrlr, 0, 0, &qpair, text, sizeof(text)) == -EINVAL);
    CHECK(n4j_qpair_create(ctrlr, depth + 1, 0, &qpair, text, sizeof(text)) == -EINVAL);
    CHECK(n4j_qpair_create(ctrlr, depth, 0, &qpair, text, sizeof(text)) == 0);
    uint8_t *memory = allocate(ctrlr, (uint64_t)depth * BLOCK);
    n4j_submission *submissions = calloc(depth, sizeof(*submissions));
    n4j_completion *completions = calloc(depth, sizeof(*completions));
    for (int round = 0; round < 50; round++) {
        for (uint32_t i = 0; i < depth; i++) {
            submissions[i] = io(READ, DATA_NSID, i, 1, memory + i * BLOCK);
        }
        uint32_t done = (uint32_t)n4j_qpair_process(qpair, submissions, depth, completions, depth);
        while (done < depth) {
            done += (uint32_t)n4j_qpair_process(qpair, NULL, 0, completions + done, depth - done);
        }
        for (uint32_t i = 0; i < depth; i++) {
            CHECK_STATUS(completions[i], 0);
        }
    }
    free(submissions);
    free(completions);
    CHECK(n4j_qpair_destroy(qpair) == 0);
    CHECK(n4j_mem_free(ctrlr, memory) == 0);
    CHECK(n4j_ctrlr_detach(ctrlr, text, sizeof(text)) == 0);
}

/* The target is killed under a full queue that is refilled all the time. */
static void a_killed_target_loses_no_command(const char *trtype) {
    enum { DEPTH = 16, MAX_TAGS = 1 << 22 };
    struct rig rig = open_rig(trtype, DEPTH, BLOCK);
    static uint8_t seen[MAX_TAGS];
    memset(seen, 0, sizeof(seen));
    n4j_submission submissions[DEPTH];
    n4j_completion completions[DEPTH];
    uint64_t submitted = 0;
    uint64_t completed = 0;
    uint32_t in_flight = 0;
    double started = seconds();
    int count = 0;
    while (count >= 0) {
        uint32_t batch = submitted + DEPTH < MAX_TAGS ? DEPTH - in_flight : 0;
        if (target == 0 && in_flight == 0) {
            batch = 0;
        }
        for (uint32_t i = 0; i < batch; i++) {
            submissions[i] = io(READ, DATA_NSID, i, 1, rig.memory + i * BLOCK);
            submissions[i].tag = submitted++;
        }
        in_flight += batch;
        count = n4j_qpair_process(rig.qpair, submissions, batch, completions, DEPTH);
        for (int i = 0; i < count; i++) {
            CHECK(seen[completions[i].tag]++ == 0);
        }
        completed += count > 0 ? (uint64_t)count : 0;
        in_flight -= count > 0 ? (uint32_t)count : 0;
        if (target != 0 && seconds() > started + 0.3) {
            stop_target();
            started = seconds();
        }
        CHECK(seconds() < started + 10);
    }
    CHECK(count == -ENXIO && in_flight == 0 && completed == submitted && completed > 100);
    CHECK(one(rig.qpair, io(READ, DATA_NSID, 0, 1, rig.memory)).error == ENXIO);
    started = seconds();
    close_rig(&rig);
    CHECK(seconds() < started + 2);
    start_target();
    rig = open_rig(trtype, DEPTH, BLOCK);
    CHECK_STATUS(one(rig.qpair, io(READ, DATA_NSID, 0, 1, rig.memory)), 0);
    close_rig(&rig);
}

/* Everything is closed at once while the target is dead, and nobody has polled. */
static void a_dead_target_holds_up_nobody(const char *trtype) {
    struct rig rig = open_rig(trtype, 4, BLOCK);
    n4j_submission read = io(READ, DATA_NSID, 0, 1, rig.memory);
    CHECK(n4j_qpair_process(rig.qpair, &read, 1, NULL, 0) == 0);
    stop_target();
    double started = seconds();
    n4j_qpair *another = NULL;
    CHECK(n4j_qpair_create(rig.ctrlr, 4, 0, &another, text, sizeof(text)) < 0);
    close_rig(&rig);
    CHECK(seconds() < started + 5);
    start_target();
}

static sigjmp_buf after_fault;

static void on_fault(int number) {
    siglongjmp(after_fault, number);
}

/* As HotSpot does it: whoever had SIGBUS before SPDK was loaded still gets it. */
static void faults_of_truncated_files_go_to_the_old_handler(void) {
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s/target.log", directory);
    int fd = open(path, O_RDONLY);
    volatile uint8_t *page = mmap(NULL, 1 << 20, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    CHECK(page != MAP_FAILED);
    bool faulted = sigsetjmp(after_fault, 1) != 0;
    if (!faulted) {
        (void)page[(1 << 20) - 1];
    }
    CHECK(faulted);
    munmap((void *)(uintptr_t)page, 1 << 20);
}

int main(void) {
    static const char *const trtypes[] = {"VFIOUSER", "TCP"};
    cpu_set_t before;
    cpu_set_t after;
    struct sigaction action = {.sa_handler = on_fault};
    sigaction(SIGBUS, &action, NULL);
    sched_getaffinity(0, sizeof(before), &before);
    begin();
    bad_transport_ids_say_what_is_wrong();
    for (int i = 0; i < 2; i++) {
        double started = seconds();
        identify_tells_what_was_configured(trtypes[i]);
        memory_is_translated_page_by_page(trtypes[i]);
        what_was_written_is_read_back(trtypes[i]);
        refused_commands_tell_their_status(trtypes[i]);
        every_record_completes_once(trtypes[i]);
        the_whole_depth_is_usable(trtypes[i]);
        a_killed_target_loses_no_command(trtypes[i]);
        a_dead_target_holds_up_nobody(trtypes[i]);
        printf("%s passed in %.1f s\n", trtypes[i], seconds() - started);
    }
    faults_of_truncated_files_go_to_the_old_handler();
    sched_getaffinity(0, sizeof(after), &after);
    CHECK(CPU_EQUAL(&before, &after));
    finish(0);
}
