/* SPDX-License-Identifier: Apache-2.0 */

/* What the driver does by the controller's registers alone (Base, "Controller Properties"). */
#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <time.h>

#include "clock.h"
#include "host/host.h"

#define ROUNDS_AWAKE 1000u
#define NAP_NS 50000

#define TIMEOUT_UNIT_MS 500u

#define ALL_ONES UINT32_MAX /* what is read where there is no controller */

uint32_t host_doorbell_pairs(uint64_t cap) {
    const uint32_t stride = 4u << NVME_CAP_DSTRD(cap);
    const uint32_t pairs =
        (DEVICE_BAR_SIZE - (uint32_t)sizeof(struct nvme_registers)) / (2 * stride);
    return pairs == 0 ? 0 : pairs - 1; /* the first is the admin queue's */
}

static int check_cap(uint64_t cap, struct n4j_error *error) {
    if ((cap & NVME_CAP_CSS_NVM) == 0) {
        return n4j_fail(error, -EIO, "the controller has no NVM Command Set (CAP.CSS)");
    }
    if (NVME_CAP_MPSMIN(cap) != 0) {
        return n4j_fail(error, -EIO,
                        "the controller wants memory pages of %u KiB or more, not 4 (CAP.MPSMIN)",
                        4u << NVME_CAP_MPSMIN(cap));
    }
    if (NVME_CAP_MQES(cap) == 0) {
        return n4j_fail(error, -EIO, "the controller's queues have room for nothing (CAP.MQES)");
    }
    if (host_doorbell_pairs(cap) == 0) {
        return n4j_fail(error, -EIO,
                        "the controller's doorbells lie outside of its memory (CAP.DSTRD)");
    }
    return 0;
}

int host_learn(struct host *host, struct n4j_error *error) {
    const uint64_t cap = atomic_load(&host->registers->cap);
    if (cap == UINT64_MAX || atomic_load(&host->registers->csts) == ALL_ONES) {
        return n4j_fail(error, -ENXIO, "the controller is gone: its registers read all ones");
    }
    host->cap = cap;
    host->vs = atomic_load(&host->registers->vs);
    return check_cap(cap, error);
}

/* A controller that claims to need no time at all has some. */
uint32_t host_timeout_ms(const struct host *host) {
    const uint32_t units = NVME_CAP_TO(host->cap);
    return (units == 0 ? 1 : units) * TIMEOUT_UNIT_MS;
}

void host_wait(struct host *host, unsigned *rounds) {
    if (!host->config.threaded) {
        device_run_admin(host->device);
    }
    if (*rounds >= ROUNDS_AWAKE) {
        const struct timespec nap = {0, NAP_NS};
        nanosleep(&nap, NULL);
    } else if (host->config.threaded) {
        sched_yield();
    }
    ++*rounds;
}

uint32_t host_aqa(const struct host *host) {
    const uint32_t entries = host->admin.rings.size - 1;
    return entries | entries << NVME_AQA_ACQS_SHIFT;
}

/* It was gone for a time, and no longer knows all that was written when it was enabled. */
static bool has_forgotten(const struct host *host) {
    const struct nvme_registers *registers = host->registers;
    return (atomic_load(&registers->cc) & NVME_CC_EN) == 0 ||
           atomic_load(&registers->aqa) != host_aqa(host) ||
           atomic_load(&registers->asq) != host->admin.rings.sq_iova ||
           atomic_load(&registers->acq) != host->admin.rings.cq_iova;
}

int host_wait_csts(struct host *host, uint32_t mask, uint32_t value) {
    const uint64_t deadline_ms = n4j_now_ms() + host_timeout_ms(host);
    for (unsigned rounds = 0;;) {
        host_wait(host, &rounds);
        const uint32_t csts = atomic_load(&host->registers->csts);
        if (csts == ALL_ONES || (value != 0 && has_forgotten(host))) { /* what is off sets no bit */
            return -ENXIO;
        }
        if ((csts & mask) == value) {
            return 0;
        }
        if ((csts & NVME_CSTS_CFS & ~mask) != 0) {
            return -EIO;
        }
        if (n4j_now_ms() >= deadline_ms) {
            return -ETIMEDOUT;
        }
    }
}

void host_disable(struct host *host) {
    assert(pthread_mutex_trylock(&host->admin_lock) == EBUSY);
    const uint32_t cc = atomic_load(&host->registers->cc);
    device_write_cc(host->device, cc & ~NVME_CC_EN);
    host_wait_csts(host, NVME_CSTS_RDY | NVME_CSTS_CFS, 0);
}
