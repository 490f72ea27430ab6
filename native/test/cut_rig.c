/* SPDX-License-Identifier: Apache-2.0 */

#include "cut_rig.h"

#include "check.h"

#define AQA (7u | 7u << NVME_AQA_ACQS_SHIFT)

static char text[512];

static void create_queues(struct cut_rig *rig) {
    for (unsigned i = 0; i < CUT_QUEUES; i++) {
        struct cut_queue *queue = &rig->queues[i];
        memset(queue->rings.cq, 0, CUT_ENTRIES << NVME_CQE_SHIFT);
        queue->rings.tail = queue->rings.head = queue->rung = queue->seen = 0;
        queue->rings.phase = 1;
        memset(queue->is_used, 0, sizeof(queue->is_used));
        CHECK_EQUAL(0, bare_create_cq(&rig->bare, i + 1, CUT_ENTRIES, queue->rings.cq_iova));
        CHECK_EQUAL(0, bare_create_sq(&rig->bare, i + 1, CUT_ENTRIES, queue->rings.sq_iova, i + 1));
    }
    rig->is_cached = rig->has_cache;
}

static void enable(struct cut_rig *rig) {
    while ((bare_set_cc(&rig->bare, 0) & (NVME_CSTS_RDY | NVME_CSTS_CFS)) != 0) {
        /* One that has failed takes its time, where it has a thread of its own. */
    }
    CHECK_EQUAL(NVME_CSTS_RDY, bare_enable(&rig->bare, AQA));
    create_queues(rig);
}

void cut_rig_open(struct cut_rig *rig, const char *keys, const struct model_rules *rules) {
    char all[200];
    char id[256];
    snprintf(all, sizeof(all), "drive:cut size:%u namespaces:2 %s", MODEL_BLOCKS * CUT_BLOCK, keys);
    snprintf(id, sizeof(id), "trtype:EMBEDDED %s", all);
    memset(rig, 0, sizeof(*rig));
    if (n4j_drive_open(id, &rig->drive, text, sizeof(text)) != 0) {
        check_failed(keys, 0, text);
    }
    rig->model.rules = *rules;
    rig->next_id = 1;
    rig->has_cache = strstr(keys, "vwc:1") != NULL;
    rig->bare = bare_open(all, true);
    for (unsigned i = 0; i < CUT_QUEUES; i++) {
        rig->queues[i].rings = bare_queue_alloc(&rig->bare, CUT_ENTRIES);
        for (unsigned cid = 0; cid < CUT_ENTRIES; cid++) {
            rig->queues[i].data[cid] = bare_alloc(&rig->bare, (uint64_t)MODEL_BLOCKS * CUT_BLOCK,
                                                  &rig->queues[i].iovas[cid]);
        }
    }
    create_queues(rig);
}

void cut_rig_close(struct cut_rig *rig) {
    bare_close(&rig->bare);
    CHECK_EQUAL(0, n4j_drive_close(rig->drive, text, sizeof(text)));
}

/* ---- commands ---- */

static bool has_failed(const struct cut_rig *rig) {
    return (atomic_load(&rig->bare.registers->csts) & NVME_CSTS_CFS) != 0;
}

/* NULL: there is no place. */
static struct nvme_sqe *take(struct cut_rig *rig, unsigned number, struct model_op op,
                             uint8_t **data) {
    struct cut_queue *queue = &rig->queues[number];
    uint16_t cid = 0;
    while (cid < CUT_ENTRIES - 1 && queue->is_used[cid]) {
        cid++;
    }
    if (cid == CUT_ENTRIES - 1 || rig->model.count == MODEL_OPS) {
        return NULL;
    }
    const uint32_t place = queue->rings.tail;
    struct nvme_sqe *sqe = &queue->rings.sq[place];
    queue->is_used[cid] = true;
    queue->ops[cid] = queue->queued[place] = model_add(&rig->model, &op);
    queue->rings.tail = (place + 1) % CUT_ENTRIES;
    *data = queue->data[cid];
    *sqe = (struct nvme_sqe){
        .cid = cid,
        .nsid = op.ns == MODEL_ALL_NAMESPACES ? NVME_NSID_ALL : op.ns + 1,
        .prp1 = queue->iovas[cid],
        .prp2 = queue->iovas[cid] + NVME_PAGE_SIZE,
        .cdw10 = op.lba,
        .cdw12 = op.blocks - 1,
    };
    return sqe;
}

static void fill(uint8_t *data, const struct model_op *op) {
    uint64_t *words = (uint64_t *)(void *)data;
    for (uint32_t i = 0; i < op->blocks * CUT_BLOCK / 8; i++) {
        words[i] = model_content(op, op->lba + i / (CUT_BLOCK / 8));
    }
}

