/* SPDX-License-Identifier: Apache-2.0 */

#include "device/faults.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mix.h"

static bool make_bitmaps(struct faults *faults) {
    for (unsigned i = 0; i < faults->rules->count; i++) {
        const struct config_fault *rule = &faults->rules->rules[i];
        if (rule->until_rewritten) {
            faults->rewritten[i] = calloc(rule->blocks / 8 + 1, 1);
            if (faults->rewritten[i] == NULL) {
                return false;
            }
        }
    }
    return true;
}

int faults_open(const struct config *config, struct faults **opened) {
    *opened = NULL;
    if (config->faults.count == 0) {
        return 0;
    }
    struct faults *faults = calloc(1, sizeof(*faults));
    if (faults == NULL) {
        return -ENOMEM;
    }
    faults->rules = &config->faults;
    faults->seed = config->seed;
    pthread_mutex_init(&faults->lock, NULL);
    if (!make_bitmaps(faults)) {
        faults_close(faults);
        return -ENOMEM;
    }
    *opened = faults;
    return 0;
}

void faults_close(struct faults *faults) {
    if (faults == NULL) {
        return;
    }
    for (unsigned i = 0; i < CONFIG_FAULTS_MAX; i++) {
        free(faults->rewritten[i]);
    }
    free(faults->history);
    pthread_mutex_destroy(&faults->lock);
    free(faults);
}

static uint64_t draw(const struct faults *faults, unsigned rule, uint16_t qid, uint64_t command) {
    return mix(mix(mix(mix(faults->seed) + rule) + qid) + command);
}

/* Which blocks a command is of; none where its ranges are in its data, or it has none. */
static uint64_t blocks_of(const struct nvme_sqe *sqe) {
    return sqe->opc == NVME_FLUSH || sqe->opc == NVME_DATASET_MANAGEMENT ? 0 : NVME_NLB(sqe->cdw12);
}

static uint64_t slba_of(const struct nvme_sqe *sqe) {
    return blocks_of(sqe) == 0 ? 0 : NVME_SLBA(sqe);
}

/* Blocks of a rule's range, by their place in it: those before `end`. */
struct places {
    uint64_t begin;
    uint64_t end;
};

/* Those that a command touches. */
static struct places touched(const struct config_fault *rule, const struct nvme_sqe *sqe) {
    const uint64_t slba = slba_of(sqe);
    const uint64_t begin = slba > rule->first_lba ? slba - rule->first_lba : 0;
    const uint64_t before = slba < rule->first_lba ? rule->first_lba - slba : 0;
    const uint64_t blocks = sqe->nsid == 1 ? blocks_of(sqe) : 0;
    if (begin >= rule->blocks || before >= blocks) {
        return (struct places){0, 0};
    }
    const uint64_t left = rule->blocks - begin;
    const uint64_t count = blocks - before < left ? blocks - before : left;
    return (struct places){begin, begin + count};
}

static bool touches(const struct config_fault *rule, const struct nvme_sqe *sqe) {
    return touched(rule, sqe).end != 0;
}

static bool is_of_opcode(const struct config_fault *rule, uint16_t qid, uint8_t opcode) {
    return qid == 0 ? rule->opcode == CONFIG_FAULT_ENABLING
                    : rule->opcode == CONFIG_FAULT_ANY_OPCODE || rule->opcode == opcode;
}

static bool is_meant(const struct config_fault *rule, uint16_t qid, const struct nvme_sqe *sqe) {
    return is_of_opcode(rule, qid, sqe->opc) && (rule->blocks == 0 || touches(rule, sqe));
}

static uint64_t delay_of(const struct fault *fault) {
    if (fault->is_stuck) {
        return UINT64_MAX;
    }
    return fault->effect.kind == EFFECT_LATE ? fault->effect.value : fault->slow_ns;
}

static void note(struct faults *faults, unsigned rule, uint16_t qid, const struct fault *fault,
                 const struct nvme_sqe *sqe) {
    const uint64_t number = faults->history_count++;
    if (number == faults->history_room && number < FAULTS_HISTORY_MAX) {
        const uint64_t room = number == 0 ? 64 : 2 * number;
        n4j_injected *grown = realloc(faults->history, room * sizeof(*grown));
        if (grown != NULL) {
            faults->history = grown;
            faults->history_room = room;
        }
    }
    if (number < faults->history_room) {
        faults->history[number] = (n4j_injected){
            .command = fault->command,
            .lba = slba_of(sqe),
            .delay_ns = delay_of(fault),
            .blocks = (uint32_t)blocks_of(sqe),
            .queue = qid,
            .status = fault->status,
            .opcode = sqe->opc,
            .rule = (uint8_t)rule,
        };
    }
}

