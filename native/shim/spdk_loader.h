/* SPDX-License-Identifier: Apache-2.0 */

/* Loads libnvme4j_spdk.so on the first use of one of its transports. */
#ifndef N4J_SPDK_LOADER_H
#define N4J_SPDK_LOADER_H

#include "transport.h"

/* The SPDK transport's table, or NULL with a code and a text that says what is missing. */
const struct n4j_transport *n4j_spdk_load(const char *trtype, int *code, struct n4j_error *error);

#endif
