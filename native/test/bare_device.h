/* SPDX-License-Identifier: Apache-2.0 */

/* The device side without its driver: a test writes registers, queues and doorbells itself. */
#ifndef BARE_DEVICE_H
#define BARE_DEVICE_H

#include "device/controller.h"
#include "host/memory.h"
#include "nvme_spec.h"

struct bare_queue {
    struct nvme_sqe *sq;
    struct nvme_cqe *cq;
    uint64_t sq_iova;
    uint64_t cq_iova;
    uint32_t size;
    uint32_t tail;
    uint32_t head;
    uint32_t phase;
};

struct bare_device {
    struct config config;
    struct iova_table *iova;
    struct memory *memory;
    struct device *device;
    struct nvme_registers *registers;
    struct bare_queue admin;
    uint8_t *page; /* for data */
    uint64_t page_iova;
};

struct bare_completion {
    uint32_t result;
    uint16_t status; /* SCT and SC */
    uint16_t full_status;
    uint16_t cid;
    uint16_t sqhd;
    uint16_t sqid;
};

/* Powers on; `enabled`: and enables, with an admin queue of 8 entries. */
struct bare_device bare_open(const char *keys, bool enabled);
void bare_close(struct bare_device *bare);
void *bare_alloc(struct bare_device *bare, uint64_t length, uint64_t *iova);
struct bare_queue bare_queue_alloc(struct bare_device *bare, uint32_t size);

_Atomic uint32_t *bare_doorbell(struct bare_device *bare, unsigned qid, bool is_cq);
/* Lets the controller act on CC, and returns CSTS. */
uint32_t bare_set_cc(struct bare_device *bare, uint32_t cc);
uint32_t bare_enable(struct bare_device *bare, uint32_t aqa);

/* Writes an entry and the doorbell, and lets the controller run. */
void bare_submit(struct bare_device *bare, struct bare_queue *queue, unsigned qid,
                 const struct nvme_sqe *sqe);
/* Lends the controller this thread, unless it has its own. */
void bare_run(struct bare_device *bare, unsigned qid);
bool bare_reap(struct bare_device *bare, struct bare_queue *queue, unsigned qid,
               struct bare_completion *completion);
/* Lets the controller run until there is a completion, which has to come. */
struct bare_completion bare_await(struct bare_device *bare, struct bare_queue *queue, unsigned qid);

/* One admin command and its completion. */
struct bare_completion bare_admin(struct bare_device *bare, struct nvme_sqe sqe);
uint16_t bare_create_cq(struct bare_device *bare, unsigned cqid, uint32_t size, uint64_t iova);
uint16_t bare_create_sq(struct bare_device *bare, unsigned qid, uint32_t size, uint64_t iova,
                        unsigned cqid);
uint16_t bare_delete(struct bare_device *bare, uint8_t opcode, unsigned qid);

#endif