static struct fault fault_of(const struct config_fault *rule, uint64_t command) {
    return (struct fault){
        .status = (uint16_t)(rule->status | (rule->do_not_retry ? (unsigned)NVME_STATUS_DNR : 0)),
        .is_stuck = rule->is_stuck,
        .cuts_power = rule->cuts_power,
        .slow_ns = rule->slow_ns,
        .effect = rule->effect,
        .command = command,
    };
}

static bool applies(struct faults *faults, unsigned i, uint16_t qid, uint64_t command,
                    const struct nvme_sqe *sqe) {
    const struct config_fault *rule = &faults->rules->rules[i];
    if (rule->until_rewritten || !is_meant(rule, qid, sqe) ||
        faults->meant[i][qid]++ < rule->after || (rule->command != 0 && rule->command != command) ||
        (rule->times != 0 && faults->times[i][qid] == rule->times) ||
        draw(faults, i, qid, command) % rule->one_in != 0) {
        return false;
    }
    faults->times[i][qid]++;
    return true;
}

static struct fault meet(struct faults *faults, uint16_t qid, const struct nvme_sqe *sqe) {
    assert(qid < FAULTS_QUEUES);
    pthread_mutex_lock(&faults->lock);
    struct fault fault = {.command = ++faults->commands[qid]};
    for (unsigned i = 0; i < faults->rules->count; i++) {
        if (applies(faults, i, qid, fault.command, sqe)) {
            fault = fault_of(&faults->rules->rules[i], fault.command);
            note(faults, i, qid, &fault, sqe);
            break;
        }
    }
    pthread_mutex_unlock(&faults->lock);
    return fault;
}

struct fault faults_meet(struct faults *faults, uint16_t qid, const struct nvme_sqe *sqe) {
    assert(qid != 0);
    return meet(faults, qid, sqe);
}

struct fault faults_meet_enabling(struct faults *faults) {
    const struct nvme_sqe none = {.opc = NVME_FLUSH};
    return meet(faults, 0, &none);
}

void faults_count(struct faults *faults, uint16_t qid) {
    pthread_mutex_lock(&faults->lock);
    faults->commands[qid]++;
    pthread_mutex_unlock(&faults->lock);
}

/* Whether a block of the rule's range that the command touches was not rewritten. */
static bool is_unreadable(const struct faults *faults, unsigned i, const struct nvme_sqe *sqe) {
    const struct places places = touched(&faults->rules->rules[i], sqe);
    uint64_t at = places.begin;
    while (at < places.end && (faults->rewritten[i][at / 8] >> at % 8 & 1) != 0) {
        at++;
    }
    return at < places.end;
}

uint16_t faults_unreadable(struct faults *faults, uint16_t qid, uint64_t command,
                           const struct nvme_sqe *sqe) {
    uint16_t status = 0;
    pthread_mutex_lock(&faults->lock);
    for (unsigned i = 0; i < faults->rules->count && status == 0; i++) {
        const struct config_fault *rule = &faults->rules->rules[i];
        if (rule->until_rewritten && is_meant(rule, qid, sqe) && is_unreadable(faults, i, sqe)) {
            const struct fault fault = fault_of(rule, command);
            note(faults, i, qid, &fault, sqe);
            status = fault.status;
        }
    }
    pthread_mutex_unlock(&faults->lock);
    return status;
}

void faults_rewrite(struct faults *faults, const struct nvme_sqe *sqe) {
    if (sqe->opc != NVME_WRITE && sqe->opc != NVME_WRITE_ZEROES) {
        return;
    }
    pthread_mutex_lock(&faults->lock);
    for (unsigned i = 0; i < faults->rules->count; i++) {
        const struct config_fault *rule = &faults->rules->rules[i];
        const struct places places = touched(rule, sqe);
        for (uint64_t at = places.begin; rule->until_rewritten && at < places.end; at++) {
            faults->rewritten[i][at / 8] |= (uint8_t)(1u << at % 8);
        }
    }
    pthread_mutex_unlock(&faults->lock);
}

uint64_t faults_history(struct faults *faults, uint64_t first, n4j_injected *records,
                        uint64_t max) {
    pthread_mutex_lock(&faults->lock);
    const uint64_t count = faults->history_count;
    for (uint64_t i = 0; i < max && first + i < count && first + i < faults->history_room; i++) {
        records[i] = faults->history[first + i];
    }
    pthread_mutex_unlock(&faults->lock);
    return count;
}
