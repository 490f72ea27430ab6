/* SPDX-License-Identifier: Apache-2.0 */

/* Options of an attach: what is refused is named, before anything is attached to. */
#include <errno.h>
#include <string.h>

#include "check.h"
#include "nvme4j.h"

static char text[512];

static int attach(const char *options, n4j_ctrlr **ctrlr) {
    text[0] = '\0';
    return n4j_ctrlr_attach("trtype:EMBEDDED size:1M", options, ctrlr, text, sizeof(text));
}

static void what_is_wrong_is_named(void) {
    const struct {
        const char *options;
        const char *named;
    } cases[] = {
        {"colour:blue", "colour"},
        {"memory_mb", "memory_mb"},
        {"memory_mb:0", "\"0\" is no value for option memory_mb"},
        {"memory_mb:-1", "\"-1\""},
        {"memory_mb:1k", "\"1k\""},
        {"memory_mb:99999999999", "\"99999999999\""},
        {"memory_mb:1 memory_mb:2", "twice"},
        {"shared_memory_id:-1", "shared_memory_id"},
        {"iova_mode:linear", "\"linear\" is no value for option iova_mode"},
        {"header_digest:2", "header_digest"},
        {"data_digest:yes", "data_digest"},
        {"keep_alive_ms:0", "keep_alive_ms"},
        {"no_shutdown_notification:2", "no_shutdown_notification"},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        n4j_ctrlr *ctrlr = NULL;
        CHECK_EQUAL(-EINVAL, attach(cases[i].options, &ctrlr));
        CHECK_CONTAINS(cases[i].named, text);
        CHECK(ctrlr == NULL);
    }
}

static void those_of_spdk_are_nothing_to_the_embedded_controller(void) {
    const char *const all[] = {
        NULL, "",
        "memory_mb:512 shared_memory_id:3 iova_mode:va header_digest:1 data_digest:0 "
        "keep_alive_ms:20000 no_shutdown_notification:1"};
    for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        n4j_ctrlr *ctrlr = NULL;
        CHECK_EQUAL(0, attach(all[i], &ctrlr));
        CHECK_EQUAL(0, n4j_ctrlr_detach(ctrlr, text, sizeof(text)));
    }
}

int main(void) {
    RUN(what_is_wrong_is_named);
    RUN(those_of_spdk_are_nothing_to_the_embedded_controller);
    return 0;
}
