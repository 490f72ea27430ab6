/* SPDX-License-Identifier: Apache-2.0 */

/* Drives that outlive their controllers. */
#include <errno.h>

#include "admin.h"
#include "check.h"
#include "fixture.h"

#define BLOCK 512

static char text[512];

static n4j_drive *open_drive(const char *keys) {
    char id[512];
    n4j_drive *drive = NULL;
    snprintf(id, sizeof(id), "trtype:EMBEDDED %s", keys);
    if (n4j_drive_open(id, &drive, text, sizeof(text)) != 0) {
        check_failed(keys, 0, text);
    }
    return drive;
}

static const char *open_error(const char *id, int code) {
    n4j_drive *drive;
    CHECK_EQUAL(code, n4j_drive_open(id, &drive, text, sizeof(text)));
    return text;
}

static void close_drive(n4j_drive *drive) {
    CHECK_EQUAL(0, n4j_drive_close(drive, text, sizeof(text)));
}

static void serial_of(struct disk *disk, char serial[20]) {
    struct buffer data = buffer_alloc(disk, PAGE);
    n4j_submission identify = {.opc = NVME_IDENTIFY,
                               .cdw10 = NVME_CNS_CONTROLLER,
                               .prp1 = data.iovas[0],
                               .data_form = N4J_DATA_PRP};
    CHECK_EQUAL(NVME_SUCCESS, disk_admin(disk, &identify, NULL));
    memcpy(serial, ((struct nvme_identify_controller *)(void *)data.data)->sn, 20);
    buffer_free(&data);
}

/* What is in memory stays, too, and the drive is the same one. */
static void data_stay_from_one_attach_to_the_next(const char *keys) {
    n4j_drive *drive = open_drive(keys);
    char serials[2][20];
    for (unsigned attach = 0; attach < 2; attach++) {
        struct disk disk = disk_open(keys, 4);
        struct buffer data = buffer_alloc(&disk, PAGE);
        serial_of(&disk, serials[attach]);
        if (attach == 0) {
            memset(data.data, 0x5A, PAGE);
            disk_move(&disk, NVME_WRITE, 100, 8, BLOCK, &data, 0);
        } else {
            disk_move(&disk, NVME_READ, 100, 8, BLOCK, &data, 0);
            CHECK(is_filled(data.data, PAGE, 0x5A));
        }
        buffer_free(&data);
        disk_close(&disk);
    }
    CHECK(memcmp(serials[0], serials[1], 20) == 0);
    close_drive(drive);
}

static void data_stay_in_every_mode(void) {
    data_stay_from_one_attach_to_the_next("drive:one size:1M");
    data_stay_from_one_attach_to_the_next("drive:one size:1M mode:threaded iova:scrambled");
}

static void a_drive_has_one_controller_at_a_time(void) {
    n4j_drive *drive = open_drive("drive:one size:1M");
    struct disk disk = disk_open("drive:one size:1M", 1);
    CHECK_CONTAINS("drive one has a controller already", attach_error("drive:one size:1M", -EBUSY));
    CHECK_EQUAL(-EBUSY, n4j_drive_close(drive, text, sizeof(text)));
    CHECK_CONTAINS("detach it first", text);
    disk_close(&disk);
    close_drive(drive);
}

static void a_drive_is_found_by_its_name_alone_while_it_is_open(void) {
    CHECK_CONTAINS("no drive one", attach_error("drive:one size:1M", -ENOENT));
    n4j_drive *drive = open_drive("drive:one size:1M");
    n4j_drive *other = open_drive("drive:two size:2M");
    CHECK_CONTAINS("drive one already", open_error("trtype:EMBEDDED drive:one size:1M", -EEXIST));
    close_drive(drive);
    CHECK_CONTAINS("no drive one", attach_error("drive:one size:1M", -ENOENT));
    struct disk disk = disk_open("drive:two size:2M ns:1", 1);
    disk_close(&disk);
    close_drive(other);
}

static void what_makes_no_drive_says_why(void) {
    CHECK_CONTAINS("add drive:NAME", open_error("trtype:EMBEDDED size:1M", -EINVAL));
    CHECK_CONTAINS("EMBEDDED", open_error("trtype:TCP drive:one", -EINVAL));
    CHECK_CONTAINS("size", open_error("trtype:EMBEDDED drive:one size:1", -EINVAL));
    CHECK_CONTAINS("in memory", open_error("trtype:EMBEDDED drive:one size:8388607T", -ENOMEM));
    n4j_drive *drive = open_drive("drive:one size:1M");
    CHECK_CONTAINS("made with other keys", attach_error("drive:one size:2M", -EINVAL));
    CHECK_CONTAINS("made with other keys", attach_error("drive:one size:1M block:4096", -EINVAL));
    close_drive(drive);
}

int main(void) {
    RUN(data_stay_in_every_mode);
    RUN(a_drive_has_one_controller_at_a_time);
    RUN(a_drive_is_found_by_its_name_alone_while_it_is_open);
    RUN(what_makes_no_drive_says_why);
    return 0;
}
