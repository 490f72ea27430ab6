/* SPDX-License-Identifier: Apache-2.0 */

/* Who controllers and namespaces are: serial number, SUBNQN, CNTLID, EUI64, NGUID. */
#include <ctype.h>
#include <unistd.h>

#include "check.h"
#include "fixture.h"

#define NAMESPACES_MAX 3

struct seen {
    struct nvme_identify_controller controller;
    struct nvme_identify_namespace namespaces[NAMESPACES_MAX];
    uint8_t descriptors[NAMESPACES_MAX][PAGE];
};

static void identify(struct disk *disk, uint32_t cns, uint32_t nsid, void *data) {
    struct buffer buffer = buffer_alloc(disk, PAGE);
    const n4j_submission command = {.opc = NVME_IDENTIFY,
                                    .nsid = nsid,
                                    .prp1 = buffer_iova(&buffer, 0),
                                    .cdw10 = cns,
                                    .data_form = N4J_DATA_PRP};
    CHECK_EQUAL(NVME_SUCCESS, disk_admin(disk, &command, NULL));
    memcpy(data, buffer.data, PAGE);
    buffer_free(&buffer);
}

/* Attaches, and sees all that there is. */
static struct seen *look(const char *keys) {
    struct seen *seen = calloc(1, sizeof(*seen));
    struct disk disk = disk_open(keys, 4);
    CHECK(seen != NULL);
    identify(&disk, NVME_CNS_CONTROLLER, 0, &seen->controller);
    for (uint32_t nsid = 1; nsid <= seen->controller.nn; nsid++) {
        identify(&disk, NVME_CNS_NAMESPACE, nsid, &seen->namespaces[nsid - 1]);
        identify(&disk, NVME_CNS_NAMESPACE_DESCRIPTORS, nsid, seen->descriptors[nsid - 1]);
    }
    disk_close(&disk);
    return seen;
}

static void what_the_transport_id_says_is_told(void) {
    struct seen *seen = look("size:1M serial:S-1 subnqn:nqn.2026-01.org.example:d cntlid:65519 "
                             "eui64:0123456789ABcdfe nguid:0000000000000000fffffffffffffffe "
                             "namespaces:3");
    const struct nvme_identify_controller *controller = &seen->controller;
    CHECK_EQUAL(0, memcmp(controller->sn, "S-1                 ", 20));
    CHECK_EQUAL(0, strcmp(controller->subnqn, "nqn.2026-01.org.example:d"));
    CHECK(is_filled((const uint8_t *)controller->subnqn + 25, 256 - 25, 0));
    CHECK_EQUAL(65519, controller->cntlid);
    const uint8_t eui64s[3][8] = {{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xfe},
                                  {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xff},
                                  {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xce, 0x00}};
    const uint8_t nguids[3][16] = {
        {0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe},
        {0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
        {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}};
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQUAL(0, memcmp(seen->namespaces[i].eui64, eui64s[i], 8));
        CHECK_EQUAL(0, memcmp(seen->namespaces[i].nguid, nguids[i], 16));
        CHECK_EQUAL(0, memcmp(seen->descriptors[i] + 4, eui64s[i], 8));
        CHECK_EQUAL(0, memcmp(seen->descriptors[i] + 12 + 4, nguids[i], 16));
    }
    CHECK_EQUAL(0x45, controller->ieee[0]); /* the lowest byte first */
    CHECK_EQUAL(0x23, controller->ieee[1]);
    CHECK_EQUAL(0x01, controller->ieee[2]);
    free(seen);
}

static void a_serial_number_may_take_all_of_its_field(void) {
    struct seen *seen = look("size:1M serial:12345678901234567890 cntlid:0");
    CHECK_EQUAL(0, memcmp(seen->controller.sn, "12345678901234567890", 20));
    CHECK_EQUAL(0, seen->controller.cntlid);
    free(seen);
}

static bool is_all_zero(const void *bytes, size_t size) {
    return is_filled(bytes, size, 0);
}