static uint64_t content_of(const uint8_t *block) {
    uint64_t word;
    memcpy(&word, block, sizeof(word));
    return memcmp(block, block + 8, CUT_BLOCK - 8) == 0 ? word : MODEL_GARBAGE;
}

bool cut_rig_write(struct cut_rig *rig, unsigned queue, uint32_t ns, uint32_t lba, uint32_t blocks,
                   bool fua) {
    const struct model_op op = {.kind = MODEL_WRITE,
                                .ns = ns,
                                .lba = lba,
                                .blocks = blocks,
                                .id = rig->next_id,
                                .is_durable = fua};
    uint8_t *data;
    struct nvme_sqe *sqe = take(rig, queue, op, &data);
    if (sqe == NULL) {
        return false;
    }
    rig->next_id++;
    sqe->opc = NVME_WRITE;
    sqe->cdw12 |= fua ? NVME_FUA : 0;
    fill(data, &op);
    return true;
}

bool cut_rig_zero(struct cut_rig *rig, unsigned queue, uint32_t ns, uint32_t lba, uint32_t blocks,
                  bool deallocate) {
    const struct model_op op = {.kind = MODEL_WRITE, .ns = ns, .lba = lba, .blocks = blocks};
    uint8_t *data;
    struct nvme_sqe *sqe = take(rig, queue, op, &data);
    if (sqe == NULL) {
        return false;
    }
    sqe->opc = NVME_WRITE_ZEROES;
    if (deallocate) {
        const struct nvme_dsm_range range = {.nlb = blocks, .slba = lba};
        memcpy(data, &range, sizeof(range));
        sqe->opc = NVME_DATASET_MANAGEMENT;
        sqe->cdw10 = 0;
        sqe->cdw11 = NVME_DSM_AD;
        sqe->cdw12 = 0;
    }
    return true;
}

bool cut_rig_flush(struct cut_rig *rig, unsigned queue, uint32_t ns) {
    uint8_t *data;
    struct nvme_sqe *sqe =
        take(rig, queue, (struct model_op){.kind = MODEL_FLUSH, .ns = ns}, &data);
    if (sqe != NULL) {
        sqe->opc = NVME_FLUSH;
        sqe->cdw12 = 0;
    }
    return sqe != NULL;
}

bool cut_rig_read(struct cut_rig *rig, unsigned queue, uint32_t ns, uint32_t lba, uint32_t blocks) {
    uint8_t *data;
    const struct model_op op = {.kind = MODEL_DURABLE_READ, .ns = ns, .lba = lba, .blocks = blocks};
    struct nvme_sqe *sqe = take(rig, queue, op, &data);
    if (sqe != NULL) {
        sqe->opc = NVME_READ;
        sqe->cdw12 |= NVME_FUA;
    }
    return sqe != NULL;
}

/* What the last write to a block that was added has made of it. */
static uint64_t last_content(const struct model *model, uint32_t ns, uint32_t lba) {
    uint64_t content = model->before[ns][lba];
    for (unsigned i = 0; i < model->count; i++) {
        const struct model_op *op = &model->ops[i];
        if (op->kind == MODEL_WRITE && op->ns == ns && lba - op->lba < op->blocks) {
            content = model_content(op, lba);
        }
    }
    return content;
}

bool cut_rig_compare(struct cut_rig *rig, unsigned queue, uint32_t ns, uint32_t lba) {
    uint8_t *data;
    const uint64_t content = last_content(&rig->model, ns, lba);
    const struct model_op op = {.kind = MODEL_DURABLE_READ, .ns = ns, .lba = lba, .blocks = 1};
    struct nvme_sqe *sqe = take(rig, queue, op, &data);
    if (sqe != NULL) {
        sqe->opc = NVME_COMPARE;
        sqe->cdw12 |= NVME_FUA;
        for (unsigned i = 0; i < CUT_BLOCK / 8; i++) {
            memcpy(data + 8 * i, &content, 8);
        }
    }
    return sqe != NULL;
}

/* ---- the host's moments ---- */

void cut_rig_submit(struct cut_rig *rig, unsigned number) {
    struct cut_queue *queue = &rig->queues[number];
    for (; queue->rung != queue->rings.tail; queue->rung = (queue->rung + 1) % CUT_ENTRIES) {
        const unsigned op = queue->queued[queue->rung];
        model_submit(&rig->model, op);
        rig->model.ops[op].is_durable |= !rig->is_cached;
    }
    atomic_store(bare_doorbell(&rig->bare, number + 1, false), queue->rung);
    bare_run(&rig->bare, number + 1);
}

