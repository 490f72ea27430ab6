/* SPDX-License-Identifier: Apache-2.0 */

#include "spdk_transport.h"

pthread_mutex_t n4j_spdk_attach_lock = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t n4j_spdk_memory_lock = PTHREAD_MUTEX_INITIALIZER;
