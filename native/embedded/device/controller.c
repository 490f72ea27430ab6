/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the host has the controller do by its registers (Base, "Controller Initialization", "Shutdown"),
 * and by lending it its thread.
 */
#include "device/controller.h"

#include "clock.h"
#include "device/breakdown.h"
#include "device/device.h"
#include "device/drive.h"
#include "device/namespace.h"
#include "device/watch.h"

static void close_queues(struct device *device) {
    for (unsigned qid = 0; qid < DEVICE_QUEUES; qid++) {
        if (atomic_load(&device->live[qid])) {
            submission_queue_close(device, qid);
        }
    }
    for (unsigned cqid = 0; cqid < DEVICE_QUEUES; cqid++) {
        if (device->cq[cqid].exists) {
            completion_queue_close(device, cqid);
        }
    }
}

/* Whether what the host has set up before it enables the controller can work. */
static bool open_admin_queue(struct device *device, uint32_t cc) {
    const struct nvme_registers *registers = &device->bar->registers;
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
    completion_queue_open(device, 0, acq, cq_size, 0);
    return submission_queue_open(device, 0, asq, sq_size, 0);
}

/* Power has come back while the controller was there. */
static void start_again(struct device *device) {
    device->powerings = atomic_load(&device->drive->powerings);
    for (uint32_t i = 0; i < device->namespace_count; i++) {
        namespace_power_on(&device->namespaces[i]);
    }
}

/* It is so at once, or as faults have it. */
static void become_ready(struct device *device) {
    struct faults *faults = device->drive->faults;
    const struct fault none = {0};
    const struct fault fault = faults == NULL ? none : faults_meet_enabling(faults);
    device_set_csts(device, NVME_CSTS_SHST_MASK, 0);
    if (config_effect_is_of_controller(fault.effect.kind)) {
        breakdown_begin(device, &fault.effect);
    }
    if (fault.is_stuck || fault.slow_ns != 0) {
        device->ready_ns = fault.is_stuck ? UINT64_MAX : n4j_now_ns() + fault.slow_ns;
    } else if (!device_is_stopped(device)) {
        device_set_csts(device, 0, NVME_CSTS_RDY);
    }
}

static void check_ready(struct device *device) {
    if (device->ready_ns != 0 && n4j_now_ns() >= device->ready_ns) {
        device->ready_ns = 0;
        device_set_csts(device, 0, NVME_CSTS_RDY);
    }
}

static void enable(struct device *device, uint32_t cc) {
    if (drive_is_off(device->drive)) {
        device_fail(device);
        return;
    }
    if (device->powerings != atomic_load(&device->drive->powerings)) {
        start_again(device);
    }
    features_reset(device);
    async_events_reset(device);
    doorbells_clear(device);
    for (uint32_t i = 0; i < device->namespace_count; i++) {
        namespace_use(&device->namespaces[i], true);
    }
    if (open_admin_queue(device, cc)) {
        become_ready(device);
    } else {
        device_fail(device);
    }
}

/*
 * Controller Reset: nothing is left of the queues, and no command runs any more. Of the registers, the
 * admin queue's keep their values (Base, "Controller Level Reset"); CC does, too, where the host has
 * written it again.
 */
static void disable(struct device *device, uint32_t cc) {
    struct nvme_registers *registers = &device->bar->registers;
    close_queues(device);
    device->ready_ns = 0;
    if ((cc & NVME_CC_EN) == 0) {
        atomic_compare_exchange_strong(&registers->cc, &cc, 0);
    }
    atomic_store(&registers->intms, 0);
    atomic_store(&registers->intmc, 0);
    device_set_csts(device, NVME_CSTS_RDY | NVME_CSTS_CFS | NVME_CSTS_SHST_MASK, 0);
}

