/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE

#include "spdk_rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "admin.h"

#define SKIPPED 77
#define TARGET_MIB 512
#define NEEDED_MIB (TARGET_MIB + 256)

char text[512];
char directory[64] = "/tmp/nvme4j-spdk-XXXXXX";
pid_t target;
bool has_slow_namespace;
int tcp_port;

void stop_target(void) {
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

void finish(int code) {
    stop_target();
    remove_directory();
    exit(code);
}

void __attribute__((format(printf, 1, 2), noreturn)) failed(const char *format, ...) {
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

double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

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

int free_port(void) {
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

/* Two seconds for each command: while they last, the target does not shut its controllers down. */
static const char slow_bdev[] =
    ",{\"method\":\"bdev_null_create\",\"params\":{\"name\":\"Base\",\"num_blocks\":131072,"
    "\"block_size\":512}},"
    "{\"method\":\"bdev_delay_create\",\"params\":{\"name\":\"Slow\",\"base_bdev_name\":\"Base\","
    "\"avg_read_latency\":2000000,\"p99_read_latency\":2000000,"
    "\"avg_write_latency\":2000000,\"p99_write_latency\":2000000}}";
static const char slow_namespace[] =
    "{\"method\":\"nvmf_subsystem_add_ns\",\"params\":{\"nqn\":\"" NQN
    "\",\"namespace\":{\"bdev_name\":\"Slow\",\"nsid\":3}}},";

static void write_config(const char *path) {
    FILE *file = fopen(path, "we");
    CHECK(file != NULL);
    fprintf(file,
            "{\"subsystems\":[{\"subsystem\":\"bdev\",\"config\":["
            "{\"method\":\"bdev_malloc_create\",\"params\":{\"name\":\"Data\",\"num_blocks\":%d,"
            "\"block_size\":%d}},"
            "{\"method\":\"bdev_null_create\",\"params\":{\"name\":\"Null\",\"num_blocks\":%d,"
            "\"block_size\":%d}}%s]},"
            "{\"subsystem\":\"nvmf\",\"config\":["
            "{\"method\":\"nvmf_create_transport\",\"params\":{\"trtype\":\"VFIOUSER\"}},"
            "{\"method\":\"nvmf_create_transport\",\"params\":{\"trtype\":\"TCP\"}},"
            "{\"method\":\"nvmf_create_subsystem\",\"params\":{\"nqn\":\"" NQN
            "\",\"allow_any_host\":true,\"serial_number\":\"" SERIAL "\"}},"
            "{\"method\":\"nvmf_subsystem_add_ns\",\"params\":{\"nqn\":\"" NQN
            "\",\"namespace\":{\"bdev_name\":\"Data\",\"nsid\":%d}}},"
            "{\"method\":\"nvmf_subsystem_add_ns\",\"params\":{\"nqn\":\"" NQN
            "\",\"namespace\":{\"bdev_name\":\"Null\",\"nsid\":%d}}},%s"
            "{\"method\":\"nvmf_subsystem_add_listener\",\"params\":{\"nqn\":\"" NQN
            "\",\"listen_address\":{\"trtype\":\"VFIOUSER\",\"traddr\":\"%s\"}}},"
            "{\"method\":\"nvmf_subsystem_add_listener\",\"params\":{\"nqn\":\"" NQN
            "\",\"listen_address\":{\"trtype\":\"TCP\",\"adrfam\":\"IPv4\","
            "\"traddr\":\"127.0.0.1\",\"trsvcid\":\"%d\"}}}]}]}\n",
            BLOCKS, BLOCK, BLOCKS, BLOCK, has_slow_namespace ? slow_bdev : "", DATA_NSID, NULL_NSID,
            has_slow_namespace ? slow_namespace : "", directory, tcp_port);
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

void start_target(void) {
    start_target_at(free_port());
}

void start_target_at(int port) {
    char binary[PATH_MAX];
    char config[PATH_MAX];
    char control[PATH_MAX];
    CHECK(find_binary(binary, sizeof(binary)));
    snprintf(config, sizeof(config), "%s/config.json", directory);
    snprintf(control, sizeof(control), "%s/cntrl", directory);
    unlink(control);
    tcp_port = port;
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

const char *transport_id(const char *trtype) {
    static char id[256];
    if (strcmp(trtype, "TCP") == 0) {
        snprintf(id, sizeof(id), "trtype:TCP traddr:127.0.0.1 trsvcid:%d subnqn:" NQN " ns:1",
                 tcp_port);
    } else {
        snprintf(id, sizeof(id), "trtype:VFIOUSER traddr:%s subnqn:" NQN, directory);
    }
    return id;
}

n4j_ctrlr *attach(const char *id) {
    n4j_ctrlr *ctrlr = NULL;
    text[0] = '\0';
    CHECK(n4j_ctrlr_attach(id, NULL, &ctrlr, text, sizeof(text)) == 0);
    return ctrlr;
}

void must_not_attach(const char *id, int code, const char *says) {
    n4j_ctrlr *ctrlr = NULL;
    text[0] = '\0';
    int got = n4j_ctrlr_attach(id, NULL, &ctrlr, text, sizeof(text));
    if (got != code || strstr(text, says) == NULL) {
        failed("%s: got %d and \"%s\", not %d and \"%s\"", id, got, text, code, says);
    }
    CHECK(strchr(text, '\n') == NULL);
}

void *allocate(n4j_ctrlr *ctrlr, uint64_t length) {
    void *memory = NULL;
    uint32_t kind = UINT32_MAX;
    CHECK(n4j_mem_alloc(ctrlr, length, 4096, N4J_NUMA_ANY, 0, &memory, &kind, text, sizeof(text)) ==
          0);
    CHECK(kind == N4J_MEM_KIND_HUGEPAGE && (uintptr_t)memory % 4096 == 0);
    return memory;
}

struct rig open_rig(const char *trtype, uint32_t depth, uint32_t bytes_each) {
    struct rig rig = {.ctrlr = attach(transport_id(trtype)), .depth = depth};
    CHECK(n4j_qpair_create(rig.ctrlr, depth, 0, &rig.qpair, text, sizeof(text)) == 0);
    rig.memory = allocate(rig.ctrlr, (uint64_t)depth * bytes_each);
    return rig;
}

void close_rig(struct rig *rig) {
    CHECK(n4j_ctrlr_detach(rig->ctrlr, text, sizeof(text)) == -EBUSY);
    CHECK(n4j_qpair_destroy(rig->qpair) == 0);
    CHECK(n4j_mem_free(rig->ctrlr, rig->memory) == 0);
    CHECK(n4j_ctrlr_detach(rig->ctrlr, text, sizeof(text)) == 0);
}

n4j_submission io(uint8_t opc, uint32_t nsid, uint64_t slba, uint32_t blocks, void *data) {
    return (n4j_submission){.opc = opc,
                            .nsid = nsid,
                            .cdw10 = (uint32_t)slba,
                            .cdw11 = (uint32_t)(slba >> 32),
                            .cdw12 = blocks - 1,
                            .data = (uintptr_t)data,
                            .data_length = blocks * BLOCK,
                            .data_form = N4J_DATA_CONTIGUOUS};
}

n4j_completion one(n4j_qpair *qpair, n4j_submission submission) {
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

int status_code(n4j_completion completion) {
    if (completion.error != 0) {
        failed("errno %d, not a status", completion.error);
    }
    return completion.status & 0x7ff; /* SCT and SC */
}

void identify(n4j_ctrlr *ctrlr, uint8_t cns, uint32_t nsid, uint8_t *page) {
    n4j_submission submission = {.opc = IDENTIFY,
                                 .nsid = nsid,
                                 .cdw10 = cns,
                                 .data = (uintptr_t)page,
                                 .data_length = 4096,
                                 .data_form = N4J_DATA_CONTIGUOUS};
    n4j_completion completion;
    CHECK(admin(ctrlr, &submission, &completion, 5000) == 0);
    CHECK(completion.status == 0 && completion.error == 0);
}

void fill(uint8_t *data, uint32_t length, uint64_t lba, uint32_t generation) {
    for (uint32_t i = 0; i < length; i += 8) {
        uint64_t word = (lba + i / BLOCK) * 0x9e3779b97f4a7c15 + generation + i % BLOCK;
        memcpy(data + i, &word, sizeof(word));
    }
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
    n4j_ctrlr_attach("trtype:VFIOUSER traddr:/nowhere", NULL, &ctrlr, text, sizeof(text));
    if (strstr(text, "built without") != NULL) {
        skip("nvme4j was built without SPDK");
    }
}

void begin(void) {
    if (mkdtemp(directory) == NULL) {
        failed("mkdtemp: %s", strerror(errno));
    }
    check_machine();
    start_target();
}
