/* SPDX-License-Identifier: Apache-2.0 */

/* Power, registers and state of the controller (Base, "Controller Properties", "Controller
 * Initialization", "Shutdown"). */
#include "device/controller.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "device/device.h"

/* CAP.TO in units of 500 ms: an fdatasync at shutdown may take its time. */
#define TIMEOUT_UNITS 120u

static void set_csts(struct device *device, uint32_t clear, uint32_t set) {
    _Atomic uint32_t *csts = &device->bar.registers.csts;
    atomic_fetch_and(csts, ~clear);
    atomic_fetch_or(csts, set);
}

void device_fail(struct device *device) {
    set_csts(device, 0, NVME_CSTS_CFS);
}

static bool has_failed(const struct device *device) {
    return (atomic_load_explicit(&device->bar.registers.csts, memory_order_relaxed) &
            NVME_CSTS_CFS) != 0;
}

static void close_queues(struct device *device) {
    for (unsigned qid = 0; qid < DEVICE_QUEUES; qid++) {
        if (atomic_load(&device->live[qid])) {
            submission_queue_close(device, qid);
        }
        device->cq[qid].exists = false;
    }
}

/* Whether what the host has set up before it enables the controller can work. */
static bool open_admin_queue(struct device *device, uint32_t cc) {
    const struct nvme_registers *registers = &device->bar.registers;
    const uint32_t aqa = atomic_load(&registers->aqa);
    const uint64_t asq = atomic_load(&registers->asq);
    const uint64_t acq = atomic_load(&registers->acq);
    const uint32_t sq_size = NVME_AQA_ASQS(aqa) + 1;
    const uint32_t cq_size = NVME_AQA_ACQS(aqa) + 1;
    if (NVME_CC_MPS(cc) != 0 || NVME_CC_CSS(cc) != 0 || NVME_CC_AMS(cc) != 0 || sq_size < 2 ||
        cq_size < 2 || ((asq | acq) & NVME_PAGE_MASK) != 0 ||
        !queue_memory_is_mapped(device, asq, (uint64_t)sq_size << NVME_SQE_SHIFT) ||
        !queue_memory_is_mapped(device, acq, (uint64_t)cq_size << NVME_CQE_SHIFT)) {
        return false;
    }
    completion_queue_open(device, 0, acq, cq_size);
    return submission_queue_open(device, 0, asq, sq_size, 0);
}

static void enable(struct device *device, uint32_t cc) {
    features_reset(device);
    async_events_reset(device);
    if (open_admin_queue(device, cc)) {
        set_csts(device, NVME_CSTS_SHST_MASK, NVME_CSTS_RDY);
    } else {
        device_fail(device);
    }
}

/* Controller Reset: nothing is left of the queues, and no command runs any more. */
static void disable(struct device *device) {
    close_queues(device);
    set_csts(device, NVME_CSTS_RDY | NVME_CSTS_CFS, 0);
}

static void shut_down(struct device *device) {
    for (uint32_t i = 0; i < device->namespace_count; i++) {
        namespace_sync(&device->namespaces[i]);
    }
    set_csts(device, NVME_CSTS_SHST_MASK, NVME_CSTS_SHST_COMPLETE);
}

/* Acts on what the host has changed in CC. */
static void run_registers(struct device *device) {
    const uint32_t cc = atomic_load(&device->bar.registers.cc);
    const uint32_t changed = cc ^ device->cc;
    if (changed == 0) {
        return;
    }
    device->cc = cc;
    if ((changed & NVME_CC_EN) != 0) {
        if ((cc & NVME_CC_EN) != 0) {
            enable(device, cc);
        } else {
            disable(device);
        }
    }
    if ((changed & NVME_CC_SHN_MASK) != 0 && NVME_CC_SHN(cc) != 0) {
        shut_down(device);
    }
}

unsigned device_run_registers_and_admin(struct device *device) {
    run_registers(device);
    if (!atomic_load_explicit(&device->live[0], memory_order_relaxed) || has_failed(device)) {
        return 0;
    }
    async_events_deliver(device);
    return submission_queue_run(device, &device->sq[0]);
}

void device_run_admin(struct device *device) {
    iova_reader_enter(device->iova, 0);
    device_run_registers_and_admin(device);
    iova_reader_leave(device->iova, 0);
}