/* No command is being executed when it is complete, nor is any from then on. */
static void shut_down(struct device *device) {
    device_set_csts(device, NVME_CSTS_SHST_MASK, NVME_CSTS_SHST_OCCURRING);
    for (unsigned qid = 1; qid < DEVICE_QUEUES; qid++) {
        iova_reader_quiesce(device->iova, qid);
    }
    if (drive_is_off(device->drive)) {
        return; /* nobody is there to complete it */
    }
    for (uint32_t i = 0; i < device->namespace_count; i++) {
        namespace_sync(&device->namespaces[i]);
        namespace_use(&device->namespaces[i], false);
    }
    if (device->watch != NULL) {
        watch_shut_down(device->watch);
    }
    device_set_csts(device, NVME_CSTS_SHST_MASK, NVME_CSTS_SHST_COMPLETE);
}

/* It is back: nothing is left of what it was before it was removed. */
static void come_back(struct device *device) {
    close_queues(device);
    doorbells_clear(device);
    device->cc = 0;
    device->ready_ns = 0;
    device->disables_seen = atomic_load(&device->disables);
    breakdown_end(device);
    registers_power_on(device); /* last: it is what the host sees */
}

void device_write_cc(struct device *device, uint32_t cc) {
    if (breakdown_presence(device) != PRESENT) {
        return;
    }
    const uint32_t old = atomic_exchange(&device->bar->registers.cc, cc);
    if ((old & ~cc & NVME_CC_EN) != 0) {
        atomic_fetch_add(&device->disables, 1);
    }
}

/* Acts on what the host has changed in CC. */
static void run_cc(struct device *device) {
    const unsigned disables = atomic_load(&device->disables);
    const uint32_t cc = atomic_load(&device->bar->registers.cc);
    const bool is_disabled = disables != device->disables_seen || (cc & NVME_CC_EN) == 0;
    device->disables_seen = disables;
    if ((device->cc & NVME_CC_EN) != 0 && is_disabled) {
        disable(device, cc);
        device->cc = 0;
        return; /* the rest is for the next look: CC may be another by now */
    }
    const uint32_t changed = cc ^ device->cc;
    device->cc = cc;
    if ((changed & cc & NVME_CC_EN) != 0) {
        enable(device, cc);
    }
    if ((changed & NVME_CC_SHN_MASK) != 0 && NVME_CC_SHN(cc) != 0) {
        shut_down(device);
    }
}

static void run_registers(struct device *device) {
    const enum presence presence = breakdown_presence(device);
    if (presence == RETURNED) {
        come_back(device);
    } else if (presence == PRESENT) {
        run_cc(device);
        check_ready(device);
    }
}

unsigned device_run_registers_and_admin(struct device *device) {
    run_registers(device);
    if (!atomic_load_explicit(&device->live[0], memory_order_relaxed) ||
        device_is_stopped(device) || device->ready_ns != 0) {
        return 0;
    }
    const unsigned executed = submission_queue_run(device, &device->sq[0]);
    async_events_deliver(device);
    keep_alive_check(device);
    return executed;
}

void device_run_admin(struct device *device) {
    iova_reader_enter(device->iova, 0);
    for (unsigned qid = 1; qid < DEVICE_QUEUES; qid++) {
        doorbells_check_unused(device, qid);
    }
    device_run_registers_and_admin(device);
    iova_reader_leave(device->iova, 0);
}

/* Where other submission queues complete in the same queue, their threads take turns. */
static void run_shared(struct device *device, struct submission_queue *sq) {
    struct completion_queue *cq = sq->cq;
    const bool is_shared = atomic_load_explicit(&cq->is_shared, memory_order_relaxed);
    if (is_shared) {
        pthread_mutex_lock(&cq->lock);
    }
    submission_queue_run(device, sq);
    if (is_shared) {
        pthread_mutex_unlock(&cq->lock);
    }
}

void device_run_queue(struct device *device, unsigned qid) {
    iova_reader_enter(device->iova, qid);
    /* Sequentially consistent: submission_queue_close clears it, then waits for this reader. */
    if (atomic_load(&device->live[qid]) && !device_is_stopped(device)) {
        run_shared(device, &device->sq[qid]);
    }
    iova_reader_leave(device->iova, qid);
}

bool device_has_foreign_data(const struct device *device) {
    return device->namespaces[0].is_foreign; /* where a file is one, there is no other */
}

const char *device_subnqn(const struct device *device) {
    return device->identity.subnqn;
}

struct nvme_registers *device_registers(struct device *device) {
    return &device->bar->registers;
}
