/* SPDX-License-Identifier: Apache-2.0 */

#include "bare_device.h"

#include <sched.h>

#include "check.h"
#include "clock.h"

#define ADMIN_ENTRIES 8
#define PATIENCE_MS 20000
#define CC_ENABLED (NVME_CC_EN | 6u << NVME_CC_IOSQES_SHIFT | 4u << NVME_CC_IOCQES_SHIFT)

static char text[256];
static struct n4j_error error = {text, sizeof(text)};

void *bare_alloc(struct bare_device *bare, uint64_t length, uint64_t *iova) {
    void *address;
    uint32_t kind;
    CHECK_EQUAL(0, memory_alloc(bare->memory, length, NVME_PAGE_SIZE, N4J_NUMA_ANY,
                                N4J_MEM_IOVA_CONTIGUOUS, &address, &kind, &error));
    CHECK_EQUAL(0, memory_translate(bare->memory, address, 1, NVME_PAGE_SIZE, iova));
    return address;
}

struct bare_queue bare_queue_alloc(struct bare_device *bare, uint32_t size) {
    struct bare_queue queue = {.size = size, .phase = 1};
    queue.sq = bare_alloc(bare, (uint64_t)size << NVME_SQE_SHIFT, &queue.sq_iova);
    queue.cq = bare_alloc(bare, (uint64_t)size << NVME_CQE_SHIFT, &queue.cq_iova);
    return queue;
}

struct bare_device bare_open(const char *keys, bool enabled) {
    struct bare_device bare = {0};
    char id[256];
    snprintf(id, sizeof(id), "trtype:EMBEDDED %s", keys);
    CHECK_EQUAL(0, config_parse(id, &bare.config, &error));
    bare.iova = iova_table_create();
    bare.memory = memory_create(bare.iova, &bare.config);
    CHECK_EQUAL(0, device_create(&bare.config, bare.iova, NULL, &bare.device, &error));
    bare.registers = device_registers(bare.device);
    bare.admin = bare_queue_alloc(&bare, ADMIN_ENTRIES);
    bare.page = bare_alloc(&bare, NVME_PAGE_SIZE, &bare.page_iova);
    if (enabled) {
        const uint32_t aqa = (ADMIN_ENTRIES - 1) | (ADMIN_ENTRIES - 1) << NVME_AQA_ACQS_SHIFT;
        CHECK_EQUAL(NVME_CSTS_RDY, bare_enable(&bare, aqa));
    }
    return bare;
}

void bare_close(struct bare_device *bare) {
    device_destroy(bare->device, false);
    memory_destroy(bare->memory);
    iova_table_destroy(bare->iova);
}

_Atomic uint32_t *bare_doorbell(struct bare_device *bare, unsigned qid, bool is_cq) {
    const size_t stride = (size_t)4 << NVME_CAP_DSTRD(atomic_load(&bare->registers->cap));
    char *doorbells = (char *)bare->registers + sizeof(*bare->registers);
    return (_Atomic uint32_t *)(void *)(doorbells + (2 * qid + (is_cq ? 1 : 0)) * stride);
}

void bare_run(struct bare_device *bare, unsigned qid) {
    if (bare->config.threaded) {
        sched_yield();
    } else if (qid == 0) {
        device_run_admin(bare->device);
    } else {
        device_run_queue(bare->device, qid);
    }
}

static bool has_acted(uint32_t cc, uint32_t csts) {
    const bool is_shut_down = (csts & NVME_CSTS_SHST_MASK) == NVME_CSTS_SHST_COMPLETE;
    return (csts & NVME_CSTS_CFS) != 0 ||
           ((csts & NVME_CSTS_RDY) == (cc & NVME_CC_EN) && (NVME_CC_SHN(cc) == 0 || is_shut_down));
}

