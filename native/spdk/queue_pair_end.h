/* SPDX-License-Identifier: Apache-2.0 */

/* How a queue pair ends: what SPDK has of it is given back. */
#ifndef N4J_SPDK_QUEUE_PAIR_END_H
#define N4J_SPDK_QUEUE_PAIR_END_H

#include <stdbool.h>

struct n4j_spdk_qpair;

/* Gives what SPDK has of it back, which completes all that is in flight; with the memory lock held. */
void n4j_spdk_qpair_free_now(struct n4j_spdk_qpair *qpair);

/*
 * The same of a failed queue pair, with a record for every command. Returns false, and is to be called
 * again, while another thread is at SPDK's memory.
 */
bool n4j_spdk_qpair_give_up(struct n4j_spdk_qpair *qpair);

#endif
