/* SPDX-License-Identifier: Apache-2.0 */

/* A medium that moves no data, so that what is measured is the software around it. */
#include "device/medium.h"

static int null_open(struct namespace *ns, const struct config *config, struct n4j_error *error) {
    (void)ns;
    (void)config;
    (void)error;
    return 0;
}

static void null_close(struct namespace *ns, bool discard) {
    (void)ns;
    (void)discard;
}

const struct medium medium_null = {.name = "null", .open = null_open, .close = null_close};