void device_run_queue(struct device *device, unsigned qid) {
    iova_reader_enter(device->iova, qid);
    /* Sequentially consistent: submission_queue_close clears it, then waits for this reader. */
    if (atomic_load(&device->live[qid]) && !has_failed(device)) {
        submission_queue_run(device, &device->sq[qid]);
    }
    iova_reader_leave(device->iova, qid);
}

bool device_has_foreign_data(const struct device *device) {
    return device->namespaces[0].is_foreign; /* where a file is one, there is no other */
}

struct nvme_registers *device_registers(struct device *device) {
    return &device->bar.registers;
}

static void *zeroed(size_t size) {
    void *memory = aligned_alloc(CACHE_LINE, size);
    return memory == NULL ? NULL : memset(memory, 0, size);
}

static void free_device(struct device *device, bool discard) {
    for (unsigned qid = 0; device->sq != NULL && qid < DEVICE_QUEUES; qid++) {
        delays_close(&device->sq[qid].delays);
    }
    for (uint32_t i = 0; i < device->namespace_count; i++) {
        namespace_close(&device->namespaces[i], discard);
    }
    free(device->namespaces);
    free(device->sq);
    free(device->cq);
    free(device);
}

static struct device *allocate_device(const struct config *config) {
    struct device *device = zeroed(sizeof(*device));
    if (device == NULL) {
        return NULL;
    }
    device->sq = zeroed(DEVICE_QUEUES * sizeof(*device->sq));
    device->cq = zeroed(DEVICE_QUEUES * sizeof(*device->cq));
    device->namespaces = calloc(config->namespaces, sizeof(*device->namespaces));
    if (device->sq == NULL || device->cq == NULL || device->namespaces == NULL) {
        free_device(device, false);
        return NULL;
    }
    return device;
}

static void set_limits(struct device *device, const struct config *config) {
    static const enum sgl_support sgls[] = {
        [CONFIG_SGL_NONE] = SGL_UNSUPPORTED,
        [CONFIG_SGL_DWORD] = SGL_DWORD,
        [CONFIG_SGL_BYTE] = SGL_BYTE,
    };
    device->mdts = config->mdts;
    device->transfer_max =
        config->mdts == 0 ? UINT64_MAX : (uint64_t)NVME_PAGE_SIZE << config->mdts;
    device->sgl_support = sgls[config->sgl];
    device->is_threaded = config->threaded;
    device->delay_rules = (struct delay_rules){
        .latency_ns = config->latency_ns,
        .slow_latency_ns = config->slow_latency_ns,
        .slow_share = config->slow_share,
        .seed = config->seed,
    };
    atomic_store(&device->bar.registers.cap,
                 DEVICE_MQES | NVME_CAP_CQR | (uint64_t)TIMEOUT_UNITS << NVME_CAP_TO_SHIFT |
                     (uint64_t)DEVICE_DSTRD << NVME_CAP_DSTRD_SHIFT | NVME_CAP_CSS_NVM);
    atomic_store(&device->bar.registers.vs, NVME_VS_2_0);
}

static uint64_t now_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec;
}

int device_create(const struct config *config, struct iova_table *iova, struct device **created,
                  struct n4j_error *error) {
    struct device *device = allocate_device(config);
    if (device == NULL) {
        return n4j_fail(error, -ENOMEM, "out of memory");
    }
    device->iova = iova;
    device->power_on_seconds = now_seconds();
    set_limits(device, config);
    error_log_open(&device->errors);
    while (device->namespace_count < config->namespaces) {
        struct namespace *ns = &device->namespaces[device->namespace_count];
        int code = namespace_open(ns, config, error);
        if (code != 0) {
            free_device(device, true);
            return code;
        }
        device->namespace_count++;
        device->has_volatile_cache = ns->medium->has_volatile_cache;
    }
    int code = config->threaded ? device_thread_start(device) : 0;
    if (code != 0) {
        free_device(device, true);
        return n4j_fail(error, code, "can't start the controller's thread: %s", strerror(-code));
    }
    *created = device;
    return 0;
}

void device_destroy(struct device *device, bool discard) {
    if (device == NULL) {
        return;
    }
    if (device->is_threaded) {
        device_thread_stop(device);
    }
    free_device(device, discard);
}
