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

uint32_t host_timeout_ms(const struct host *host) {
    return NVME_CAP_TO(atomic_load(&host->registers->cap)) * TIMEOUT_UNIT_MS;
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

int host_wait_csts(struct host *host, uint32_t mask, uint32_t value) {
    const uint64_t deadline_ms = n4j_now_ms() + host_timeout_ms(host);
    for (unsigned rounds = 0;;) {
        host_wait(host, &rounds);
        const uint32_t csts = atomic_load(&host->registers->csts);
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