static void take_in(struct cut_rig *rig, struct cut_queue *queue, uint64_t high) {
    const uint16_t cid = NVME_CQE_CID(high);
    struct model_op *op = &rig->model.ops[queue->ops[cid]];
    CHECK(cid < CUT_ENTRIES && queue->is_used[cid]);
    for (uint32_t i = 0; i < op->blocks && op->kind == MODEL_DURABLE_READ; i++) {
        op->returned[i] = content_of(queue->data[cid] + (size_t)i * CUT_BLOCK);
    }
    model_complete(&rig->model, queue->ops[cid], NVME_CQE_STATUS(high) == NVME_SUCCESS);
    queue->order[queue->seen] = cid;
    queue->seen = (queue->seen + 1) % CUT_ENTRIES;
    queue->rings.phase ^= queue->seen == 0;
}

void cut_rig_look(struct cut_rig *rig, unsigned number) {
    struct cut_queue *queue = &rig->queues[number];
    uint64_t high;
    while (NVME_CQE_PHASE(high = atomic_load(&queue->rings.cq[queue->seen].high)) ==
           queue->rings.phase) {
        take_in(rig, queue, high);
    }
}

void cut_rig_consume(struct cut_rig *rig, unsigned number, unsigned count) {
    struct cut_queue *queue = &rig->queues[number];
    for (; count > 0 && queue->rings.head != queue->seen; count--) {
        const uint16_t cid = queue->order[queue->rings.head];
        model_consume(&rig->model, queue->ops[cid]);
        queue->is_used[cid] = false;
        queue->rings.head = (queue->rings.head + 1) % CUT_ENTRIES;
    }
    atomic_store(bare_doorbell(&rig->bare, number + 1, true), queue->rings.head);
}

void cut_rig_set_cache(struct cut_rig *rig, bool is_on) {
    if (!has_failed(rig)) {
        const struct nvme_sqe sqe = {
            .opc = NVME_SET_FEATURES, .cdw10 = NVME_FID_VOLATILE_WRITE_CACHE, .cdw11 = is_on};
        rig->is_cached = bare_admin(&rig->bare, sqe).status != NVME_SUCCESS || is_on;
    }
}

/* What is submitted and completed no more is forgotten, but for the model. */
static void look_at_all(struct cut_rig *rig) {
    for (unsigned i = 0; i < CUT_QUEUES; i++) {
        cut_rig_look(rig, i);
    }
}

void cut_rig_shut_down(struct cut_rig *rig) {
    if (!has_failed(rig)) {
        const uint32_t cc = atomic_load(&rig->bare.registers->cc);
        const uint32_t csts = bare_set_cc(&rig->bare, cc | NVME_CC_SHN_NORMAL);
        rig->model.is_shut_down = (csts & NVME_CSTS_SHST_MASK) == NVME_CSTS_SHST_COMPLETE;
        look_at_all(rig);
    }
}

void cut_rig_reset(struct cut_rig *rig) {
    if (!has_failed(rig)) {
        CHECK_EQUAL(0, bare_set_cc(&rig->bare, 0) & NVME_CSTS_RDY);
        look_at_all(rig);
        enable(rig);
    }
}

/* ---- the cut ---- */

static void read_image(struct cut_rig *rig, model_image image) {
    for (uint32_t ns = 0; ns < MODEL_NAMESPACES; ns++) {
        CHECK(cut_rig_read(rig, 0, ns, 0, MODEL_BLOCKS));
        const uint8_t *data = rig->queues[0].data[0];
        cut_rig_submit(rig, 0);
        while (rig->queues[0].seen == rig->queues[0].rings.head) {
            CHECK(!has_failed(rig));
            bare_run(&rig->bare, 1);
            cut_rig_look(rig, 0);
        }
        for (uint32_t lba = 0; lba < MODEL_BLOCKS; lba++) {
            image[ns][lba] = content_of(data + (size_t)lba * CUT_BLOCK);
        }
        cut_rig_consume(rig, 0, 1);
    }
}

void cut_rig_cut(struct cut_rig *rig, model_image image) {
    struct model *model = &rig->model;
    n4j_drive_cut_power(rig->drive);
    look_at_all(rig);
    CHECK_EQUAL(0, n4j_drive_power_on(rig->drive, text, sizeof(text)));
    enable(rig);
    const unsigned count = model->count;
    model->count = 0; /* these reads are no part of what was promised */
    struct model_op kept[2] = {model->ops[0], model->ops[1]};
    read_image(rig, image);
    memcpy(model->ops, kept, sizeof(kept));
    model->count = count;
}
