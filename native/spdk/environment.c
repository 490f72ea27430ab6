/* SPDX-License-Identifier: Apache-2.0 */

/* SPDK's environment (memory, PCI), started on the first attach and kept until the process ends. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <spdk/env.h>

#include "spdk_transport.h"
#include "worker.h"

/* Reserved at start, in MiB, where the options do not say how much. */
#define DEFAULT_MEMORY_MB 256
/* Less than this does not carry a controller and a queue pair. */
#define LEAST_MEMORY_MB 32

struct start {
    const struct n4j_options *options;
    unsigned long memory_mb;
    int code;
    struct n4j_spdk_log_lines lines;
};

static enum { NOT_STARTED, STARTED, FAILED } state;
static char failure[512];

/* What the environment was started with, once it was. */
static struct n4j_options running;

/*
 * SPDK takes this much at once, as one region. It takes more when that is used up, but a vfio-user
 * target is told of each further piece, and SPDK's client can tell it of 16.
 */
static int memory_size(unsigned long wanted, unsigned long *mb, struct n4j_error *error) {
    unsigned long free_mb = (unsigned long)(n4j_spdk_hugepages_free() >> 20);
    unsigned long need = wanted != 0 ? wanted : LEAST_MEMORY_MB;
    if (free_mb < need) {
        return n4j_fail(
            error, -ENOMEM,
            "SPDK needs %lu MiB of free hugepages, and the machine has %lu that it can "
            "use: as root, 'hugepages-setup/hugepages-setup reserve --count N' reserves "
            "more ('nvme4j doctor' says who holds those that there are)",
            need, free_mb);
    }
    if (wanted != 0) {
        *mb = need;
    } else {
        *mb = free_mb < DEFAULT_MEMORY_MB ? free_mb : DEFAULT_MEMORY_MB;
    }
    return 0;
}

/* A processor that this process may use: DPDK refuses any other, and needs one named. */
static int first_processor(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) != 0) {
        return 0;
    }
    int processor = 0;
    while (processor < CPU_SETSIZE - 1 && !CPU_ISSET(processor, &set)) {
        processor++;
    }
    return processor;
}

/* Whether the kernel tells this process where its memory is, which it does root alone. */
static bool knows_physical_addresses(void) {
    const uint64_t frame_number = (UINT64_C(1) << 55) - 1;
    uint64_t entry = 0;
    int file = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return false;
    }
    off_t place = (off_t)((uintptr_t)&entry / (uintptr_t)getpagesize() * sizeof(entry));
    bool known = pread(file, &entry, sizeof(entry), place) == (ssize_t)sizeof(entry) &&
                 (entry & frame_number) != 0;
    close(file);
    return known;
}

static void *start(void *argument) {
    struct start *attempt = argument;
    char cores[16];
    snprintf(cores, sizeof(cores), "[%d]", first_processor());

    struct spdk_env_opts opts;
    memset(&opts, 0, sizeof(opts));
    opts.opts_size = sizeof(opts);
    spdk_env_opts_init(&opts);
    opts.name = "nvme4j";
    opts.core_mask = cores;
    opts.mem_size = (int)attempt->memory_mb;
    if (attempt->options->shared_memory_id != N4J_NOT_SHARED) {
        opts.shm_id = attempt->options->shared_memory_id;
    }
    opts.hugepage_single_segments = true; /* vfio-user takes no more than one file */
    if (attempt->options->iova_mode[0] != '\0') {
        opts.iova_mode = attempt->options->iova_mode;
    } else if (!knows_physical_addresses()) {
        /* Without an IOMMU, SPDK would insist on physical ones, which no fabric needs. */
        opts.iova_mode = "va";
    }

    n4j_spdk_log_begin();
    attempt->code = spdk_env_init(&opts);
    n4j_spdk_log_save(&attempt->lines);
    return NULL;
}

/*
 * On a thread of its own: spdk_env_init pins the thread that calls it, and threads born of that one
 * later. As a worker, so that the threads that DPDK starts take no signals from the JVM either.
 */
static int start_on_own_thread(struct start *attempt) {
    pthread_t thread;
    int code = n4j_worker_start(&thread, start, attempt);
    if (code != 0) {
        return code;
    }
    pthread_join(thread, NULL);
    n4j_spdk_log_restore(&attempt->lines);
    return attempt->code < 0 ? attempt->code : 0;
}

