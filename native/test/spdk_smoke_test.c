/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The SPDK transport, for real: through nvme4j.h against an nvmf_tgt that the test starts, over
 * vfio-user and TCP. Skipped (return code 77) where SPDK, root, hugepages or nvmf_tgt are missing.
 */
#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "nvme4j.h"

#define SKIPPED 77
#define NQN "nqn.2026-01.io.nvme4j:smoke"
#define SERIAL "N4JSMOKE"
#define TARGET_MIB 512
#define NEEDED_MIB (TARGET_MIB + 256)

enum { FLUSH = 0x00, WRITE = 0x01, READ = 0x02, IDENTIFY = 0x06 };
enum { DATA_NSID = 1, BLOCK = 512, BLOCKS = 131072 };

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            failed("%s:%d: %s (\"%s\")", __func__, __LINE__, #condition, text);                    \
        }                                                                                          \
    } while (0)

static char text[512]; /* the last error line */
static char directory[64] = "/tmp/nvme4j-smoke-XXXXXX";
static pid_t target;
static int tcp_port;

static void stop_target(void) {
    if (target > 0) {
        kill(target, SIGKILL);
        waitpid(target, NULL, 0);
        target = 0;
    }
}

static void remove_directory(void) {
    static const char *const names[] = {"cntrl", "config.json", "rpc.sock", "rpc.sock.lock",
                                        "target.log"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
        unlink(path);
    }
    rmdir(directory);
}

static void finish(int code) {
    stop_target();
    remove_directory();
    exit(code);
}