uint32_t bare_set_cc(struct bare_device *bare, uint32_t cc) {
    const uint64_t deadline_ms = n4j_now_ms() + PATIENCE_MS;
    uint32_t csts;
    device_write_cc(bare->device, cc);
    do {
        bare_run(bare, 0);
        csts = atomic_load(&bare->registers->csts);
    } while (bare->config.threaded && !has_acted(cc, csts) && n4j_now_ms() < deadline_ms);
    return csts;
}

uint32_t bare_enable(struct bare_device *bare, uint32_t aqa) {
    atomic_store(&bare->registers->aqa, aqa);
    atomic_store(&bare->registers->asq, bare->admin.sq_iova);
    atomic_store(&bare->registers->acq, bare->admin.cq_iova);
    memset(bare->admin.cq, 0, (size_t)bare->admin.size << NVME_CQE_SHIFT);
    bare->admin.tail = bare->admin.head = 0;
    bare->admin.phase = 1;
    return bare_set_cc(bare, CC_ENABLED);
}

void bare_submit(struct bare_device *bare, struct bare_queue *queue, unsigned qid,
                 const struct nvme_sqe *sqe) {
    queue->sq[queue->tail] = *sqe;
    queue->tail = (queue->tail + 1) % queue->size;
    atomic_store(bare_doorbell(bare, qid, false), queue->tail);
    bare_run(bare, qid);
}

bool bare_reap(struct bare_device *bare, struct bare_queue *queue, unsigned qid,
               struct bare_completion *completion) {
    const struct nvme_cqe *cqe = &queue->cq[queue->head];
    const uint64_t high = atomic_load(&cqe->high);
    if (NVME_CQE_PHASE(high) != queue->phase) {
        return false;
    }
    completion->result = (uint32_t)cqe->low;
    completion->full_status = NVME_CQE_STATUS(high);
    completion->status = NVME_STATUS_CODE(completion->full_status);
    completion->cid = NVME_CQE_CID(high);
    completion->sqhd = (uint16_t)high;
    completion->sqid = (uint16_t)(high >> 16);
    queue->head = (queue->head + 1) % queue->size;
    queue->phase ^= queue->head == 0;
    atomic_store(bare_doorbell(bare, qid, true), queue->head);
    return true;
}

struct bare_completion bare_await(struct bare_device *bare, struct bare_queue *queue,
                                  unsigned qid) {
    const uint64_t deadline_ms = n4j_now_ms() + PATIENCE_MS;
    struct bare_completion completion;
    while (!bare_reap(bare, queue, qid, &completion)) {
        CHECK(n4j_now_ms() < deadline_ms);
        bare_run(bare, qid);
    }
    return completion;
}

struct bare_completion bare_admin(struct bare_device *bare, struct nvme_sqe sqe) {
    bare_submit(bare, &bare->admin, 0, &sqe);
    const struct bare_completion completion = bare_await(bare, &bare->admin, 0);
    CHECK_EQUAL(sqe.cid, completion.cid);
    return completion;
}

uint16_t bare_create_cq(struct bare_device *bare, unsigned cqid, uint32_t size, uint64_t iova) {
    return bare_admin(bare, (struct nvme_sqe){.opc = NVME_CREATE_IO_CQ,
                                              .prp1 = iova,
                                              .cdw10 = cqid | (size - 1) << 16,
                                              .cdw11 = NVME_QUEUE_PC})
        .status;
}

uint16_t bare_create_sq(struct bare_device *bare, unsigned qid, uint32_t size, uint64_t iova,
                        unsigned cqid) {
    return bare_admin(bare, (struct nvme_sqe){.opc = NVME_CREATE_IO_SQ,
                                              .prp1 = iova,
                                              .cdw10 = qid | (size - 1) << 16,
                                              .cdw11 = NVME_QUEUE_PC | cqid << 16})
        .status;
}

uint16_t bare_delete(struct bare_device *bare, uint8_t opcode, unsigned qid) {
    return bare_admin(bare, (struct nvme_sqe){.opc = opcode, .cdw10 = qid}).status;
}