static void every_controller_is_another_by_default(void) {
    const char *keys[] = {"size:1M namespaces:2", "size:1M namespaces:2 mode:threaded",
                          "traddr:null namespaces:2", "traddr:null namespaces:2"};
    struct seen *seen[4];
    for (unsigned i = 0; i < 4; i++) {
        seen[i] = look(keys[i]);
        const struct nvme_identify_controller *controller = &seen[i]->controller;
        CHECK(controller->vid != 0 && controller->ssvid != 0);
        CHECK(!is_all_zero(controller->ieee, 3));
        CHECK_EQUAL(0, strncmp(controller->subnqn, "nqn.2026-01.io.nvme4j:", 22));
        CHECK(controller->cntlid <= 0xffef);
        for (unsigned c = 0; c < 20; c++) {
            CHECK(isprint((unsigned char)controller->sn[c]));
        }
        for (unsigned other = 0; other < i; other++) {
            CHECK(memcmp(controller->sn, seen[other]->controller.sn, 20) != 0);
            CHECK(strcmp(controller->subnqn, seen[other]->controller.subnqn) != 0);
            for (unsigned ns = 0; ns < 4; ns++) {
                const struct nvme_identify_namespace *mine = &seen[i]->namespaces[ns / 2];
                const struct nvme_identify_namespace *its = &seen[other]->namespaces[ns % 2];
                CHECK(memcmp(mine->eui64, its->eui64, 8) != 0);
                CHECK(memcmp(mine->nguid, its->nguid, 16) != 0);
            }
        }
    }
    for (unsigned i = 0; i < 4; i++) {
        free(seen[i]);
    }
}

static bool are_same(const struct seen *one, const struct seen *other) {
    return memcmp(&one->controller, &other->controller, sizeof(one->controller)) == 0 &&
           memcmp(one->namespaces, other->namespaces, sizeof(one->namespaces)) == 0;
}

static void a_drive_in_a_file_is_the_same_at_every_attach(void) {
    char path[] = "/tmp/nvme4j-identity-XXXXXX";
    char keys[64];
    close(mkstemp(path));
    snprintf(keys, sizeof(keys), "traddr:%s size:1M", path);
    struct seen *first = look(keys);
    struct seen *again = look(keys);
    CHECK(are_same(first, again));
    CHECK_EQUAL(0, unlink(path));
    struct seen *another = look(keys);
    CHECK(memcmp(first->controller.sn, another->controller.sn, 20) != 0);
    free(first);
    free(again);
    free(another);
    CHECK_EQUAL(0, unlink(path));
}

/* Which have no room for a number of their own. */
static void files_that_were_not_made_to_be_drives_are_the_same_too(void) {
    char paths[2][32] = {"/tmp/nvme4j-identity-XXXXXX", "/tmp/nvme4j-identity-XXXXXX"};
    char keys[2][128];
    for (unsigned i = 0; i < 2; i++) {
        int file = mkstemp(paths[i]);
        CHECK_EQUAL(0, ftruncate(file, 1 << 20));
        close(file);
        snprintf(keys[i], sizeof(keys[i]), "traddr:%s", paths[i]);
    }
    struct seen *first = look(keys[0]);
    struct seen *again = look(keys[0]);
    struct seen *other = look(keys[1]);
    CHECK(are_same(first, again));
    CHECK(memcmp(first->controller.sn, other->controller.sn, 20) != 0);
    free(first);
    free(again);
    free(other);
    CHECK_EQUAL(0, unlink(paths[0]) + unlink(paths[1]));
}

int main(void) {
    RUN(what_the_transport_id_says_is_told);
    RUN(a_serial_number_may_take_all_of_its_field);
    RUN(every_controller_is_another_by_default);
    RUN(a_drive_in_a_file_is_the_same_at_every_attach);
    RUN(files_that_were_not_made_to_be_drives_are_the_same_too);
    return 0;
}
