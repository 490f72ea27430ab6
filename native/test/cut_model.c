/* SPDX-License-Identifier: Apache-2.0 */

#include "cut_model.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

unsigned model_add(struct model *model, const struct model_op *op) {
    CHECK(model->count < MODEL_OPS);
    struct model_op *added = &model->ops[model->count];
    *added = *op;
    added->submitted = UINT64_MAX;
    added->consumed = UINT64_MAX;
    return model->count++;
}

void model_submit(struct model *model, unsigned op) {
    model->ops[op].submitted = ++model->now;
}

void model_complete(struct model *model, unsigned op, bool has_succeeded) {
    model->ops[op].has_succeeded = has_succeeded;
}

void model_consume(struct model *model, unsigned op) {
    model->ops[op].consumed = ++model->now;
}

uint64_t model_content(const struct model_op *write, uint32_t lba) {
    return write->id == 0 ? 0 : write->id << 8 | (lba + 1);
}

static bool touches(const struct model_op *op, uint32_t ns, uint32_t lba) {
    return op->ns == ns && lba >= op->lba && lba < op->lba + op->blocks;
}

static bool is_earlier(const struct model_op *op, const struct model_op *other) {
    return op->consumed < other->submitted;
}

static bool is_in_flight(const struct model_op *op) {
    return op->submitted != UINT64_MAX && op->consumed == UINT64_MAX;
}

/* ---- what was promised ---- */

static bool is_covered(const struct model *model, const struct model_op *write) {
    for (unsigned i = 0; i < model->count; i++) {
        const struct model_op *flush = &model->ops[i];
        if (flush->kind == MODEL_FLUSH && flush->has_succeeded && is_earlier(write, flush) &&
            (flush->ns == MODEL_ALL_NAMESPACES || flush->ns == write->ns)) {
            return true;
        }
    }
    return false;
}

/* Whether a command promises that the block holds `*content`, or what is not earlier than the command. */
static bool promises(const struct model *model, const struct model_op *op, uint32_t lba,
                     uint64_t *content) {
    if (op->kind == MODEL_DURABLE_READ) {
        *content = op->returned[lba - op->lba];
        return op->has_succeeded;
    }
    *content = model_content(op, lba);
    return op->kind == MODEL_WRITE && op->has_succeeded &&
           (op->is_durable || model->is_shut_down || is_covered(model, op));
}

/* Whether a promise rules a content out that is as old as that: consumed at `consumed`. */
static bool is_ruled_out(const struct model *model, uint32_t ns, uint32_t lba, uint64_t content,
                         uint64_t consumed) {
    for (unsigned i = 0; i < model->count; i++) {
        const struct model_op *op = &model->ops[i];
        uint64_t promised;
        if (op->kind != MODEL_FLUSH && touches(op, ns, lba) &&
            promises(model, op, lba, &promised) && promised != content &&
            consumed < op->submitted) {
            return true;
        }
    }
    return false;
}

/* ---- blocks ---- */

static bool is_whole(const struct model *model, const struct model_op *op) {
    const struct model_rules *rules = &model->rules;
    if (op->blocks > rules->unit) {
        return false;
    }
    for (uint32_t lba = op->lba + 1; lba < op->lba + op->blocks && rules->stretch != 0; lba++) {
        if (lba >= rules->first && (lba - rules->first) % rules->stretch == 0) {
            return false; /* a boundary before this block */
        }
    }
    return true;
}

/* Whether a write can be what the block holds. */
static bool is_source(const struct model *model, const struct model_op *op, uint32_t ns,
                      uint32_t lba, uint64_t content) {
    if (op->kind != MODEL_WRITE || op->submitted == UINT64_MAX || !touches(op, ns, lba)) {
        return false;
    }
    if (content == MODEL_GARBAGE) {
        return model->rules.torn_is_anything && is_in_flight(op) && !is_whole(model, op);
    }
    return content == model_content(op, lba) &&
           !is_ruled_out(model, ns, lba, content, op->consumed);
}

static bool may_hold(const struct model *model, uint32_t ns, uint32_t lba, uint64_t content) {
    if (content == model->before[ns][lba] && !is_ruled_out(model, ns, lba, content, 0)) {
        return true;
    }
    for (unsigned i = 0; i < model->count; i++) {
        if (is_source(model, &model->ops[i], ns, lba, content)) {
            return true;
        }
    }
    return false;
}

