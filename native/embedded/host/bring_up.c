/* SPDX-License-Identifier: Apache-2.0 */

/* Enabling and shutting down (Base, "Controller Initialization", "Shutdown"). */
#include <errno.h>

#include "host/host.h"

/*
 * The largest limit that is told: Read, Write and Compare have a 16-bit number of blocks, which are of
 * 512 bytes at least.
 */
#define MDTS_MAX 13
#define TRANSFER_MAX ((uint64_t)NVME_PAGE_SIZE << MDTS_MAX)

void host_shut_down(struct host *host) {
    pthread_mutex_lock(&host->admin_lock);
    if (host_is_ready(host)) {
        const uint32_t cc = atomic_load(&host->registers->cc) & ~NVME_CC_SHN_MASK;
        device_write_cc(host->device, cc | NVME_CC_SHN_NORMAL);
        host_wait_csts(host, NVME_CSTS_SHST_MASK, NVME_CSTS_SHST_COMPLETE);
    }
    host_disable(host);
    pthread_mutex_unlock(&host->admin_lock);
}

static int enable_controller(struct host *host) {
    struct nvme_registers *registers = host->registers;
    host_disable(host);
    atomic_store(&registers->aqa, host_aqa(host));
    atomic_store(&registers->asq, host->admin.rings.sq_iova);
    atomic_store(&registers->acq, host->admin.rings.cq_iova);
    /* MPS, CSS, AMS and SHN are 0. */
    device_write_cc(host->device, NVME_CC_EN | NVME_SQE_SHIFT << NVME_CC_IOSQES_SHIFT |
                                      NVME_CQE_SHIFT << NVME_CC_IOCQES_SHIFT);
    return host_wait_csts(host, NVME_CSTS_RDY, NVME_CSTS_RDY);
}

/* Executes a command of the bring-up, all of which have to succeed. */
static int execute(struct host *host, const struct nvme_sqe *command,
                   struct command_result *result) {
    int code = host_execute(host, command, host_timeout_ms(host), result);
    return code == 0 && result->status != NVME_SUCCESS ? -EIO : code;
}

/* Whatever the controller says; 0 is no limit. */
static uint64_t max_transfer(const struct nvme_identify_controller *data) {
    return data->mdts == 0 || data->mdts > MDTS_MAX ? TRANSFER_MAX
                                                    : (uint64_t)NVME_PAGE_SIZE << data->mdts;
}

/* Learns MDTS and AERL from Identify Controller, and which events there are, as OAES tells. */
static int identify(struct host *host, uint32_t *oaes, struct n4j_error *error) {
    void *data;
    uint32_t kind;
    struct nvme_sqe command = {.opc = NVME_IDENTIFY, .cdw10 = NVME_CNS_CONTROLLER};
    struct command_result result;
    int code = memory_alloc(host->memory, NVME_IDENTIFY_SIZE, NVME_PAGE_SIZE, N4J_NUMA_ANY, 0,
                            &data, &kind, error);
    if (code != 0) {
        return code;
    }
    code = memory_translate(host->memory, data, 1, NVME_PAGE_SIZE, &command.prp1);
    if (code == 0) {
        code = execute(host, &command, &result);
    }
    if (code == 0) {
        const struct nvme_identify_controller *told = data;
        host->max_transfer = max_transfer(told);
        host->admin.events_max = told->aerl < ADMIN_EVENTS_MAX ? told->aerl + 1u : ADMIN_EVENTS_MAX;
        *oaes = told->oaes;
    }
    memory_free(host->memory, data);
    return code == 0 ? 0 : n4j_fail(error, code, "Identify Controller failed");
}

static uint32_t least(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static int set_number_of_queues(struct host *host, struct n4j_error *error) {
    const uint32_t number = IO_QUEUES_MAX - 1; /* 0's based, of each kind */
    const struct nvme_sqe command = {
        .opc = NVME_SET_FEATURES,
        .cdw10 = NVME_FID_NUMBER_OF_QUEUES,
        .cdw11 = number | number << 16,
    };
    struct command_result result;
    int code = execute(host, &command, &result);
    if (code != 0) {
        return n4j_fail(error, code, "Set Features, Number of Queues failed");
    }
    const uint32_t submission = (result.cdw0 & 0xffff) + 1;
    const uint32_t completion = (result.cdw0 >> 16) + 1;
    host->max_qpairs =
        least(least(submission, completion), least(IO_QUEUES_MAX, host_doorbell_pairs(host->cap)));
    return 0;
}

/* Asks for all events that there are: each has the bit of Set Features that it has in OAES. */
static int listen(struct host *host, uint32_t oaes, struct n4j_error *error) {
    const struct nvme_sqe command = {
        .opc = NVME_SET_FEATURES,
        .cdw10 = NVME_FID_ASYNC_EVENTS,
        .cdw11 = oaes | NVME_EVENTS_CRITICAL_WARNINGS,
    };
    struct command_result result;
    int code = execute(host, &command, &result);
    if (code != 0) {
        return n4j_fail(error, code, "Set Features, Asynchronous Event Configuration failed");
    }
    host_admin_request_events(host);
    return 0;
}

static const char *why_not_ready(int code) {
    switch (code) {
    case -ENXIO:
        return "it is gone, its registers read all ones or forget what was written";
    case -EIO:
        return "it has failed (CSTS.CFS)";
    default:
        return "it takes longer than it says (CAP.TO)";
    }
}

/* With admin_lock held. */
static int start(struct host *host, struct n4j_error *error) {
    host->nonsense[0] = '\0';
    int code = enable_controller(host);
    if (code != 0) {
        return n4j_fail(error, code, "the embedded controller does not become ready: %s",
                        why_not_ready(code));
    }
    uint32_t oaes = 0;
    code = identify(host, &oaes, error);
    if (code == 0) {
        code = set_number_of_queues(host, error);
    }
    return code == 0 ? listen(host, oaes, error) : code;
}

int host_enable(struct host *host, struct n4j_error *error) {
    int code = queue_rings_open(host, 0, ADMIN_QUEUE_ENTRIES, &host->admin.rings, error);
    if (code != 0) {
        return code;
    }
    code = host_admin_open(host);
    if (code != 0) {
        return n4j_fail(error, code, "out of memory");
    }
    pthread_mutex_lock(&host->admin_lock);
    code = start(host, error);
    pthread_mutex_unlock(&host->admin_lock);
    return code;
}

int host_disable_for_good(struct n4j_ctrlr *ctrlr) {
    struct host *host = (struct host *)ctrlr;
    pthread_mutex_lock(&host->admin_lock);
    host_disable(host);
    pthread_mutex_unlock(&host->admin_lock);
    return 0;
}

/* Nobody has to be waited for: a queue of an earlier generation touches nothing but its own memory. */
int host_reset(struct n4j_ctrlr *ctrlr, uint32_t timeout_ms, struct n4j_error *error) {
    (void)timeout_ms;
    struct host *host = (struct host *)ctrlr;
    pthread_mutex_lock(&host->admin_lock);
    host_disable(host);
    /* Not before: queue pairs give their commands up when they see it, and the controller must have. */
    atomic_fetch_add(&host->generation, 1);
    host_admin_give_up(host);
    queue_rings_clear(&host->admin.rings);
    int code = start(host, error);
    pthread_mutex_unlock(&host->admin_lock);
    return code;
}
