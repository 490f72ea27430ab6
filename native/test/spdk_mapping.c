/* SPDX-License-Identifier: Apache-2.0 */

/*
 * spdk_mapping: nanoseconds that SPDK's own driver takes to make the data pointer of a transfer. That is
 * what the submission of a command with a buffer takes more than that of one without, over batches of
 * both in turns; the median of many. I/O commands get an SGL descriptor, as vfio-user targets take
 * SGLs; admin commands get PRPs, always.
 *
 * SPDK is called without the shim, which would refuse more than vfio-user's 128 KiB. The commands move
 * no data: SPDK makes a pointer for whatever has a buffer, and the target doesn't look at it.
 */
#include <stdio.h>
#include <stdlib.h>

#include <spdk/env.h>
#include <spdk/nvme.h>

#include "spdk_rig.h"

#define PAGE 4096u
#define BATCH 30u /* the admin queue has 31 */
#define ROUNDS 2001
#define MEMORY_MIB 128

static const uint32_t sizes[] = {4096, 16384, 131072, 1048576};

static struct spdk_nvme_ctrlr *ctrlr;
static struct spdk_nvme_qpair *qpair;
static uint8_t *memory;

static void start_environment(void) {
    struct spdk_env_opts opts;
    memset(&opts, 0, sizeof(opts));
    opts.opts_size = sizeof(opts);
    spdk_env_opts_init(&opts);
    opts.name = "spdk_mapping";
    opts.core_mask = "0x2"; /* the target has the first core */
    opts.mem_size = MEMORY_MIB;
    opts.hugepage_single_segments = true; /* vfio-user takes no more than one file */
    opts.no_pci = true;
    CHECK(spdk_env_init(&opts) == 0);
}

static void connect_qpair(void) {
    struct spdk_nvme_transport_id id = {0};
    struct spdk_nvme_io_qpair_opts opts;
    CHECK(spdk_nvme_transport_id_parse(&id, transport_id("VFIOUSER")) == 0);
    ctrlr = spdk_nvme_connect(&id, NULL, 0);
    CHECK(ctrlr != NULL);
    spdk_nvme_ctrlr_get_default_io_qpair_opts(ctrlr, &opts, sizeof(opts));
    opts.io_queue_size = 2 * BATCH;
    opts.io_queue_requests = 4 * BATCH;
    opts.delay_cmd_submit = true; /* the doorbell is rung when completions are asked for */
    qpair = spdk_nvme_ctrlr_alloc_io_qpair(ctrlr, &opts, sizeof(opts));
    CHECK(qpair != NULL);
}

static void completed(void *left, const struct spdk_nvme_cpl *completion) {
    CHECK(!spdk_nvme_cpl_is_error(completion));
    --*(unsigned *)left;
}

static int submit_io(void *data, uint32_t size, unsigned *left) {
    struct spdk_nvme_cmd command = {.opc = SPDK_NVME_OPC_FLUSH, .nsid = NULL_NSID};
    return spdk_nvme_ctrlr_cmd_io_raw(ctrlr, qpair, &command, data, size, completed, left);
}

static int submit_admin(void *data, uint32_t size, unsigned *left) {
    struct spdk_nvme_cmd command = {.opc = SPDK_NVME_OPC_KEEP_ALIVE};
    return spdk_nvme_ctrlr_cmd_admin_raw(ctrlr, &command, data, size, completed, left);
}

typedef int (*submission)(void *data, uint32_t size, unsigned *left);

/* What the calls that submit a batch take, a command; with buffers of `size` bytes, or none for 0. */
static double submit(submission one_command, uint32_t size) {
    unsigned left = BATCH;
    const double started = seconds();
    for (unsigned i = 0; i < BATCH; i++) {
        void *data = size == 0 ? NULL : memory + i * (size_t)PAGE;
        CHECK(one_command(data, size, &left) == 0);
    }
    const double ns = 1e9 * (seconds() - started) / BATCH;
    while (left > 0) {
        CHECK(spdk_nvme_qpair_process_completions(qpair, 0) >= 0);
        CHECK(spdk_nvme_ctrlr_process_admin_completions(ctrlr) >= 0);
    }
    return ns;
}

static int compare(const void *left, const void *right) {
    const double difference = *(const double *)left - *(const double *)right;
    return (difference > 0) - (difference < 0);
}

static double median_of_differences(submission one_command, uint32_t size) {
    static double differences[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        differences[i] = submit(one_command, size) - submit(one_command, 0);
    }
    qsort(differences, ROUNDS, sizeof(differences[0]), compare);
    return differences[ROUNDS / 2];
}

int main(void) {
    begin();
    start_environment();
    connect_qpair();
    const size_t last = sizeof(sizes) / sizeof(sizes[0]) - 1;
    memory = spdk_zmalloc(sizes[last] + BATCH * (size_t)PAGE, PAGE, NULL, SPDK_ENV_NUMA_ID_ANY,
                          SPDK_MALLOC_DMA);
    CHECK(memory != NULL);
    median_of_differences(submit_io, PAGE); /* caches are cold, and the processor slow */
    for (size_t i = 0; i <= last; i++) {
        printf("SPDK-PRP %u %.2f\n", sizes[i], median_of_differences(submit_admin, sizes[i]));
        printf("SPDK-SGL %u %.2f\n", sizes[i], median_of_differences(submit_io, sizes[i]));
    }
    spdk_free(memory);
    spdk_nvme_ctrlr_free_io_qpair(qpair);
    spdk_nvme_detach(ctrlr);
    finish(0);
}