/* What DPDK says, which is complaints alone at the level that SPDK sets, in one line. */
static void join_complaints(const char *text, char *joined, size_t size) {
    static const char prefix[] = "EAL: ";
    size_t used = 0;
    joined[0] = '\0';
    for (const char *line = text; line != NULL && *line != '\0' && used < size;) {
        const char *end = strchrnul(line, '\n');
        if (strncmp(line, prefix, sizeof(prefix) - 1) == 0) {
            line += sizeof(prefix) - 1;
            used += (size_t)snprintf(joined + used, size - used, "%s%.*s", used == 0 ? "" : "; ",
                                     (int)(end - line), line);
        }
        line = *end == '\0' ? NULL : end + 1;
    }
}

/* SPDK's first error, but for DPDK's where it says only that DPDK failed. */
static void find_reason(const struct n4j_spdk_log_lines *lines, char *reason, size_t size) {
    join_complaints(lines->text, reason, size);
    const bool is_vague = strncmp(lines->error, "Failed to initialize DPDK", 25) == 0;
    if (lines->error[0] != '\0' && (reason[0] == '\0' || !is_vague)) {
        snprintf(reason, size, "%s", lines->error);
    }
}

static void remember(const struct start *attempt) {
    running = *attempt->options;
    running.memory_mb = (int32_t)attempt->memory_mb;
    snprintf(running.iova_mode, sizeof(running.iova_mode), "%s",
             rte_eal_iova_mode() == RTE_IOVA_PA ? "pa" : "va");
}

static int too_late(const char *running_with, const char *wanted, struct n4j_error *error) {
    return n4j_fail(error, -EALREADY,
                    "SPDK runs in this process since the first attach, with %s: it can't have %s "
                    "any more (give every attach the same options, or none)",
                    running_with, wanted);
}

static int shared_too_late(int32_t wanted, struct n4j_error *error) {
    char with[64] = "no shared memory";
    char want[64];
    if (running.shared_memory_id != N4J_NOT_SHARED) {
        snprintf(with, sizeof(with), "shared memory %d", running.shared_memory_id);
    }
    snprintf(want, sizeof(want), "shared memory %d", wanted);
    return too_late(with, want, error);
}

/* What SPDK runs with holds for all who come later. */
static int check_running(const struct n4j_options *wanted, struct n4j_error *error) {
    if (wanted->memory_mb != 0 && wanted->memory_mb != running.memory_mb) {
        char with[64];
        char want[64];
        snprintf(with, sizeof(with), "%d MiB of hugepages", running.memory_mb);
        snprintf(want, sizeof(want), "%d MiB", wanted->memory_mb);
        return too_late(with, want, error);
    }
    if (wanted->shared_memory_id != N4J_NOT_SHARED &&
        wanted->shared_memory_id != running.shared_memory_id) {
        return shared_too_late(wanted->shared_memory_id, error);
    }
    if (wanted->iova_mode[0] != '\0' && strcmp(wanted->iova_mode, running.iova_mode) != 0) {
        return strcmp(running.iova_mode, "pa") == 0
                   ? too_late("physical addresses as IOVAs", "virtual ones", error)
                   : too_late("virtual addresses as IOVAs", "physical ones", error);
    }
    return 0;
}

static int start_with(struct start *attempt, struct n4j_error *error) {
    n4j_spdk_exit_prepare();
    int code = start_on_own_thread(attempt);
    n4j_spdk_hugepages_unlink();
    if (code != 0) {
        char reason[400];
        find_reason(&attempt->lines, reason, sizeof(reason));
        state = FAILED;
        snprintf(
            failure, sizeof(failure),
            "SPDK's environment does not start with %lu MiB: %s ('nvme4j doctor' looks for the "
            "cause)",
            attempt->memory_mb, reason);
        return n4j_fail(error, code, "%s", failure);
    }
    remember(attempt);
    state = STARTED;
    return 0;
}

int n4j_spdk_environment_start(const struct n4j_options *options, struct n4j_error *error) {
    if (state == STARTED) {
        return check_running(options, error);
    }
    /* DPDK can be started once in a process, whether that succeeds or not. */
    if (state == FAILED) {
        return n4j_fail(error, -ENODEV, "%s (restart the program after mending that)", failure);
    }
    struct start attempt = {.options = options};
    int code = n4j_spdk_hugepages_accessible(error);
    if (code == 0) {
        code = memory_size((unsigned long)options->memory_mb, &attempt.memory_mb, error);
    }
    return code == 0 ? start_with(&attempt, error) : code;
}
