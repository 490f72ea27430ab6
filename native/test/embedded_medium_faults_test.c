/* SPDX-License-Identifier: Apache-2.0 */

/* Faults of the medium: commands that tell of success, and of which that isn't true. */
#include "check.h"
#include "fixture.h"

#define BLOCK 512
#define BLOCKS 64 /* of the drive */
#define PRACT (1u << 29)
#define CHECKS_GUARD (1u << 28)

static char text[512];

struct rig {
    n4j_drive *drive;
    char keys[300];
    struct disk disk;
    struct buffer data;
};

static void rig_attach(struct rig *rig) {
    rig->disk = disk_open(rig->keys, 8);
    rig->data = buffer_alloc(&rig->disk, (uint64_t)BLOCKS * BLOCK);
}

static void rig_detach(struct rig *rig) {
    buffer_free(&rig->data);
    disk_close(&rig->disk);
}

static void rig_open(struct rig *rig, const char *more) {
    char id[400];
    snprintf(rig->keys, sizeof(rig->keys), "drive:one size:%u %s", BLOCKS * BLOCK, more);
    snprintf(id, sizeof(id), "trtype:EMBEDDED %s", rig->keys);
    if (n4j_drive_open(id, &rig->drive, text, sizeof(text)) != 0) {
        check_failed(more, 0, text);
    }
    rig_attach(rig);
}

static void rig_close(struct rig *rig) {
    rig_detach(rig);
    CHECK_EQUAL(0, n4j_drive_close(rig->drive, text, sizeof(text)));
}

static void write_all(struct rig *rig, uint64_t lba, uint32_t blocks, uint8_t byte) {
    memset(rig->data.data, byte, (size_t)blocks * BLOCK);
    disk_move(&rig->disk, NVME_WRITE, lba, blocks, BLOCK, &rig->data, 0);
}

/* Reads to the beginning of the buffer. */
static const uint8_t *read_all(struct rig *rig, uint64_t lba, uint32_t blocks) {
    disk_move(&rig->disk, NVME_READ, lba, blocks, BLOCK, &rig->data, 0);
    return rig->data.data;
}

static void a_write_is_lost(const char *mode) {
    struct rig rig;
    char keys[100];
    snprintf(keys, sizeof(keys), "%s faults:write,command=2,loses", mode);
    rig_open(&rig, keys);
    write_all(&rig, 3, 4, 0x11);
    write_all(&rig, 4, 4, 0x22);
    const uint8_t *data = read_all(&rig, 0, BLOCKS);
    CHECK(is_filled(data + 3 * BLOCK, 4 * BLOCK, 0x11));
    CHECK(is_filled(data + 7 * BLOCK, (BLOCKS - 7) * BLOCK, 0));
    write_all(&rig, 4, 4, 0x33);
    CHECK(is_filled(read_all(&rig, 4, 4), 4 * BLOCK, 0x33));
    n4j_injected injected;
    CHECK_EQUAL(1, n4j_drive_history(rig.drive, 0, &injected, 1));
    CHECK_EQUAL(2, injected.command);
    CHECK_EQUAL(4, injected.lba);
    CHECK_EQUAL(0, injected.status);
    rig_close(&rig);
}

static void a_write_is_lost_in_every_mode(void) {
    a_write_is_lost("");
    a_write_is_lost("mode:threaded vwc:1");
}

static void a_write_goes_to_one_other_place(void) {
    for (unsigned seed = 0; seed < 50; seed++) {
        struct rig rig;
        char keys[100];
        snprintf(keys, sizeof(keys), "seed:%u faults:write,command=2,misdirects", seed);
        rig_open(&rig, keys);
        write_all(&rig, 0, BLOCKS, 0x11);
        write_all(&rig, 5, 3, 0x22);
        const uint8_t *data = read_all(&rig, 0, BLOCKS);
        unsigned found = 0;
        unsigned first = BLOCKS;
        for (unsigned lba = 0; lba < BLOCKS; lba++) {
            const bool is_there = data[(size_t)lba * BLOCK] == 0x22;
            CHECK(is_filled(data + (size_t)lba * BLOCK, BLOCK, is_there ? 0x22 : 0x11));
            first = is_there && first == BLOCKS ? lba : first;
            found += is_there;
        }
        CHECK_EQUAL(3, found);
        CHECK(data[(size_t)(first + 2) * BLOCK] == 0x22);
        CHECK(first > 7 || first + 2 < 5);
        rig_close(&rig);
    }
}

static void a_read_is_stale_and_the_next_one_true(void) {
    struct rig rig;
    rig_open(&rig, "faults:read,command=4,stale;read,command=6,stale");
    write_all(&rig, 8, 2, 0x11);
    write_all(&rig, 8, 1, 0x22);
    CHECK_EQUAL(0x22, read_all(&rig, 8, 2)[0]);
    const uint8_t *stale = read_all(&rig, 8, 2);
    CHECK(is_filled(stale, BLOCK, 0x11));      /* before the second write */
    CHECK(is_filled(stale + BLOCK, BLOCK, 0)); /* before the first */
    CHECK_EQUAL(0x22, read_all(&rig, 8, 2)[0]);
    CHECK(is_filled(read_all(&rig, 20, 1), BLOCK, 0)); /* was never written */
    rig_close(&rig);
}