static void __attribute__((format(printf, 1, 2), noreturn)) failed(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("FAILED ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    finish(1);
    abort();
}

static void skip(const char *why) {
    printf("skipped: %s\n", why);
    finish(SKIPPED);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- the target ---- */

static bool executable(char *path, size_t size, const char *prefix, const char *below) {
    snprintf(path, size, "%s%s/nvmf_tgt", prefix, below);
    return access(path, X_OK) == 0;
}

static bool find_binary(char *path, size_t size) {
    const char *prefix = getenv("SPDK_DIR");
    if (prefix != NULL && executable(path, size, prefix, "/bin")) {
        return true;
    }
    if (executable(path, size, "/opt/spdk", "/bin")) {
        return true;
    }
    char *places = strdup(getenv("PATH") == NULL ? "" : getenv("PATH"));
    bool found = false;
    for (char *place = strtok(places, ":"); place != NULL && !found; place = strtok(NULL, ":")) {
        found = executable(path, size, place, "");
    }
    free(places);
    return found;
}

static long free_hugepage_mib(void) {
    FILE *file = fopen("/proc/meminfo", "re");
    char line[128];
    long pages = 0;
    long kib = 0;
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        sscanf(line, "HugePages_Free: %ld", &pages);
        sscanf(line, "Hugepagesize: %ld kB", &kib);
    }
    if (file != NULL) {
        fclose(file);
    }
    return pages * kib / 1024;
}

static struct sockaddr_in loopback(int port) {
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int free_port(void) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof(address);
    bind(fd, (struct sockaddr *)&address, length);
    getsockname(fd, (struct sockaddr *)&address, &length);
    close(fd);
    return ntohs(address.sin_port);
}

static bool listens(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = loopback(port);
    bool answered = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return answered;
}

static void write_config(const char *path) {
    FILE *file = fopen(path, "we");
    CHECK(file != NULL);
    fprintf(file,
            "{\"subsystems\":[{\"subsystem\":\"bdev\",\"config\":["
            "{\"method\":\"bdev_malloc_create\",\"params\":{\"name\":\"Data\",\"num_blocks\":%d,"
            "\"block_size\":%d}}]},"
            "{\"subsystem\":\"nvmf\",\"config\":["
            "{\"method\":\"nvmf_create_transport\",\"params\":{\"trtype\":\"VFIOUSER\"}},"
            "{\"method\":\"nvmf_create_transport\",\"params\":{\"trtype\":\"TCP\"}},"
            "{\"method\":\"nvmf_create_subsystem\",\"params\":{\"nqn\":\"" NQN
            "\",\"allow_any_host\":true,\"serial_number\":\"" SERIAL "\"}},"
            "{\"method\":\"nvmf_subsystem_add_ns\",\"params\":{\"nqn\":\"" NQN
            "\",\"namespace\":{\"bdev_name\":\"Data\",\"nsid\":%d}}},"
            "{\"method\":\"nvmf_subsystem_add_listener\",\"params\":{\"nqn\":\"" NQN
            "\",\"listen_address\":{\"trtype\":\"VFIOUSER\",\"traddr\":\"%s\"}}},"
            "{\"method\":\"nvmf_subsystem_add_listener\",\"params\":{\"nqn\":\"" NQN
            "\",\"listen_address\":{\"trtype\":\"TCP\",\"adrfam\":\"IPv4\","
            "\"traddr\":\"127.0.0.1\",\"trsvcid\":\"%d\"}}}]}]}\n",
            BLOCKS, BLOCK, DATA_NSID, directory, tcp_port);
    fclose(file);
}

static void run_binary(const char *binary, const char *config) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    char log[PATH_MAX];
    char rpc[PATH_MAX];
    snprintf(log, sizeof(log), "%s/target.log", directory);
    snprintf(rpc, sizeof(rpc), "%s/rpc.sock", directory);
    int fd = open(log, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    char memory[16];
    snprintf(memory, sizeof(memory), "%d", TARGET_MIB);
    execl(binary, "nvmf_tgt", "-m", "0x1", "-s", memory, "--no-pci", "--disable-cpumask-locks",
          "-c", config, "-r", rpc, (char *)NULL);
    _exit(127);
}

static void start_target(void) {
    char binary[PATH_MAX];
    char config[PATH_MAX];
    char control[PATH_MAX];
    CHECK(find_binary(binary, sizeof(binary)));
    snprintf(config, sizeof(config), "%s/config.json", directory);
    snprintf(control, sizeof(control), "%s/cntrl", directory);
    unlink(control);
    tcp_port = free_port();
    write_config(config);
    target = fork();
    if (target == 0) {
        run_binary(binary, config);
    }
    double deadline = seconds() + 30;
    while (access(control, F_OK) != 0 || !listens(tcp_port)) {
        CHECK(waitpid(target, NULL, WNOHANG) == 0);
        CHECK(seconds() < deadline);
        usleep(20000);
    }
}

static const char *transport_id(const char *trtype) {
    static char id[256];
    if (strcmp(trtype, "TCP") == 0) {
        snprintf(id, sizeof(id), "trtype:TCP traddr:127.0.0.1 trsvcid:%d subnqn:" NQN " ns:1",
                 tcp_port);
    } else {
        snprintf(id, sizeof(id), "trtype:VFIOUSER traddr:%s subnqn:" NQN, directory);
    }
    return id;
}

/* ---- what the tests do with a controller ---- */

struct rig {
    n4j_ctrlr *ctrlr;
    n4j_qpair *qpair;
    uint8_t *memory;
    uint32_t depth;
};

static n4j_ctrlr *attach(const char *id) {
    n4j_ctrlr *ctrlr = NULL;
    text[0] = '\0';
    CHECK(n4j_ctrlr_attach(id, &ctrlr, text, sizeof(text)) == 0);
    return ctrlr;
}

static void must_not_attach(const char *id, int code, const char *says) {
    n4j_ctrlr *ctrlr = NULL;
    text[0] = '\0';
    int got = n4j_ctrlr_attach(id, &ctrlr, text, sizeof(text));
    if (got != code || strstr(text, says) == NULL) {
        failed("%s: got %d and \"%s\", not %d and \"%s\"", id, got, text, code, says);
    }
    CHECK(strchr(text, '\n') == NULL);
}

static void *allocate(n4j_ctrlr *ctrlr, uint64_t length) {
    void *memory = NULL;
    uint32_t kind = UINT32_MAX;
    CHECK(n4j_mem_alloc(ctrlr, length, 4096, N4J_NUMA_ANY, 0, &memory, &kind, text, sizeof(text)) ==
          0);
    CHECK(kind == N4J_MEM_KIND_HUGEPAGE && (uintptr_t)memory % 4096 == 0);
    return memory;
}

static struct rig open_rig(const char *trtype, uint32_t depth, uint32_t bytes_each) {
    struct rig rig = {.ctrlr = attach(transport_id(trtype)), .depth = depth};
    CHECK(n4j_qpair_create(rig.ctrlr, depth, &rig.qpair, text, sizeof(text)) == 0);
    rig.memory = allocate(rig.ctrlr, (uint64_t)depth * bytes_each);
    return rig;
}

static void close_rig(struct rig *rig) {
    CHECK(n4j_ctrlr_detach(rig->ctrlr, text, sizeof(text)) == -EBUSY);
    CHECK(n4j_qpair_destroy(rig->qpair) == 0);
    CHECK(n4j_mem_free(rig->ctrlr, rig->memory) == 0);
    CHECK(n4j_ctrlr_detach(rig->ctrlr, text, sizeof(text)) == 0);
}

static n4j_submission io(uint8_t opc, uint32_t nsid, uint64_t slba, uint32_t blocks, void *data) {
    return (n4j_submission){.opc = opc,
                            .nsid = nsid,
                            .cdw10 = (uint32_t)slba,
                            .cdw11 = (uint32_t)(slba >> 32),
                            .cdw12 = blocks - 1,
                            .data = (uintptr_t)data,
                            .data_length = blocks * BLOCK,
                            .data_form = N4J_DATA_CONTIGUOUS};
}

static n4j_completion one(n4j_qpair *qpair, n4j_submission submission) {
    n4j_completion completion = {0};
    submission.tag = 0xfeedfacecafe0001;
    int count = n4j_qpair_process(qpair, &submission, 1, &completion, 1);
    double deadline = seconds() + 10;
    while (count == 0 && seconds() < deadline) {
        count = n4j_qpair_process(qpair, NULL, 0, &completion, 1);
    }
    CHECK(count == 1 && completion.tag == submission.tag);
    return completion;
}

static int status_code(n4j_completion completion) {
    if (completion.error != 0) {
        failed("errno %d, not a status", completion.error);
    }
    return completion.status & 0x7ff; /* SCT and SC */
}

#define CHECK_STATUS(completion, expected)                                                         \
    do {                                                                                           \
        int got = status_code(completion);                                                         \
        if (got != (expected)) {                                                                   \
            failed("%s:%d: status %03x, not %03x", __func__, __LINE__, got, expected);             \
        }                                                                                          \
    } while (0)

static void identify(n4j_ctrlr *ctrlr, uint8_t cns, uint32_t nsid, uint8_t *page) {
    n4j_submission submission = {.opc = IDENTIFY,
                                 .nsid = nsid,
                                 .cdw10 = cns,
                                 .data = (uintptr_t)page,
                                 .data_length = 4096,
                                 .data_form = N4J_DATA_CONTIGUOUS};
    n4j_completion completion;
    CHECK(n4j_ctrlr_admin(ctrlr, &submission, &completion, 5000) == 0);
    CHECK(completion.status == 0 && completion.error == 0);
}

/* ---- the tests ---- */

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
    CHECK(n4j_ctrlr_admin(ctrlr, &unknown, &completion, 5000) == 0);
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

static void fill(uint8_t *data, uint32_t length, uint64_t lba, uint32_t generation) {
    for (uint32_t i = 0; i < length; i += 8) {
        uint64_t word = (lba + i / BLOCK) * 0x9e3779b97f4a7c15 + generation + i % BLOCK;
        memcpy(data + i, &word, sizeof(word));
    }
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
    pointer.data_form = N4J_DATA_PRP;
    CHECK(one(rig.qpair, pointer).error == ENOTSUP);
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
    CHECK(n4j_qpair_create(ctrlr, 0, &qpair, text, sizeof(text)) == -EINVAL);
    CHECK(n4j_qpair_create(ctrlr, depth + 1, &qpair, text, sizeof(text)) == -EINVAL);
    CHECK(n4j_qpair_create(ctrlr, depth, &qpair, text, sizeof(text)) == 0);
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
    double begin = seconds();
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
        if (target != 0 && seconds() > begin + 0.3) {
            stop_target();
            begin = seconds();
        }
        CHECK(seconds() < begin + 10);
    }
    CHECK(count == -ENXIO && in_flight == 0 && completed == submitted && completed > 100);
    CHECK(one(rig.qpair, io(READ, DATA_NSID, 0, 1, rig.memory)).error == ENXIO);
    begin = seconds();
    close_rig(&rig);
    CHECK(seconds() < begin + 2);
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
    double begin = seconds();
    n4j_qpair *another = NULL;
    CHECK(n4j_qpair_create(rig.ctrlr, 4, &another, text, sizeof(text)) < 0);
    close_rig(&rig);
    CHECK(seconds() < begin + 5);
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

static void check_machine(void) {
    char binary[PATH_MAX];
    if (!find_binary(binary, sizeof(binary))) {
        skip("no nvmf_tgt in $SPDK_DIR/bin, /opt/spdk/bin or PATH");
    }
    if (geteuid() != 0) {
        skip("only root may start nvmf_tgt and use hugepages here");
    }
    if (free_hugepage_mib() < NEEDED_MIB) {
        char why[128];
        snprintf(why, sizeof(why), "%ld MiB of hugepages are free, and the test takes %d",
                 free_hugepage_mib(), NEEDED_MIB);
        skip(why);
    }
    n4j_ctrlr *ctrlr = NULL;
    n4j_ctrlr_attach("trtype:VFIOUSER traddr:/nowhere", &ctrlr, text, sizeof(text));
    if (strstr(text, "built without") != NULL) {
        skip("nvme4j was built without SPDK");
    }
}

int main(void) {
    static const char *const trtypes[] = {"VFIOUSER", "TCP"};
    cpu_set_t before;
    cpu_set_t after;
    struct sigaction action = {.sa_handler = on_fault};
    sigaction(SIGBUS, &action, NULL);
    sched_getaffinity(0, sizeof(before), &before);
    if (mkdtemp(directory) == NULL) {
        failed("mkdtemp: %s", strerror(errno));
    }
    check_machine();
    start_target();
    bad_transport_ids_say_what_is_wrong();
    for (int i = 0; i < 2; i++) {
        double begin = seconds();
        identify_tells_what_was_configured(trtypes[i]);
        memory_is_translated_page_by_page(trtypes[i]);
        what_was_written_is_read_back(trtypes[i]);
        refused_commands_tell_their_status(trtypes[i]);
        every_record_completes_once(trtypes[i]);
        the_whole_depth_is_usable(trtypes[i]);
        a_killed_target_loses_no_command(trtypes[i]);
        a_dead_target_holds_up_nobody(trtypes[i]);
        printf("%s passed in %.1f s\n", trtypes[i], seconds() - begin);
    }
    faults_of_truncated_files_go_to_the_old_handler();
    sched_getaffinity(0, sizeof(after), &after);
    CHECK(CPU_EQUAL(&before, &after));
    finish(0);
}
