/* SPDX-License-Identifier: Apache-2.0 */

#include "fixture.h"

#include <sched.h>
#include <string.h>

#include "admin.h"
#include "check.h"

static char error_text[512];

static int attach(const char *keys, n4j_ctrlr **ctrlr) {
    char id[4600];
    snprintf(id, sizeof(id), "trtype:EMBEDDED %s", keys);
    error_text[0] = '\0';
    return n4j_ctrlr_attach(id, NULL, ctrlr, error_text, sizeof(error_text));
}

struct disk disk_open(const char *keys, uint32_t depth) {
    struct disk disk;
    if (attach(keys, &disk.ctrlr) != 0 ||
        n4j_qpair_create(disk.ctrlr, depth, 0, &disk.qpair, error_text, sizeof(error_text)) != 0) {
        check_failed(keys, 0, error_text);
    }
    return disk;
}

void disk_close(struct disk *disk) {
    CHECK_EQUAL(0, n4j_qpair_destroy(disk->qpair));
    if (n4j_ctrlr_detach(disk->ctrlr, error_text, sizeof(error_text)) != 0) {
        check_failed("detach", 0, error_text);
    }
}

const char *attach_error(const char *keys, int code) {
    n4j_ctrlr *ctrlr;
    CHECK_EQUAL(code, attach(keys, &ctrlr));
    CHECK(error_text[0] != '\0');
    CHECK(strchr(error_text, '\n') == NULL);
    return error_text;
}

struct buffer buffer_alloc(struct disk *disk, uint64_t length) {
    struct buffer buffer = {.disk = disk, .length = length};
    void *address;
    uint32_t kind;
    CHECK_EQUAL(0, n4j_mem_alloc(disk->ctrlr, length, PAGE, N4J_NUMA_ANY, 0, &address, &kind,
                                 error_text, sizeof(error_text)));
    buffer.data = address;
    const uint64_t pages = (length + PAGE - 1) / PAGE;
    buffer.iovas = calloc(pages, sizeof(*buffer.iovas));
    CHECK(buffer.iovas != NULL);
    CHECK_EQUAL(0, n4j_mem_translate(disk->ctrlr, address, length, PAGE, buffer.iovas, pages));
    return buffer;
}

void buffer_free(struct buffer *buffer) {
    CHECK_EQUAL(0, n4j_mem_free(buffer->disk->ctrlr, buffer->data));
    free(buffer->iovas);
}

uint64_t buffer_iova(const struct buffer *buffer, uint64_t offset) {
    return buffer->iovas[offset / PAGE] + offset % PAGE;
}

void buffer_fill(struct buffer *buffer, uint32_t seed) {
    uint64_t state = seed + 1;
    for (uint64_t i = 0; i < buffer->length; i++) {
        buffer->data[i] = (uint8_t)next_random(&state);
    }
}

bool is_filled(const uint8_t *data, uint64_t length, uint8_t byte) {
    /* Each byte is the first one if each equals the one before it. */
    return length == 0 || (data[0] == byte && memcmp(data, data + 1, length - 1) == 0);
}

n4j_submission io_command(uint8_t opcode, uint64_t slba, uint32_t blocks) {
    return (n4j_submission){
        .opc = opcode,
        .nsid = 1,
        .cdw10 = (uint32_t)slba,
        .cdw11 = (uint32_t)(slba >> 32),
        .cdw12 = blocks - 1,
        .data_form = N4J_DATA_PRP,
    };
}

void put_prps(n4j_submission *submission, const struct buffer *data, uint64_t offset,
              uint64_t length, struct buffer *lists) {
    const uint64_t first = offset / PAGE;
    const uint64_t last = (offset + length - 1) / PAGE;
    submission->prp1 = buffer_iova(data, offset);
    if (last == first) {
        return;
    }
    if (last == first + 1) {
        submission->prp2 = data->iovas[last];
        return;
    }
    uint64_t *list = (uint64_t *)(void *)lists->data;
    uint64_t entry = 0;
    submission->prp2 = lists->iovas[0];
    for (uint64_t page = first + 1; page <= last; page++) {
        if (entry % 512 == 511 && page < last) {
            list[entry] = lists->iovas[entry / 512 + 1];
            entry++;
        }
        list[entry++] = data->iovas[page];
    }
}

void disk_reap(struct disk *disk, n4j_completion *completions, uint32_t count) {
    uint32_t reaped = 0;
    while (reaped < count) {
        int more = n4j_qpair_process(disk->qpair, NULL, 0, completions + reaped, count - reaped);
        CHECK(more >= 0);
        reaped += (uint32_t)more;
        if (more == 0) {
            sched_yield();
        }
    }
}

uint16_t disk_run(struct disk *disk, const n4j_submission *submission) {
    n4j_completion completion;
    CHECK_EQUAL(0, n4j_qpair_process(disk->qpair, submission, 1, NULL, 0));
    disk_reap(disk, &completion, 1);
    CHECK_EQUAL(0, completion.error);
    CHECK_EQUAL(submission->tag, completion.tag);
    return NVME_STATUS_CODE(completion.status);
}

uint16_t disk_admin(struct disk *disk, const n4j_submission *submission, uint32_t *cdw0) {
    n4j_completion completion;
    CHECK_EQUAL(0, admin(disk->ctrlr, submission, &completion, 10000));
    if (cdw0 != NULL) {
        *cdw0 = completion.cdw0;
    }
    return NVME_STATUS_CODE(completion.status);
}

void disk_move(struct disk *disk, uint8_t opcode, uint64_t slba, uint32_t blocks,
               uint32_t block_size, const struct buffer *data, uint64_t offset) {
    struct buffer lists = buffer_alloc(disk, 4 * (uint64_t)PAGE);
    n4j_submission command = io_command(opcode, slba, blocks);
    put_prps(&command, data, offset, (uint64_t)blocks * block_size, &lists);
    CHECK_EQUAL(NVME_SUCCESS, disk_run(disk, &command));
    buffer_free(&lists);
}

uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}
