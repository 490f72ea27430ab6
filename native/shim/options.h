/* SPDX-License-Identifier: Apache-2.0 */

/* The options of n4j_ctrlr_attach. */
#ifndef N4J_OPTIONS_H
#define N4J_OPTIONS_H

#include "transport.h"

/* Reads the text of nvme4j.h, or NULL for none: 0, or -EINVAL. */
int n4j_options_read(const char *text, struct n4j_options *options, struct n4j_error *error);

#endif