static unsigned flipped_bits(const uint8_t *data, uint64_t length, uint8_t byte) {
    unsigned bits = 0;
    for (uint64_t i = 0; i < length; i++) {
        bits += (unsigned)__builtin_popcount((unsigned)(data[i] ^ byte));
    }
    return bits;
}

static void a_read_finds_one_bit_changed(void) {
    for (unsigned seed = 0; seed < 50; seed++) {
        struct rig rig;
        char keys[100];
        snprintf(keys, sizeof(keys), "seed:%u faults:read,command=2,rots", seed);
        rig_open(&rig, keys);
        write_all(&rig, 0, 8, 0x5A);
        CHECK_EQUAL(1, flipped_bits(read_all(&rig, 0, 8), 8 * BLOCK, 0x5A));
        CHECK_EQUAL(0, flipped_bits(read_all(&rig, 0, 8), 8 * BLOCK, 0x5A));
        rig_close(&rig);
    }
}

/* The status of a read that checks the guard, which the controller strips; of a write that inserts it. */
static uint16_t run_protected(struct rig *rig, uint8_t opcode) {
    n4j_submission command = io_command(opcode, 10, 8);
    command.cdw12 |= PRACT | CHECKS_GUARD;
    put_prps(&command, &rig->data, 0, 8 * BLOCK, NULL);
    return disk_run(&rig->disk, &command);
}

static void protection_information_tells_of_rot_unless_it_has_rotten_too(const char *keys) {
    struct rig rig;
    char all[200];
    snprintf(all, sizeof(all), "%s faults:read,command=2,rots;read,command=4,rots-unseen", keys);
    rig_open(&rig, all);
    memset(rig.data.data, 0x5A, 8 * BLOCK);
    CHECK_EQUAL(NVME_SUCCESS, run_protected(&rig, NVME_WRITE));
    CHECK_EQUAL(NVME_GUARD_CHECK_ERROR, run_protected(&rig, NVME_READ));
    CHECK_EQUAL(NVME_SUCCESS, run_protected(&rig, NVME_READ));
    CHECK_EQUAL(0, flipped_bits(rig.data.data, 8 * BLOCK, 0x5A));
    CHECK_EQUAL(NVME_SUCCESS, run_protected(&rig, NVME_READ));
    CHECK_EQUAL(1, flipped_bits(rig.data.data, 8 * BLOCK, 0x5A));
    CHECK_EQUAL(NVME_SUCCESS, run_protected(&rig, NVME_READ));
    CHECK_EQUAL(0, flipped_bits(rig.data.data, 8 * BLOCK, 0x5A));
    rig_close(&rig);
}

static void rot_with_protection_information(void) {
    protection_information_tells_of_rot_unless_it_has_rotten_too("metadata:8 pi:1");
    protection_information_tells_of_rot_unless_it_has_rotten_too("metadata:8 pi:3 pi_first:1");
}

/* Bytes of the write up to somewhere, and what was there before from there on. */
static void a_cut_tears_a_write_in_its_middle(void) {
    unsigned within_blocks = 0;
    for (unsigned seed = 0; seed < 50; seed++) {
        struct rig rig;
        char keys[100];
        snprintf(keys, sizeof(keys), "vwc:1 nawupf:15 seed:%u faults:write,command=3,tears", seed);
        rig_open(&rig, keys);
        write_all(&rig, 0, 8, 0x11);
        const n4j_submission flush = {.opc = NVME_FLUSH, .nsid = 1};
        CHECK_EQUAL(NVME_SUCCESS, disk_run(&rig.disk, &flush));
        write_all(&rig, 0, 8, 0x22);
        CHECK(is_filled(read_all(&rig, 0, 8), 8 * BLOCK, 0x22));
        n4j_drive_cut_power(rig.drive);
        rig_detach(&rig);
        CHECK_EQUAL(0, n4j_drive_power_on(rig.drive, text, sizeof(text)));
        rig_attach(&rig);
        const uint8_t *data = read_all(&rig, 0, 8);
        unsigned end = 0;
        while (end < 8 * BLOCK && data[end] == 0x22) {
            end++;
        }
        CHECK(end > 0 && end < 8 * BLOCK);
        CHECK(is_filled(data + end, 8 * BLOCK - end, 0x11));
        within_blocks += end % BLOCK != 0;
        rig_close(&rig);
    }
    CHECK(within_blocks > 40);
}

int main(void) {
    RUN(a_write_is_lost_in_every_mode);
    RUN(a_write_goes_to_one_other_place);
    RUN(a_read_is_stale_and_the_next_one_true);
    RUN(a_read_finds_one_bit_changed);
    RUN(rot_with_protection_information);
    RUN(a_cut_tears_a_write_in_its_middle);
    return 0;
}