/* ---- writes as a whole ---- */

static bool shows(const struct model_op *write, uint32_t lba, model_image image) {
    return image[write->ns][lba] == model_content(write, lba);
}

static bool shows_any(const struct model_op *write, model_image image) {
    bool any = false;
    for (uint32_t lba = write->lba; lba < write->lba + write->blocks; lba++) {
        any |= shows(write, lba, image);
    }
    return any;
}

/* Whether the block shows the write, or another one that may have come after it. */
static bool has_at_least(const struct model *model, const struct model_op *write, uint32_t lba,
                         model_image image) {
    bool has = shows(write, lba, image);
    for (unsigned i = 0; i < model->count && !has; i++) {
        const struct model_op *other = &model->ops[i];
        has = other != write && !is_earlier(other, write) &&
              is_source(model, other, write->ns, lba, image[write->ns][lba]);
    }
    return has;
}

static bool must_be_whole(const struct model *model, const struct model_op *op) {
    return op->kind == MODEL_WRITE && op->id != 0 && is_in_flight(op) && is_whole(model, op);
}

static bool is_torn(const struct model *model, const struct model_op *write, model_image image) {
    if (!must_be_whole(model, write) || !shows_any(write, image)) {
        return false;
    }
    bool is_torn = false;
    for (uint32_t lba = write->lba; lba < write->lba + write->blocks; lba++) {
        is_torn |= !has_at_least(model, write, lba, image);
    }
    return is_torn;
}

/* Whether each of two writes that are there as a whole has come after the other. */
static bool are_mixed(const struct model *model, const struct model_op *write,
                      const struct model_op *other, model_image image) {
    if (!must_be_whole(model, write) || !must_be_whole(model, other) || write->ns != other->ns) {
        return false;
    }
    bool has_one = false;
    bool has_other = false;
    for (uint32_t lba = write->lba; lba < write->lba + write->blocks; lba++) {
        if (touches(other, write->ns, lba)) {
            has_one |= shows(write, lba, image);
            has_other |= shows(other, lba, image);
        }
    }
    return has_one && has_other;
}

/* Everything that the model knows, for who looks for what went wrong. */
void model_print(const struct model *model) {
    static const char *const names[] = {"write", "flush", "durable read"};
    for (unsigned i = 0; i < model->count; i++) {
        const struct model_op *op = &model->ops[i];
        fprintf(stderr,
                "%s of namespace %u, block %u, %u blocks, id %llu%s: submitted %lld, consumed "
                "%lld%s, returned %llx\n",
                names[op->kind], op->ns + 1, op->lba, op->blocks, (unsigned long long)op->id,
                op->is_durable ? ", durable" : "", (long long)op->submitted,
                (long long)op->consumed, op->has_succeeded ? ", succeeded" : "",
                (unsigned long long)op->returned[0]);
    }
}

const char *model_check(const struct model *model, model_image image) {
    static char text[200];
    for (uint32_t ns = 0; ns < MODEL_NAMESPACES; ns++) {
        for (uint32_t lba = 0; lba < MODEL_BLOCKS; lba++) {
            if (!may_hold(model, ns, lba, image[ns][lba])) {
                snprintf(text, sizeof(text),
                         "block %u of namespace %u holds write %llu, block %llu", lba, ns + 1,
                         (unsigned long long)image[ns][lba] >> 8,
                         (unsigned long long)(image[ns][lba] & 0xff));
                return text;
            }
        }
    }
    for (unsigned i = 0; i < model->count; i++) {
        if (is_torn(model, &model->ops[i], image)) {
            snprintf(text, sizeof(text), "write %llu is torn",
                     (unsigned long long)model->ops[i].id);
            return text;
        }
        for (unsigned j = 0; j < i; j++) {
            if (are_mixed(model, &model->ops[i], &model->ops[j], image)) {
                snprintf(text, sizeof(text), "writes %llu and %llu are mixed",
                         (unsigned long long)model->ops[j].id,
                         (unsigned long long)model->ops[i].id);
                return text;
            }
        }
    }
    return NULL;
}

void model_restart(struct model *model, model_image image) {
    memcpy(model->before, image, sizeof(model->before));
    model->count = 0;
    model->is_shut_down = false;
}
